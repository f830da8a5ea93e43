// Menus are <details class="menu">, dialogs are <dialog>; this closes them as people expect.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog")?.close();
  // A click on the dialog itself is one on its backdrop: what is inside covers the rest.
  if (event.target instanceof HTMLDialogElement) event.target.close();
  if (event.target.closest("[data-nav-toggle]")) showNav(!document.body.classList.contains("nav-open"));
  else if (!event.target.closest(".sidenav")) showNav(false);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  showNav(false);
});

function showNav(open) {
  document.body.classList.toggle("nav-open", open);
  document.querySelector("[data-nav-toggle]")?.setAttribute("aria-expanded", String(open));
}

// On a phone the tabs scroll sideways; the current one comes into view.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.clientWidth / 2 + tab.clientWidth / 2;
}
