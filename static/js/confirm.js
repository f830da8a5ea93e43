// <form data-confirm="Question?"> or a submit button with it asks first, htmx forms included.
// data-confirm-label names the button that goes on.
const dialog = document.getElementById("confirm");
const agreed = new WeakSet();

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const asking = [event.submitter, form].find((element) => element?.dataset.confirm);
    if (!asking || agreed.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(asking.dataset.confirm, asking.dataset.confirmLabel || event.submitter?.textContent.trim() || "Continue").then(
      (yes) => {
        if (!yes) return;
        agreed.add(form);
        form.requestSubmit(event.submitter);
      },
    );
  },
  true, // before htmx, which listens on the form
);

export function ask(question, label) {
  dialog.querySelector("#confirm-text").textContent = question;
  dialog.querySelector("#confirm-yes").textContent = label;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
  });
}
