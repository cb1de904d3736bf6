from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0004_message_bundle")]
    operations = [
        migrations.AddField("message", "answerable", models.BooleanField(db_default=True, default=False)),
    ]
