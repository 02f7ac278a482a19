/** Whether files dropped on an element are meant for the pad. */
export function isStyleDrop(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("dn-style-panel") !== null;
}
