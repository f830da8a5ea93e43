// Live pages: an element is loaded anew when something it shows has changed, and only then.
//
//   <section data-live="queue:scoring" data-live-gap="4" hx-get="…" hx-trigger="live, every 30s">…</section>
//
// data-live names topics, separated by blanks: `queues` (anything at all), `queue:<name>`, `job:<id>`.
// The server tells of changes at most once a second (GET /api/events). The event `live` on the element
// is what htmx listens for; it comes once when the page has connected, since something may have changed
// while it was loading, and after every interruption, but never sooner than data-live-gap seconds (1) after
// the one before: what is dear to make has a longer gap. A hidden page does not listen, and catches up
// when it is shown. While the stream cannot be had, `live` comes every fifteen seconds instead.
//
// A job's progress comes in the stream itself and is shown without a request:
//
//   <div data-progress-of="<id>"><progress max="100"></progress><span data-percent></span><span data-stage></span></div>
//
// <html data-live-state> is `open`, `connecting` or `off`, for pages that show whether they are live.
// Pages need no code for any of this; content that htmx brings may have data-live of its own.
const FALLBACK_MS = 15000;
const RETRY_MS = 30000;
const BUSY_MS = 300;
const GAP_SECONDS = 1;

let source = null;
let connected = "";
let retry = 0;
let fallback = 0;
/** When each element was last loaded anew, and the timer of the one that waits for its gap to pass. */
const refreshed = new WeakMap();
const waiting = new WeakMap();

const topicsOf = (element) => element.dataset.live.split(/\s+/).filter(Boolean);
const liveElements = () => [...document.querySelectorAll("[data-live]")];

function refresh(element) {
  waiting.delete(element);
  if (!element.isConnected || document.hidden) return;
  if (element.classList.contains("htmx-request")) {
    later(element, BUSY_MS); // what it is loading now may be too old already
  } else {
    element.dispatchEvent(new CustomEvent("live"));
  }
}

function later(element, ms) {
  if (!waiting.has(element)) waiting.set(element, setTimeout(refresh, ms, element));
}

function soonest(element) {
  const gap = 1000 * (Number(element.dataset.liveGap) || GAP_SECONDS);
  return Math.max(0, gap - (performance.now() - (refreshed.get(element) ?? -gap)));
}

function changed(topics) {
  for (const element of liveElements()) {
    if (!topics || topicsOf(element).some((topic) => topics.includes(topic))) later(element, soonest(element));
  }
}

function advance(id, { progress, stage }) {
  for (const element of document.querySelectorAll(`[data-progress-of="${CSS.escape(id)}"]`)) {
    const bar = element.querySelector("progress");
    bar.value = Math.max(bar.value, progress);
    element.querySelector("[data-percent]").textContent = `${bar.value} %`;
    element.querySelector("[data-stage]").textContent = stage || "";
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
  source.addEventListener("changed", (event) => {
    const { topics, progress } = JSON.parse(event.data);
    changed(topics);
    for (const [id, step] of Object.entries(progress ?? {})) advance(id, step);
  });
  source.addEventListener("error", () => {
    if (source?.readyState !== EventSource.CLOSED) return state("connecting"); // it comes back by itself
    disconnect(); // refused: signed out, or too many open
    state("off");
    retry = setTimeout(connect, RETRY_MS);
  });
}

// Whatever else makes it load anew, the next change waits for its gap.
document.addEventListener("htmx:config:request", (event) => {
  const { sourceElement } = event.detail.ctx;
  if (sourceElement?.dataset && "live" in sourceElement.dataset) refreshed.set(sourceElement, performance.now());
});

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
