"""The Django Tasks API on the ledger: what any app enqueues through `@task` becomes a job.

Name the backend in TASKS as `jobs.django_tasks_backend.LedgerBackend`.
"""

from .backend import LedgerBackend, LedgerTask

__all__ = ["LedgerBackend", "LedgerTask"]
