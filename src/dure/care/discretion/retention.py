"""How long it is kept who wasn't to be told, and why."""

from django.utils.translation import gettext_noop as N_

from dure.care.retention import IDENTITY
from dure.offices.retention import Purpose, Retention

RETENTION = Retention(
    purposes=(
        Purpose("untold", N_("Contacts who weren't to be told, and why"), IDENTITY, "discretion_untold", "r.ended_on",
                join="JOIN care_recipient r ON r.id = t.recipient_id", refs="ARRAY[r.ref]", of_a_person=True),
    )
)  # fmt: skip
