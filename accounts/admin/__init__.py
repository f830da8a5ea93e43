"""Django admin of accounts; every change writes the audit trail."""

from . import audit_entries, mail_templates, organisations, quota_use, tokens, users

__all__ = ["audit_entries", "mail_templates", "organisations", "quota_use", "tokens", "users"]
