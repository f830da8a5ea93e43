// What every page of prospects needs.
import "./prospect-choice.js";
import { toast } from "./toasts.js";

// A file that would be refused is not sent at all.
document.addEventListener("submit", (event) => {
  const most = Number(event.target.dataset?.mostBytes);
  const file = event.target.querySelector?.('input[type="file"]')?.files[0];
  if (!most || !file || file.size <= most) return;
  event.preventDefault();
  toast("error", `The file has ${(file.size / 2 ** 20).toFixed(1)} MiB; ${(most / 2 ** 20).toFixed(0)} are allowed. Split it into parts.`);
});

// <… data-key="y">: the key does what a click does.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.matches?.("input, textarea, select") || document.querySelector("dialog[open]")) return;
  if (/^[a-z]$/.test(event.key)) document.querySelector(`[data-key="${event.key}"]`)?.click();
});
