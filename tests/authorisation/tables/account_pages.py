"""Signing in and out, one's own settings, the start page and what there is not."""

from ..rows import page

OPEN = (200,) * 6
#: Who is signed in goes on to the start page.
SIGN_IN = (200, 302, 302, 302, 302, 302)
OWN = (302, 200, 200, 200, 200, 200)
OWN_CHANGED = (302,) * 6
OWN_WRONG = (302, 422, 422, 422, 422, 422)
BOSSES = (302, 200, 403, 403, 200, 302)
BOSSES_OF_ACME = (302, 404, 403, 403, 200, 302)
BOSSES_CHANGE = (302, 404, 403, 403, 302, 302)

ROWS = (
    page("start", "GET", "/", (302,) * 6),
    page("api-docs", "GET", "/api/docs", OWN),
    page("unknown", "GET", "/nowhere", (404,) * 6),
    page("unknown", "POST", "/nowhere", (404,) * 6),
    # Who is signed in and sent here all the same lacks the right to Django admin.
    page("admin-sign-in", "GET", "/admin/login/", (302, 403, 403, 403, 403, 403)),
    page("accounts:sign-in", "GET", "/sign-in", SIGN_IN),
    page("accounts:sign-in", "POST", "/sign-in", (422, 302, 302, 302, 302, 302), username="x@y.example", password="x"),
    page("accounts:sign-out", "POST", "/sign-out", (302,) * 6),
    page("accounts:forgotten", "GET", "/password/forgotten", OPEN),
    page("accounts:forgotten", "POST", "/password/forgotten", (302,) * 6, email="nobody@y.example"),
    page("accounts:forgotten-sent", "GET", "/password/forgotten/sent", OPEN),
    page("accounts:reset", "GET", "/password/reset/MQ/no-token", OPEN),
    page("accounts:reset", "POST", "/password/reset/MQ/no-token", OPEN),
    page("accounts:organisation", "POST", "/organisation", (302, 404, 302, 302, 302, 302), organisation="acme"),
    page("accounts:settings", "GET", "/settings", OWN),
    page("accounts:settings", "POST", "/settings", OWN_CHANGED, name="Me"),
    page("accounts:notifications", "GET", "/settings/notifications", OWN),
    page("accounts:notifications", "POST", "/settings/notifications", OWN_CHANGED),
    page("accounts:password", "GET", "/settings/password", OWN),
    page("accounts:password", "POST", "/settings/password", OWN),
    page("accounts:tokens", "GET", "/settings/tokens", OWN),
    page("accounts:tokens", "POST", "/settings/tokens", OWN_WRONG),
    # Nobody but its owner, whatever they are.
    page("accounts:token-revoke", "POST", "/settings/tokens/{token}/revoke", (302, 404, 404, 302, 404, 404)),
    # An admin manages those of all organisations in the console.
    page("own-webhooks:webhooks", "GET", "/settings/webhooks", BOSSES),
    page("own-webhooks:webhooks", "POST", "/settings/webhooks", (302, 422, 403, 403, 422, 302)),
    page("own-webhooks:webhook", "GET", "/settings/webhooks/{endpoint}", BOSSES_OF_ACME),
    page("own-webhooks:webhook", "POST", "/settings/webhooks/{endpoint}", BOSSES_CHANGE, action="test"),
    page("own-webhooks:webhook-delivery", "GET", "/settings/webhooks/deliveries/{delivery}", BOSSES_OF_ACME),
    page("own-webhooks:webhook-delivery", "POST", "/settings/webhooks/deliveries/{delivery}", BOSSES_CHANGE),
)
