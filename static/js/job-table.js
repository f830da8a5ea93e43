// A table of jobs wherever it is shown: the page's checkbox, the number selected, and polling that waits for a selection.
const table = (node) => node.closest("[data-job-table]");
const boxes = (form) => [...form.querySelectorAll('input[name="id"]')];

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("[data-job-table]");
  if (!form) return;
  if (event.target.matches("[data-page]")) boxes(form).forEach((box) => { box.checked = event.target.checked; });
  if (event.target.matches('input[name="id"]') && !event.target.checked) form.querySelector("[data-all]")?.removeAttribute("checked");
  show(form);
});

function show(form) {
  const all = form.querySelector("[data-all]")?.checked;
  const number = boxes(form).filter((box) => box.checked).length;
  const page = form.querySelector("[data-page]");
  if (page) {
    page.checked = number > 0 && number === boxes(form).length;
    page.indeterminate = number > 0 && !page.checked;
  }
  form.classList.toggle("has-chosen", number > 0 || Boolean(all));
  const text = form.querySelector("[data-chosen]");
  if (text) {
    text.hidden = number === 0 || Boolean(all);
    text.querySelector("[data-chosen-number]").textContent = number;
  }
}

document.addEventListener("submit", (event) => {
  const form = table(event.target);
  if (!form || form.querySelector("[data-all]")?.checked || boxes(form).some((box) => box.checked)) return;
  event.preventDefault();
  form.querySelector("[data-page]")?.focus();
  document.dispatchEvent(new CustomEvent("toast", { detail: { level: "warning", text: "Select the jobs first." } }));
});

// Nobody loses a selection, an open menu or the keyboard's place to a poll.
document.addEventListener("htmx:config:request", (event) => {
  const { request, sourceElement } = event.detail.ctx;
  if (!sourceElement?.matches?.("[data-job-poll]")) return;
  const busy = sourceElement.querySelector("input:checked, details[open], :focus");
  if (busy) event.preventDefault();
  request.headers["X-Seen"] = sourceElement.dataset.seen || "";
});
document.addEventListener("htmx:after:request", (event) => {
  const { sourceElement, response } = event.detail.ctx;
  const seen = response?.raw?.headers.get("X-Seen");
  if (seen && sourceElement?.matches?.("[data-job-poll]")) sourceElement.dataset.seen = seen;
});

// Back from another page, the browser restores the checkboxes without an event.
addEventListener("pageshow", () => document.querySelectorAll("[data-job-table]").forEach(show));
