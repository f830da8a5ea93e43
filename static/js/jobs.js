// Tables of jobs: selection and its actions, a poll that leaves a selection alone; and the search box's suggestions.
import "./job-table.js";

const box = document.querySelector("[data-search]");
if (box) suggest(box);

function suggest(input) {
  const list = document.getElementById("q-options");
  const values = JSON.parse(document.getElementById("q-values").textContent);
  const names = [...document.querySelectorAll("[data-qualifier]")].map((link) => link.dataset.qualifier);
  let chosen = -1;

  input.addEventListener("input", open);
  input.addEventListener("blur", () => setTimeout(close, 150));
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const items = [...list.children];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(chosen < 0 ? (step > 0 ? 0 : items.length - 1) : (chosen + step + items.length) % items.length);
    } else if ((event.key === "Enter" || event.key === "Tab") && chosen >= 0) {
      event.preventDefault();
      take(items[chosen].dataset.value);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      close();
    }
  });
  list.addEventListener("mousedown", (event) => {
    const item = event.target.closest("li");
    if (item) { event.preventDefault(); take(item.dataset.value); }
  });

  function current() {
    const before = input.value.slice(0, input.selectionStart);
    return before.slice(before.lastIndexOf(" ") + 1);
  }

  function open() {
    const word = current().replace(/^-/, "");
    const colon = word.indexOf(":");
    const options = colon < 0
      ? names.filter((name) => word && name.toLowerCase().startsWith(word.toLowerCase())).map((name) => (name.endsWith(".") ? name : `${name}:`))
      : valuesOf(word.slice(0, colon), word.slice(colon + 1));
    list.replaceChildren(...options.slice(0, 10).map(item));
    list.hidden = options.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
  }

  function valuesOf(name, typed) {
    const done = typed.slice(0, typed.lastIndexOf(",") + 1);
    const rest = typed.slice(done.length).toLowerCase();
    return (values[name] || []).filter((value) => value.toLowerCase().startsWith(rest) && value.toLowerCase() !== rest).map((value) => `${name}:${done}${value}`);
  }

  function item(value, number) {
    const line = Object.assign(document.createElement("li"), { id: `q-option-${number}`, className: "menu-item mono", role: "option", textContent: value });
    line.dataset.value = value;
    return line;
  }

  function mark(number) {
    [...list.children].forEach((child, place) => child.setAttribute("aria-selected", String(place === number)));
    chosen = number;
    input.setAttribute("aria-activedescendant", `q-option-${number}`);
  }

  function take(value) {
    const end = input.selectionStart;
    const start = end - current().length;
    const minus = input.value[start] === "-" ? "-" : "";
    const tail = value.endsWith(":") || value.endsWith(".") ? "" : " ";
    input.value = input.value.slice(0, start) + minus + value + tail + input.value.slice(end).trimStart();
    const at = start + minus.length + value.length + tail.length;
    input.setSelectionRange(at, at);
    close();
    if (!tail) open();
  }

  function close() {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
  }
}
