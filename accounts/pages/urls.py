"""Addresses of the account pages, in both slash spellings."""

from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, re_path
from django.views.decorators.cache import never_cache

from ..methods import GET, GET_AND_POST, POST, Methods, View, taking
from . import organisation, passwords, settings, tokens
from .signing_in import SignInView

app_name = "accounts"


def _page(pattern: str, view: View, *, name: str, methods: Methods = GET_AND_POST) -> URLPattern:
    """No browser keeps what one of these says for whoever sits there after signing out."""
    return re_path(rf"^{pattern}/?\Z", taking(methods, never_cache(view)), name=name)


urlpatterns = [
    _page("sign-in", SignInView.as_view(), name="sign-in"),
    _page("sign-out", LogoutView.as_view(next_page="accounts:sign-in"), name="sign-out", methods=POST),
    _page("password/forgotten", passwords.ForgottenView.as_view(), name="forgotten"),
    _page("password/forgotten/sent", passwords.ForgottenSentView.as_view(), name="forgotten-sent", methods=GET),
    _page(
        r"password/reset/(?P<uidb64>[A-Za-z0-9_\-]+)/(?P<token>[A-Za-z0-9\-]+)",
        passwords.ResetView.as_view(),
        name="reset",
    ),
    _page("organisation", organisation.choose, name="organisation", methods=POST),
    _page("settings", settings.profile, name="settings"),
    _page("settings/notifications", settings.notifications, name="notifications"),
    _page("settings/password", passwords.PasswordView.as_view(), name="password"),
    _page("settings/tokens", tokens.listing, name="tokens"),
    _page("settings/tokens/(?P<pk>[0-9]{1,18})/revoke", tokens.revoke, name="token-revoke", methods=POST),
]
