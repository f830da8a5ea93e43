"""The list of dead letters, made without stopping those who write to the ledger."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("jobs", "0015_trace_parent"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="job",
            index=models.Index(
                F("finished_at").desc(),
                F("id").desc(),
                name="jobs_job_letters",
                condition=Q(status__in=["failed", "dead"], archived=False),
            ),
        ),
    ]
