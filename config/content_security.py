"""The Content-Security-Policy of every answer.

Pages run scripts and styles from /static/ only: no inline script, no inline style, no eval. What is
not ours to write gets the least it needs, under its own path only; `RELAXED` says what and why.
"""

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponseBase

POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# The admin's theme writes its colours into the page, and its menus are Alpine's, which compiles what
# their attributes say. Inline scripts stay forbidden there too; the only ones are of RQ's pages,
# for a "select all" that no longer works with this Django.
_ADMIN_THEME = {"script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}
#: Path prefix to the directives that differ there.
RELAXED: dict[str, dict[str, list[str]]] = {"/admin/": _ADMIN_THEME, "/django-rq/": _ADMIN_THEME}


class ContentSecurityMiddleware(CSPMiddleware):
    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        for prefix, directives in RELAXED.items():
            if request.path_info.startswith(prefix):
                parts.replace = {**(parts.replace or {}), **directives}
        return parts
