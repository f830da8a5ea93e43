"""Whether an e-mail address can be written to, without writing to it: syntax, lists and DNS.

No mail server is ever asked about a mailbox: such probes are unreliable, get the asker blocked and
are taken for an attack. Whether a mailbox exists only a verifier with its own records can say.

    check = validate_email("ada@acme.example")      # as this installation is configured
    check.status, check.reason, check.retryable
"""

from .checking import Deliverability, EmailCheck, EmailStatus, check_email
from .configured import validate_email
from .mail_servers import MailRoute, Route, mail_route, system_resolver

__all__ = [
    "Deliverability",
    "EmailCheck",
    "EmailStatus",
    "MailRoute",
    "Route",
    "check_email",
    "mail_route",
    "system_resolver",
    "validate_email",
]
