"""E-mail texts that administrators have changed; what is empty is as the product brings it."""

from typing import ClassVar

from django.db import models

from .users import User


class MailTemplate(models.Model):
    """One per kind of mail, named as in accounts/mails/kinds.py. Each empty field means the built-in text."""

    name = models.CharField(max_length=50, unique=True, editable=False)
    subject = models.CharField(max_length=200, blank=True, help_text="Empty: the built-in subject.")
    text = models.TextField(blank=True, help_text="Plain text. Empty: the built-in text.")
    html = models.TextField(
        "HTML", blank=True, help_text="Empty: the built-in HTML, or none where the plain text is changed."
    )
    updated_at = models.DateTimeField(auto_now=True, editable=False)
    updated_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(name=""), name="mail_template_name_is_given"),
        ]

    def __str__(self) -> str:
        return self.name
