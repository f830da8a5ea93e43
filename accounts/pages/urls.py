"""Addresses of the account pages, in both slash spellings."""

from django.contrib.auth import views as auth
from django.urls import re_path

from . import organisation, settings

app_name = "accounts"

urlpatterns = [
    re_path(r"^sign-in/?\Z", auth.LoginView.as_view(template_name="accounts/sign_in.html"), name="sign-in"),
    re_path(r"^sign-out/?\Z", auth.LogoutView.as_view(next_page="accounts:sign-in"), name="sign-out"),
    re_path(r"^organisation/?\Z", organisation.choose, name="organisation"),
    re_path(r"^settings/?\Z", settings.show, name="settings"),
]
