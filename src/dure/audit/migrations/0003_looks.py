import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_protect")]
    operations = [
        migrations.AddField("entry", "source", models.CharField(blank=True, db_default="", max_length=45)),
        migrations.AddField(
            "entry", "whose",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), blank=True, db_default=models.Value("{}"), default=list, size=None
            ),
        ),
        migrations.AlterField("entry", "why", models.CharField(blank=True, max_length=200)),
    ]  # fmt: skip
