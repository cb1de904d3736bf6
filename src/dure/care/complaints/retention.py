"""How long complaints are kept with who complained."""

from django.utils.translation import gettext_noop as N_

from dure.offices.retention import CHECK, Period, Purpose, Retention

COMPLAINTS = Period(
    "keep-complaints", N_("Complaints with who complained: kept after they ended"), 60, "months",
    f"민원 문서 보존 기간 준용(5년) {CHECK}",
)  # fmt: skip
REFS = "ARRAY[{}.ref] || coalesce((SELECT ARRAY[r.ref] FROM care_recipient r WHERE r.id = {}.recipient_id), '{{}}')"
STAYS = N_("What kind it was, when it came, and when it was answered.")
RETENTION = Retention(
    purposes=(
        Purpose("complaints", N_("Complaints: who, about whom, and what was said"), COMPLAINTS,
                "complaints_complaint", "t.ended_at", stays=STAYS, refs=REFS.format("t", "t"),
                empties=("name", "phone", "title", "text", "extended_why", "answer", "passed_why", "worker_id",
                         "recipient_id"), to={"named_to_provider": "false"}),
        Purpose("statements", N_("What providers said about complaints"), COMPLAINTS, "complaints_statement",
                "c.ended_at", stays=STAYS, join="JOIN complaints_complaint c ON c.id = t.complaint_id",
                refs=REFS.format("c", "c"), empties=("text",)),
    ),
    at_issue=(
        "EXISTS (SELECT FROM complaints_complaint c LEFT JOIN care_recipient r ON r.id = c.recipient_id"
        " WHERE (r.ref = ANY (refs) OR c.ref = ANY (refs)) AND c.ended_at IS NULL)",
    ),
)  # fmt: skip
