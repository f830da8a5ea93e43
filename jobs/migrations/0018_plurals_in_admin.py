"""Plurals that Django does not form by itself. The database is not touched."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0017_notices_of_ends"),
    ]

    operations = [
        migrations.AlterModelOptions("dependency", {"verbose_name_plural": "dependencies"}),
        migrations.AlterModelOptions("schedulerprocess", {"verbose_name_plural": "scheduler processes"}),
        migrations.AlterModelOptions("webhookdelivery", {"verbose_name_plural": "webhook deliveries"}),
    ]
