// The board of a sector and the page of a stock load themselves anew: what is folded open stays so, and they wait
// while a question is asked, so that the form that it is about is still there when it is answered.
const pages = "#board, #stock";

// Asked of extensions alone: an event of this name never reaches the page.
window.htmx.registerExtension("keep-unfolded", {
  htmx_before_morph_attr: (element, { attrName }) => !(attrName === "open" && element.matches("details") && element.closest(pages)),
});

document.addEventListener("htmx:config:request", (event) => {
  const { request, sourceElement } = event.detail.ctx;
  if (request.method.toUpperCase() !== "GET" || !sourceElement?.matches?.(pages)) return;
  if (document.querySelector("dialog[open]")) event.preventDefault();
});

document.addEventListener(
  "close", // of a dialog; it does not bubble
  () => document.querySelector(pages)?.dispatchEvent(new CustomEvent("live")),
  true,
);

// <… data-key="a">: the key does what a click does.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.matches?.("input, textarea, select") || document.querySelector("dialog[open]")) return;
  if (/^[a-z]$/.test(event.key)) document.querySelector(`[data-key="${event.key}"]`)?.click();
});
