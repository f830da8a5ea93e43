"""Whether an e-mail address can be written to, without writing to it: syntax, lists and DNS.

No mail server is ever asked about a mailbox: such probes are unreliable, get the asker blocked and
are taken for an attack. So nothing here proves that a mailbox exists.
"""

from .checking import Deliverability, EmailCheck, EmailStatus, check_email
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
]
