from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("care", "0002_protect")]
    operations = [
        migrations.AddField("sighting", "answers", models.UUIDField(null=True)),
        migrations.AddField("visit", "unplanned", models.BooleanField(default=False)),
    ]
