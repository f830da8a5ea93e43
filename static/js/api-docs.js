// The reference of the API, by Swagger UI. What is tried out goes by the viewer's own session.
const place = document.getElementById("api-docs");
const token = document.querySelector('meta[name="csrf-token"]').content;

/** Swagger UI has a dark half of its own, by a class of the root. */
function followTheme() {
  document.documentElement.classList.toggle("dark-mode", document.documentElement.dataset.bsTheme === "dark");
}

followTheme();
document.documentElement.addEventListener("quarry:theme", followTheme);

/** Only this server is asked; what changes something carries the session's token. */
function withToken(request) {
  const own = new URL(request.url, location.href).origin === location.origin;
  if (own && !["GET", "HEAD"].includes((request.method || "GET").toUpperCase())) {
    request.headers["X-CSRFToken"] = token;
  }
  return request;
}

window.SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: -1,
  filter: true,
  // Tells nobody outside which schema is looked at.
  validatorUrl: null,
  requestInterceptor: withToken,
});
