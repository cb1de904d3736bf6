"""How long codes for phones are kept, and why a report was set aside."""

from django.utils.translation import gettext_noop as N_

from dure.offices.retention import Purpose, Retention
from dure.outbox.retention import TEXTS
from dure.people.retention import REACHED

RETENTION = Retention(
    purposes=(
        Purpose("enrolments", N_("Codes for field phones"), REACHED, "field_enrolment", "t.good_until"),
        Purpose("set-apart", N_("Why a report of a lost phone was set aside"), TEXTS, "field_setapart",
                "t.decided_at", stays=N_("That it was decided, when and by whom."), empties=("why",)),
    ),
    excused={"field_phone": "what a phone last said of itself; whose it was goes with the account"},
)  # fmt: skip
