"""Addresses of the account pages, in both slash spellings."""

from django.contrib.auth.views import LogoutView
from django.urls import re_path

from . import organisation, passwords, settings, tokens
from .signing_in import SignInView

app_name = "accounts"

urlpatterns = [
    re_path(r"^sign-in/?\Z", SignInView.as_view(), name="sign-in"),
    re_path(r"^sign-out/?\Z", LogoutView.as_view(next_page="accounts:sign-in"), name="sign-out"),
    re_path(r"^password/forgotten/?\Z", passwords.ForgottenView.as_view(), name="forgotten"),
    re_path(r"^password/forgotten/sent/?\Z", passwords.ForgottenSentView.as_view(), name="forgotten-sent"),
    re_path(
        r"^password/reset/(?P<uidb64>[A-Za-z0-9_\-]+)/(?P<token>[A-Za-z0-9\-]+)/?\Z",
        passwords.ResetView.as_view(),
        name="reset",
    ),
    re_path(r"^organisation/?\Z", organisation.choose, name="organisation"),
    re_path(r"^settings/?\Z", settings.profile, name="settings"),
    re_path(r"^settings/notifications/?\Z", settings.notifications, name="notifications"),
    re_path(r"^settings/password/?\Z", passwords.PasswordView.as_view(), name="password"),
    re_path(r"^settings/tokens/?\Z", tokens.listing, name="tokens"),
    re_path(r"^settings/tokens/(?P<pk>[0-9]{1,18})/revoke/?\Z", tokens.revoke, name="token-revoke"),
]
