"""Run one worker process for some queues: django-rq's command, with fewer checks at its start.

Of the system checks it runs those of the job layer. The others look at addresses, admin and templates, which
no worker uses; `manage.py check` runs them all.
"""

from django_rq.management.commands.rqworker import Command as RqWorker


class Command(RqWorker):
    requires_system_checks = ("jobs",)
