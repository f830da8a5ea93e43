// Keys: / focuses the page's search, g and a letter open a section, ? lists them all.
let afterG = 0;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "/") {
    const search = document.querySelector('input[type="search"], [data-search]');
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  } else if (event.key === "?") {
    show();
  } else if (performance.now() - afterG < 1500) {
    afterG = 0;
    document.querySelector(`[data-go="${CSS.escape(event.key)}"]`)?.click();
  } else if (event.key === "g") {
    afterG = performance.now();
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-shortcuts]")) show();
});

function show() {
  document.getElementById("shortcuts")?.showModal();
}

function typing(element) {
  return element.isContentEditable || /^(input|textarea|select)$/i.test(element.tagName);
}
