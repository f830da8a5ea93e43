// htmx: the CSRF token on every request that changes something, no polling by hidden pages, errors as toasts.
import { toast } from "./toasts.js";

const token = document.querySelector('meta[name="csrf-token"]')?.content;

document.addEventListener("htmx:config:request", (event) => {
  const { request, sourceElement } = event.detail.ctx;
  if (token && !["GET", "HEAD"].includes(request.method.toUpperCase())) {
    request.headers["X-CSRFToken"] = token;
  }
  const polls = /\bevery\b/.test(sourceElement?.getAttribute?.("hx-trigger") || "");
  if (document.hidden && polls) event.preventDefault();
});

document.addEventListener("htmx:response:error", (event) => {
  const { status, headers } = event.detail.ctx.response.raw;
  if (status === 422) return; // a form that shows its own errors
  toast("error", headers.get("X-Problem") || reason(status));
});

document.addEventListener("htmx:error", (event) => {
  if (!navigator.onLine || event.detail.error instanceof TypeError) toast("error", "The server cannot be reached.");
});

function reason(status) {
  if (status === 401 || status === 403) return "You may not do this, or you were signed out. Reload the page.";
  if (status === 404) return "It is no longer there. Reload the page.";
  if (status === 409) return "It changed in the meantime. Reload the page.";
  if (status === 429) return "Too many requests. Wait a moment.";
  return `The server answered with an error (${status}).`;
}
