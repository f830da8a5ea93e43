// The buttons that choose a theme; js/theme.js applies it.
const mark = () => {
  const choice = document.documentElement.dataset.themeChoice;
  for (const button of document.querySelectorAll("[data-theme-choice]:not(html)")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
  }
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-theme-choice]");
  if (!button) return;
  localStorage.setItem("theme", button.dataset.themeChoice);
  dispatchEvent(new Event("quarry:apply-theme"));
});
document.documentElement.addEventListener("quarry:theme", mark);
mark();
