/** Arrow keys in the pattern: left and right by steps, up and down by pieces. */

/** False for keys that do not move. */
export function moveFocus(key: string, cell: HTMLElement): boolean {
  const all = [...(cell.closest(".pattern-bars")?.querySelectorAll<HTMLElement>(".cell") ?? [])];
  const rowOf = (piece: string | undefined): HTMLElement[] =>
    all.filter((one) => one.dataset.piece === piece);
  const row = rowOf(cell.dataset.piece);
  const at = row.indexOf(cell);
  const pieces = [...new Set(all.map((one) => one.dataset.piece))];
  const line = pieces.indexOf(cell.dataset.piece);
  const target = {
    ArrowLeft: () => row[at - 1],
    ArrowRight: () => row[at + 1],
    ArrowUp: () => rowOf(pieces[line - 1])[at],
    ArrowDown: () => rowOf(pieces[line + 1])[at],
  }[key];
  if (!target) return false;
  target()?.focus();
  return true;
}
