// What every page does. Each module looks after one thing and works on content that htmx brings later.
import "./htmx.js";
import "./menus.js";
import "./theme-switch.js";
import "./shortcuts.js";
import "./times.js";
import "./confirm.js";
import "./live.js";
import "./copy.js";
import "./toasts.js";
