"""Job types of the job layer itself; start-up imports every app's `tasks`."""

from .webhooks import job_type as webhook_type
from .workflows import handed_on

__all__ = ["handed_on", "webhook_type"]
