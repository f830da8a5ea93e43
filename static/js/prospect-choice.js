// <form data-choosing> with checkboxes named id: how many are chosen, and buttons that need some.
const boxes = (form) => [...form.querySelectorAll('input[name="id"]')];

function show(form) {
  const number = boxes(form).filter((box) => box.checked).length;
  const all = form.querySelector("[data-choose-all]");
  if (all) {
    all.checked = number > 0 && number === boxes(form).length;
    all.indeterminate = number > 0 && !all.checked;
  }
  const text = form.querySelector("[data-chosen]");
  if (text) {
    text.hidden = number === 0;
    text.querySelector("[data-chosen-number]").textContent = number;
  }
}

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("[data-choosing]");
  if (!form) return;
  if (event.target.matches("[data-choose-all]")) for (const box of boxes(form)) box.checked = event.target.checked;
  show(form);
});

document.addEventListener("submit", (event) => {
  if (!event.submitter?.matches("[data-needs-chosen]")) return;
  const form = event.target;
  if (boxes(form).some((box) => box.checked)) return;
  event.preventDefault();
  form.querySelector("[data-choose-all]")?.focus();
  document.dispatchEvent(new CustomEvent("toast", { detail: { level: "warning", text: "Select rows first." } }));
});

// Back from another page, the browser restores the checkboxes without an event.
addEventListener("pageshow", () => document.querySelectorAll("[data-choosing]").forEach(show));
