from django.db import migrations

from dure.offices.protect import Kept


class Migration(migrations.Migration):
    dependencies = [("complaints", "0002_protect"), ("audit", "0008_keep_values")]
    operations = [
        Kept("complaints_complaint"),
        Kept("complaints_statement"),
    ]
