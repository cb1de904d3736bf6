from django.db import migrations

from dure.offices.protect import Protect

OF_MY_PROVIDER = "(SELECT dure_everywhere()) OR provider_id = ANY ((SELECT dure_organisations())::bigint[])"


class Migration(migrations.Migration):
    dependencies = [("packs", "0001_initial"), ("people", "0002_protect"), ("files", "0003_by_the_jobs")]
    operations = [Protect("packs_pack", sees=OF_MY_PROVIDER, app="SELECT")]
