"""Changes of provider."""

from django.utils.translation import gettext_noop as N_

from dure.care.retention import FIGURE, IDENTITY, OF, REFS
from dure.offices.retention import CHECK, Period, Purpose, Retention

PAPERS = Period(
    "keep-destruction", N_("Certificates of destruction: kept for"), 60, "months",
    f"수탁자 관리·감독 증빙: 운영 기준 {CHECK}",
)  # fmt: skip
RETENTION = Retention(
    purposes=(
        Purpose("destinations", N_("Why meals ended with a provider"), IDENTITY, "changes_destination", "r.ended_on",
                stays=FIGURE, join=OF, refs=REFS, of_a_person=True, empties=("why",)),
        Purpose("destruction", N_("Certificates of destruction, with the signed sheet"), PAPERS,
                "changes_certificate", "t.entered_at"),
    ),
    excused={
        "changes_change": "providers",
        "changes_leaving": "accounts, whose names go with them",
        "changes_handedback": "kinds of things",
        "changes_contract": "providers",
    },
    owed=(
        "EXISTS (SELECT FROM changes_destination x JOIN changes_change c ON c.id = x.change_id"
        " JOIN care_recipient r ON r.id = x.recipient_id"
        " WHERE r.ref = ANY (refs) AND c.done_at IS NULL AND c.dropped_at IS NULL)",
    ),
)  # fmt: skip
