from django.db import migrations

#: Each batch of filings counts on prospects that are known already. With room left in its page such an update
#: touches no index; in full pages it writes all of them. Pages filled from now on leave the room.
LEAVE_ROOM = "ALTER TABLE prospects_prospect SET (fillfactor = 80)"
FILL = "ALTER TABLE prospects_prospect RESET (fillfactor)"


class Migration(migrations.Migration):
    dependencies = [
        ("prospects", "0006_imports"),
    ]

    operations = [
        migrations.RunSQL(LEAVE_ROOM, FILL),
    ]
