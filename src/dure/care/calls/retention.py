"""How long it is kept what was said on the phone, and what of a home counts in heat and cold."""

from django.utils.translation import gettext_noop as N_

from dure.care.retention import OF, REFS, SENSITIVE
from dure.offices.retention import Purpose, Retention
from dure.outbox.retention import TEXTS

OF_A_CALL = "JOIN calls_call c ON c.id = t.call_id JOIN care_recipient r ON r.id = c.recipient_id"
RETENTION = Retention(
    purposes=(
        Purpose("homes", N_("What of a home counts in heat and cold"), SENSITIVE, "calls_home", "r.ended_on",
                join=OF, refs=REFS, of_a_person=True, many=50),
        Purpose("calls", N_("What was said in welfare calls"), TEXTS, "calls_try", "t.at",
                stays=N_("That somebody called, when, and what came of it."), join=OF_A_CALL, refs=REFS,
                where="NOT EXISTS (SELECT FROM duty_duty d WHERE d.id = c.duty_id AND d.closed_at IS NULL)",
                empties=("who", "note")),
    ),
    excused={
        "calls_practice": "how the office calls",
        "calls_weatherwarning": "warnings",
        "calls_switch": "warnings",
        "calls_call": "that a call was owed, of somebody whose name goes",
    },
    owed=(
        "EXISTS (SELECT FROM care_recipient r JOIN calls_call c ON c.recipient_id = r.id"
        " JOIN duty_duty d ON d.id = c.duty_id WHERE r.ref = ANY (refs) AND d.closed_at IS NULL)",
    ),
)  # fmt: skip
