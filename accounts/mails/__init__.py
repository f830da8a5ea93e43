"""E-mails to users: texts that administrators may edit, sent to those who want them."""

from .kinds import MailKind, mail_kind
from .sending import Attachment, compose, send_mail, wants

__all__ = ["Attachment", "MailKind", "compose", "mail_kind", "send_mail", "wants"]
