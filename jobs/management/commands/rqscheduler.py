"""Run the clock of the schedules: django-rq's command, with the checks of the job layer alone (see rqworker)."""

from django_rq.management.commands.rqscheduler import Command as RqScheduler


class Command(RqScheduler):
    requires_system_checks = ("jobs",)
