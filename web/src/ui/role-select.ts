/** What a stem is, guessed by the server, said by the player. */

import { html, type TemplateResult } from "lit";
import { api } from "../api/client";
import type { Role, Stem } from "../api/types";
import type { Session } from "../state/session";
import { studio } from "./context";
import { plain } from "./text";

export function roleSelect(session: Session, stem: Stem): TemplateResult {
  const onChange = (event: Event): void => {
    const role = (event.target as HTMLSelectElement).value as Role;
    void session.ask(({ id }) => api.changeStem(id, stem.id, { role }));
  };
  return html`<select class="role" aria-label="Role of ${stem.name}" @change=${onChange}>
    ${(studio.about?.roles ?? []).map(
      (role) => html`<option value=${role} .selected=${role === stem.role}>${plain(role)}</option>`,
    )}
  </select>`;
}
