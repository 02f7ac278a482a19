/** The one studio of the page. */

import { Studio } from "../state/studio";

export const studio = new Studio();
