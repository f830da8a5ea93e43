"""Job types of the job layer itself; start-up imports every app's `tasks`."""

from .webhooks import job_type as webhook_type

__all__ = ["webhook_type"]
