"""Changing a password, and resetting a forgotten one by e-mail."""

import threading
from typing import Any

from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.forms import PasswordChangeForm, PasswordResetForm, SetPasswordForm
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse_lazy

from ..models import User
from . import known, limits
from .viewer import record_of_oneself


class PasswordView(views.PasswordChangeView):
    template_name = "accounts/password.html"
    success_url = reverse_lazy("accounts:password")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        with transaction.atomic():
            answer = super().form_valid(form)
            record_of_oneself(self.request, form.user, "user.password")
        messages.success(self.request, "The password is changed. Other browsers are signed out.")
        return answer


class ForgottenForm(PasswordResetForm):
    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        """Beside the request: how long the mail server takes would tell whether the account exists."""
        threading.Thread(target=super().send_mail, args=args, kwargs=kwargs, name="password-mail").start()


class ForgottenView(views.PasswordResetView):
    """Says the same whether or not there is such an account."""

    template_name = "accounts/forgotten.html"
    email_template_name = "accounts/forgotten.txt"
    subject_template_name = "accounts/forgotten_subject.txt"
    form_class = ForgottenForm
    success_url = reverse_lazy("accounts:forgotten-sent")

    def form_valid(self, form: PasswordResetForm) -> HttpResponse:
        address, account = limits.address_of(self.request), form.cleaned_data["email"].lower()
        wait = limits.spend((limits.MAIL_ADDRESS, address), (limits.MAIL_ACCOUNT, account))
        if wait:
            form.add_error(None, f"Too many mails were asked for. Try again in {-(-wait // 60)} minutes.")
            context = self.get_context_data(form=form)
            return self.render_to_response(context, status=429, headers={"Retry-After": str(wait)})
        return super().form_valid(form)


class ForgottenSentView(views.PasswordResetDoneView):
    template_name = "accounts/forgotten_sent.html"


class ResetView(views.PasswordResetConfirmView):
    template_name = "accounts/reset.html"
    success_url = reverse_lazy("accounts:sign-in")

    def form_valid(self, form: "SetPasswordForm[User]") -> HttpResponse:
        with transaction.atomic():
            # The link reached the mailbox.
            User.objects.filter(pk=form.user.pk).update(email_verified=True)
            answer = super().form_valid(form)
            record_of_oneself(self.request, form.user, "user.password-reset")
        known.remember(answer, form.user.email.lower())
        messages.success(self.request, "The password is set. Sign in with it.")
        return answer
