"""How long requests of recipients are kept."""

from django.utils.translation import gettext_noop as N_

from dure.offices.retention import CHECK, Period, Purpose, Retention

REQUESTS = Period(
    "keep-requests", N_("What recipients asked about their own data: kept after it was answered"), 36, "months",
    f"운영 기준 {CHECK}",
)  # fmt: skip
OF = "JOIN care_recipient r ON r.id = t.recipient_id"
RETENTION = Retention(
    purposes=(
        Purpose("requests", N_("What recipients asked about their own data"), REQUESTS, "requests_request",
                "t.answered_at", stays=N_("What was asked for when, and by when it was answered."), join=OF,
                refs="ARRAY[r.ref]", empties=("name", "checked", "what", "done", "refused_why")),
    ),
    at_issue=(
        "EXISTS (SELECT FROM requests_request q JOIN care_recipient r ON r.id = q.recipient_id"
        " WHERE r.ref = ANY (refs) AND q.answered_at IS NULL)",
    ),
)  # fmt: skip
