"""How long it is kept what a recipient agreed to: as long as it has to be shown that what was done was agreed."""

from django.utils.translation import gettext_noop as N_

from dure.care.retention import IDENTITY
from dure.offices.retention import Purpose, Retention

RETENTION = Retention(
    purposes=(
        Purpose("consents", N_("What recipients agreed to, with the signed papers"), IDENTITY, "consents_consent",
                "r.ended_on", join="JOIN care_recipient r ON r.id = t.recipient_id", refs="ARRAY[r.ref]",
                of_a_person=True),
    ),
    excused={"consents_text": "what everybody is asked: names nobody"},
)  # fmt: skip
