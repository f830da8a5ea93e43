// The form of a contract: rows added and removed, fields that belong to a choice, the sum of the weights.
const form = document.querySelector("[data-contract-form]");

function add(kind) {
  const place = form.querySelector(`[data-rows="${kind}"]`);
  const template = document.querySelector(`[data-row-template="${kind}"]`);
  const next = (Number(place.dataset.next) || place.children.length) + 100;
  place.dataset.next = next;
  // The server numbers rows anew; a number only has to be free.
  const holder = document.createElement("div");
  holder.append(template.content.cloneNode(true));
  for (const part of holder.querySelectorAll("[name], [id], [for], [aria-describedby]"))
    for (const name of ["name", "id", "for", "aria-describedby"])
      if (part.hasAttribute(name)) part.setAttribute(name, part.getAttribute(name).replaceAll("__n__", next));
  for (const one of holder.querySelectorAll("input")) one.value = START[one.name.split(".").slice(3).join(".")] || "";
  const row = holder.firstElementChild;
  place.append(row);
  choose(row);
  row.querySelector("input")?.focus();
}
const START = { "current.window.count": "1", "current.window.lag": "0" };

// Only the fields of the chosen kind are shown; the others would say nothing.
function choose(within) {
  for (const select of within.querySelectorAll("[data-choose]"))
    for (const part of select.closest("[data-choosing-group]").querySelectorAll("[data-choice]"))
      part.hidden = part.dataset.choice !== select.value;
}

// In whole numbers, for 0.1 + 0.2 is not 0.3 otherwise.
function sum() {
  const cell = form.querySelector("[data-sum-of-weights] output");
  if (!cell) return;
  const fields = [...form.querySelectorAll('[name="terms.fixed"], [name$=".weight"]')];
  const total = fields.reduce((all, field) => all + Math.round((Number(field.value) || 0) * 1e8), 0) / 1e8;
  cell.textContent = total;
  cell.classList.toggle("is-lacking", total !== 1);
}

if (form) {
  form.addEventListener("click", (event) => {
    const adds = event.target.closest("[data-add-row]");
    const drops = event.target.closest("[data-drop-row]");
    if (adds) add(adds.dataset.addRow);
    if (drops) drops.closest("[data-row-of]").remove();
    if (adds || drops) sum();
  });
  form.addEventListener("change", () => choose(form));
  form.addEventListener("input", sum);
  choose(form);
  sum();
  document.querySelector("#preview")?.scrollIntoView({ block: "nearest" });
}
