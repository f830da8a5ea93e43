// A fragment that refreshes itself says which version it shows, so that the server can answer 304.
document.addEventListener("htmx:config:request", (event) => {
  const { request, sourceElement } = event.detail.ctx;
  const version = sourceElement?.dataset?.version;
  if (version) request.headers["If-None-Match"] = version;
});

document.addEventListener("htmx:after:request", (event) => {
  const { response, sourceElement } = event.detail.ctx;
  const version = response?.raw?.ok && response.raw.headers.get("ETag");
  if (version && sourceElement?.dataset && "version" in sourceElement.dataset) sourceElement.dataset.version = version;
});
