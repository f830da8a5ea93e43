// The page of one job: what changes is fetched again while it lives, and what is folded open stays so.
const parts = "[data-job-part]";
let unfolded = new Map();

document.addEventListener("htmx:config:request", (event) => {
  const { request, sourceElement } = event.detail.ctx;
  if (!sourceElement?.matches?.(parts)) return;
  request.headers["X-Part"] = sourceElement.dataset.jobPart;
  request.headers["X-Seen"] = sourceElement.dataset.seen || "";
  unfolded = new Map([...document.querySelectorAll("#job-head details[id], #job-life details[id]")].map((node) => [node.id, node.open]));
});

document.addEventListener("htmx:after:request", (event) => {
  const { sourceElement, response } = event.detail.ctx;
  const seen = response?.raw?.headers.get("X-Seen");
  if (!seen || !sourceElement?.matches?.(parts)) return;
  sourceElement.dataset.seen = seen;
  // Over, or in another state: the actions and the rest of the page are others now.
  const status = response.raw.headers.get("X-Status");
  const head = document.getElementById("job-head");
  if (status && head.dataset.status !== status && !document.querySelector("dialog[open], .page-actions details[open]")) location.reload();
});

document.addEventListener("htmx:after:swap", (event) => {
  const source = event.detail.ctx?.sourceElement;
  if (!source?.matches?.(parts)) return;
  for (const [id, open] of unfolded) {
    const node = document.getElementById(id);
    if (node) node.open = open;
  }
});
