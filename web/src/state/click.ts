/** Whether the beats are clicked, and a bar of them before play: kept in this browser. */

import { Observable } from "./observable";

const KEY = "drumnet-click";

export interface ClickChoice {
  readonly isOn: boolean;
  readonly countsIn: boolean;
}

export class Click extends Observable {
  choice: ClickChoice = { isOn: false, countsIn: false, ...stored() };

  set(change: Partial<ClickChoice>): void {
    this.choice = { ...this.choice, ...change };
    localStorage.setItem(KEY, JSON.stringify(this.choice));
    this.changed();
  }
}

function stored(): Partial<ClickChoice> {
  return JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<ClickChoice>;
}
