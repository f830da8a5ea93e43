// Rows that can be chosen: verbs wake up with the first choice, and the table stands still while there is one.
const chosen = (form) => form.querySelectorAll("[data-check]:checked");

function show(form) {
  const number = chosen(form).length;
  for (const button of form.querySelectorAll("[data-needs-check]")) button.disabled = !number;
  const count = form.querySelector("[data-check-count]");
  if (count) count.textContent = number ? `${number} chosen` : "";
}

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (!form) return;
  if (event.target.matches("[data-check-all]")) {
    for (const box of form.querySelectorAll("[data-check]")) box.checked = event.target.checked;
    show(form);
  } else if (event.target.matches("[data-check]")) show(form);
});

document.addEventListener("htmx:config:request", (event) => {
  const { sourceElement } = event.detail.ctx;
  if (sourceElement?.dataset && "waitsForChecks" in sourceElement.dataset && chosen(sourceElement).length) event.preventDefault();
});
