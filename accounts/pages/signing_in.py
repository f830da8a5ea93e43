"""Signing in and out."""

import logging
from typing import Any

from django import forms
from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from . import known, limits
from .viewer import record_of_oneself

logger = logging.getLogger("quarry.accounts")


class SignInForm(AuthenticationForm):
    """As Django's, which says the same of a wrong password and of an unknown or inactive account."""

    username = forms.EmailField(
        label="E-mail", widget=forms.EmailInput(attrs={"autofocus": True, "autocomplete": "username"})
    )


class SignInView(views.LoginView):
    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The try is counted before the password is looked at, so that many at once gain nothing."""
        wait = limits.spend(*self._tries())
        if wait:
            return self._refuse(wait)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        limits.forgive(self._tries()[0])
        logger.info("%s signed in", form.get_user().public_id)
        with transaction.atomic():
            answer = super().form_valid(form)
            record_of_oneself(self.request, form.get_user(), "user.sign-in")
        known.remember(answer, self._account())
        return answer

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        logger.warning("a sign-in failed, from %s", limits.address_of(self.request))
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _refuse(self, seconds: int) -> HttpResponse:
        minutes = -(-seconds // 60)
        text = f"Too many tries. Wait {minutes} minute{'s' if minutes > 1 else ''}, then try again."
        form = SignInForm(self.request, initial={"username": self.request.POST.get("username", "")})
        context = self.get_context_data(form=form, refused=text)
        return self.render_to_response(context, status=429, headers={"Retry-After": str(seconds)})

    def _tries(self) -> list[tuple[limits.Limit, str]]:
        """That of the account from this address is the first."""
        address, account = limits.address_of(self.request), self._account()
        tries = [(limits.ACCOUNT, f"{address}|{account}"), (limits.ADDRESS, address)]
        return tries if known.knows(self.request, account) else [*tries, (limits.ANYWHERE, account)]

    def _account(self) -> str:
        return self.request.POST.get("username", "").strip().lower()


def admin_sign_in(request: HttpRequest) -> HttpResponseBase:
    """In place of Django admin's own page. Who is signed in and still sent here lacks the right."""
    if request.user.is_authenticated:
        raise PermissionDenied("Django admin is open to administrators.")
    query = request.META.get("QUERY_STRING", "")
    address = redirect("accounts:sign-in")
    if query:
        address["Location"] += f"?{query}"
    return address
