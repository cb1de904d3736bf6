"""Files go when nothing names them any more."""

from django.utils.translation import gettext_noop as N_

from dure.offices.retention import PRIVACY, Period, Purpose, Retention

AT_ONCE = Period("keep-files", N_("Files that nothing belongs to: kept for"), 0, "days", PRIVACY)
NAMED_BY = (
    "certificates_certificate", "changes_certificate", "consents_consent", "gatherings_material", "packs_pack",
    "photos_photo",
)  # fmt: skip
NOWHERE = " AND ".join(f"NOT EXISTS (SELECT FROM {table} x WHERE x.content_id = t.id)" for table in NAMED_BY)
RETENTION = Retention(
    purposes=(
        Purpose("files", N_("Files that belong to nothing any more"), AT_ONCE, "files_content",
                "'-infinity'::date", where=NOWHERE),
    )
)  # fmt: skip
