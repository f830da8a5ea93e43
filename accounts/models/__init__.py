"""Rows of accounts; constraints say the invariants."""

from .api_tokens import ApiToken
from .audit_entries import AuditEntry
from .mail_templates import MailTemplate
from .organisations import Membership, Organisation
from .quota_use import QuotaUse
from .tries import Tries
from .users import User

__all__ = ["ApiToken", "AuditEntry", "MailTemplate", "Membership", "Organisation", "QuotaUse", "Tries", "User"]
