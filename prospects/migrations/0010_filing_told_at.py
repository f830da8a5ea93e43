from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('prospects', '0009_filing_told_in'),
    ]

    operations = [
        migrations.AddField(
            model_name='filing',
            name='told_at',
            field=models.BigIntegerField(db_default=0, default=0, editable=False),
        ),
    ]
