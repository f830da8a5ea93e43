"""How Django admin looks: its title, its ways to the other dashboards, its colours."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static


def rq_styles(request: HttpRequest) -> str:
    return static("rq-dashboard.css")


#: For the UNFOLD setting. The greys and the blue are those of the product's own pages.
ADMIN_THEME: dict[str, Any] = {
    "SITE_TITLE": "Quarry",
    "SITE_HEADER": "Quarry",
    "SITE_SUBHEADER": "Administration",
    "SITE_SYMBOL": "stacks",
    "SITE_DROPDOWN": [
        {"icon": "monitoring", "title": "Queue console", "link": "/api/admin/bull-board/"},
        {"icon": "queue", "title": "RQ dashboard", "link": "/django-rq/"},
    ],
    "SHOW_BACK_BUTTON": True,
    "STYLES": ["config.admin_theme.rq_styles"],
    "SIDEBAR": {"show_search": True, "command_search": False, "show_all_applications": False},
    "COLORS": {
        "primary": {
            "50": "oklch(97% .014 254.604)",
            "100": "oklch(93.2% .032 255.585)",
            "200": "oklch(88.2% .059 254.128)",
            "300": "oklch(80.9% .105 251.813)",
            "400": "oklch(70.7% .165 254.624)",
            "500": "oklch(62.3% .214 259.815)",
            "600": "oklch(54.6% .245 262.881)",
            "700": "oklch(48.8% .243 264.376)",
            "800": "oklch(42.4% .199 265.638)",
            "900": "oklch(37.9% .146 265.522)",
            "950": "oklch(28.2% .091 267.935)",
        }
    },
}
