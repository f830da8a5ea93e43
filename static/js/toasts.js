// Short messages in the corner. They leave by themselves, except errors.
// The server may send one with any htmx answer: HX-Trigger: {"toast": {"level": "success", "text": "…"}}.
const place = document.getElementById("toasts");
const STAYS_MS = 6000;

export function toast(level, text) {
  const line = document.createElement("div");
  line.className = `toast-line is-${level}`;
  line.append(Object.assign(document.createElement("span"), { textContent: text }));
  line.append(Object.assign(document.createElement("button"), { type: "button", className: "btn-close", ariaLabel: "Dismiss" }));
  place.append(line);
  expire(line);
}

function expire(line) {
  if (!line.classList.contains("is-error")) setTimeout(() => line.remove(), STAYS_MS);
}

if (place) {
  for (const line of place.children) expire(line);
  document.addEventListener("toast", (event) => toast(event.detail.level || "info", event.detail.text));
  place.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss], .btn-close")) event.target.closest(".toast-line").remove();
  });
}
