import django.db.models.deletion
from django.db import migrations, models

from dure.offices.protect import APP, Protect

# Words that came with a suspicion of abuse leave the sighting. What runs on from before still writes the column: a
# trigger moves what it writes. Both are dropped by the release after this one.
KEPT = """
INSERT INTO care_inconfidence (office_id, sighting_id, who, note)
    SELECT office_id, id, who, note FROM care_sighting WHERE abuse;
UPDATE care_sighting SET who = '', note = '', abuse = false WHERE abuse;
ALTER TABLE care_sighting ALTER COLUMN abuse SET DEFAULT false;
CREATE FUNCTION words_go_in_confidence() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO care_inconfidence (office_id, sighting_id, who, note) VALUES (NEW.office_id, NEW.id, NEW.who, NEW.note);
    UPDATE care_sighting SET who = '', note = '', abuse = false WHERE id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER words_go_in_confidence AFTER INSERT ON care_sighting
    FOR EACH ROW WHEN (NEW.abuse) EXECUTE FUNCTION words_go_in_confidence()
"""
BACK = """
DROP TRIGGER words_go_in_confidence ON care_sighting; DROP FUNCTION words_go_in_confidence();
UPDATE care_sighting s SET who = c.who, note = c.note, abuse = true FROM care_inconfidence c WHERE c.sighting_id = s.id;
ALTER TABLE care_sighting ALTER COLUMN abuse DROP DEFAULT
"""
# A contact who isn't to be told is there for the office alone: neither read nor changed nor deleted by anybody else.
TOLD = "(SELECT dure_everywhere()) OR untold_at IS NULL"
HIDE = f"CREATE POLICY told ON care_contact AS RESTRICTIVE TO {APP} USING ({TOLD}) WITH CHECK ({TOLD})"


class Migration(migrations.Migration):
    dependencies = [("care", "0015_values"), ("offices", "0002_protect")]
    operations = [
        migrations.CreateModel(
            name="InConfidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("who", models.CharField(blank=True, max_length=100)),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.office"
                    ),
                ),
                (
                    "sighting",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="confidence", to="care.sighting"
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        Protect("care_inconfidence", sees="(SELECT dure_everywhere())", app="SELECT, INSERT", engine="SELECT, INSERT"),
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(KEPT, BACK)], [migrations.RemoveField("sighting", "abuse")]
        ),
        migrations.AddField("contact", "untold_at", models.DateTimeField(null=True)),
        migrations.RunSQL(HIDE, "DROP POLICY told ON care_contact"),
    ]
