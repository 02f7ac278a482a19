/** The page: one studio, its components, and a handle on it for tests and measuring. */

import "./styles/base.css";
import "./styles/controls.css";
import "./styles/home.css";
import "./styles/meters.css";
import "./styles/topbar.css";
import "./styles/timeline.css";
import "./styles/pattern.css";
import "./styles/style-panel.css";
import "./styles/dialogs.css";
import "./styles/small.css";
import "./styles/touch.css";
import "./ui/app";
import { studio } from "./ui/context";
import { applyTheme } from "./ui/theme";

declare global {
  interface Window {
    /** What the end-to-end tests and the latency script look at. */
    drumnetStudio: typeof studio;
  }
}

applyTheme();
window.drumnetStudio = studio;
void studio.start();
