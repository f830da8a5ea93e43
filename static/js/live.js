// Live pages: an element is loaded anew when something it shows has changed, and only then.
//
//   <section data-live="queue:scoring" hx-get="…" hx-trigger="live" hx-swap="outerHTML">…</section>
//
// data-live names topics, separated by blanks: `queues` (anything at all), `queue:<name>`, `job:<id>`.
// The server tells of changes at most once a second (GET /api/events). The event `live` on the element
// is what htmx listens for; it comes once when the page has connected, since something may have changed
// while it was loading, and after every interruption. A hidden page does not listen, and catches up
// when it is shown. While the stream cannot be had, `live` comes every fifteen seconds instead.
//
// <html data-live-state> is `open`, `connecting` or `off`, for pages that show whether they are live.
// Pages need no code for any of this; content that htmx brings may have data-live of its own.
const FALLBACK_MS = 15000;
const RETRY_MS = 30000;
const BUSY_MS = 300;

let source = null;
let connected = "";
let retry = 0;
let fallback = 0;

const topicsOf = (element) => element.dataset.live.split(/\s+/).filter(Boolean);
const liveElements = () => [...document.querySelectorAll("[data-live]")];

function refresh(element) {
  if (!element.isConnected) return;
  if (element.classList.contains("htmx-request")) {
    setTimeout(refresh, BUSY_MS, element); // what it is loading now may be too old already
  } else {
    element.dispatchEvent(new CustomEvent("live"));
  }
}

function changed(topics) {
  for (const element of liveElements()) {
    if (!topics || topicsOf(element).some((topic) => topics.includes(topic))) refresh(element);
  }
}

function state(name) {
  document.documentElement.dataset.liveState = name;
  clearInterval(fallback);
  if (name === "off") fallback = setInterval(() => document.hidden || changed(null), FALLBACK_MS);
}

function disconnect() {
  clearTimeout(retry);
  source?.close();
  source = null;
  connected = "";
}

function connect() {
  const wanted = document.hidden ? "" : [...new Set(liveElements().flatMap(topicsOf))].sort().join(",");
  if (wanted === connected) return;
  disconnect();
  if (!wanted) return;
  connected = wanted;
  state("connecting");
  source = new EventSource(`/api/events?topics=${encodeURIComponent(wanted)}`);
  source.addEventListener("ready", () => {
    state("open");
    changed(null);
  });
  source.addEventListener("changed", (event) => changed(JSON.parse(event.data).topics));
  source.addEventListener("error", () => {
    if (source?.readyState !== EventSource.CLOSED) return state("connecting"); // it comes back by itself
    disconnect(); // refused: signed out, or too many open
    state("off");
    retry = setTimeout(connect, RETRY_MS);
  });
}

let soon = 0;
function connectSoon() {
  clearTimeout(soon);
  soon = setTimeout(connect, 100);
}

new MutationObserver(connectSoon).observe(document.body, {
  attributeFilter: ["data-live"],
  childList: true,
  subtree: true,
});
document.addEventListener("visibilitychange", connectSoon);
window.addEventListener("pagehide", disconnect);
window.addEventListener("pageshow", connectSoon);
