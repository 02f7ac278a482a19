/**
 * The keys that work everywhere: space plays, arrows go by bars, L loops, digits go to sections
 * (with Shift: solo a stem), C compares, K clicks, Ctrl+Z and Ctrl+Y undo and redo, ? shows them all.
 */

import { stemChannel } from "../model/mix";
import type { Session } from "../state/session";
import { studio } from "./context";
import { seekBars, seekSection, toggleLoop } from "./transport-actions";

export function handleKey(event: KeyboardEvent): void {
  const { session } = studio;
  if (!session || isTyping(event.target) || document.querySelector("dialog:modal")) return;
  const action = event.ctrlKey || event.metaKey ? undoAction(event) : plainAction(event);
  if (!action) return;
  event.preventDefault();
  action(session);
}

type Action = (session: Session) => void;

function undoAction(event: KeyboardEvent): Action | null {
  const key = event.key.toLowerCase();
  if (key === "y" || (key === "z" && event.shiftKey)) return (session) => session.redo();
  return key === "z" ? (session) => session.undo() : null;
}

function plainAction(event: KeyboardEvent): Action | null {
  if (event.altKey || event.defaultPrevented || movesSlider(event)) return null;
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
  if (digit) return event.shiftKey ? soloStem(Number(digit) - 1) : goToSection(Number(digit) - 1);
  switch (event.key) {
    case " ":
      return pressesFocused() ? null : (session) => session.player.toggle();
    case "ArrowLeft":
      return (session) => seekBars(session, -1);
    case "ArrowRight":
      return (session) => seekBars(session, 1);
    case "Home":
      return (session) => session.player.seek(0);
    case "l":
      return toggleLoop;
    case "k":
      return () => studio.click.set({ isOn: !studio.click.choice.isOn });
    case "?":
      return () => document.querySelector("dn-keys-dialog")?.show();
    case "c":
      return () => studio.compare?.toggle();
    default:
      return null;
  }
}

const goToSection =
  (index: number): Action =>
  (session) =>
    seekSection(session, index);

const soloStem =
  (index: number): Action =>
  (session) => {
    const stem = session.project.stems[index];
    if (!stem) return;
    const channel = stemChannel(session.mixer, stem);
    const stems = { ...session.mixer.stems, [stem.id]: { ...channel, solo: !channel.solo } };
    session.setMixer({ ...session.mixer, stems });
  };

/**
 * What was reached by keyboard. Asked as the focus comes: browsers call a button that was
 * clicked `:focus-visible`, too, as soon as a key is pressed.
 */
let reachedByKeys: EventTarget | null = null;

export function handleFocus({ target }: FocusEvent): void {
  const isByKeys = target instanceof Element && target.matches(":focus-visible");
  reachedByKeys = isByKeys ? target : null;
}

/** Space presses a button that was reached by keyboard; one that was clicked lets it pass. */
function pressesFocused(): boolean {
  const focused = document.activeElement;
  return focused !== null && focused === reachedByKeys && focused.matches("button, a");
}

/** A slider that has the focus is what its keys move, not the song. */
function movesSlider({ key, target }: KeyboardEvent): boolean {
  const isSlider = target instanceof Element && target.matches("input[type=range], [role=slider]");
  return isSlider && /^(Arrow|Page|Home|End)/.test(key);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.matches("input:not([type=range]):not([type=checkbox]), select, textarea");
}
