"""E-mails to users: texts that administrators may edit, sent to those who want them."""

from .kinds import MailKind, mail_kind
from .sending import send_mail

__all__ = ["MailKind", "mail_kind", "send_mail"]
