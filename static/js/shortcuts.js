// Keys: / focuses the page's search, or opens the one that [data-search-page] names; j and k go down and up a
// list of [data-row] links; g and a letter open a section, ? lists them all.
let afterG = -Infinity;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "/") {
    event.preventDefault();
    toSearch();
  } else if (event.key === "?") {
    show();
  } else if (performance.now() - afterG < 1500) {
    afterG = -Infinity;
    document.querySelector(`[data-go="${CSS.escape(event.key)}"]`)?.click();
  } else if (event.key === "g") {
    afterG = performance.now();
  } else if (event.key === "j" || event.key === "k") {
    step(event.key === "j" ? 1 : -1);
  }
});

function toSearch() {
  const search = document.querySelector('input[type="search"], [data-search]');
  const elsewhere = document.querySelector("[data-search-page]");
  if (search) {
    search.focus();
    search.select();
  } else if (elsewhere) {
    location.assign(elsewhere.dataset.searchPage);
  }
}

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  const here = rows.findIndex((row) => row === document.activeElement || row.closest("tr")?.contains(document.activeElement));
  const next = here < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, here + by));
  rows[next]?.focus();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-shortcuts]")) show();
});

function show() {
  document.getElementById("shortcuts")?.showModal();
}

function typing(element) {
  return element.isContentEditable || /^(input|textarea|select)$/i.test(element.tagName);
}
