// One dialog serves all rows of a live table: the button says whom it is about.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (!button) return;
  const dialog = document.getElementById(button.dataset.act);
  dialog.querySelector("form").action = button.dataset.url;
  for (const name of dialog.querySelectorAll("[data-subject]")) name.textContent = button.dataset.subject;
  dialog.showModal();
});
