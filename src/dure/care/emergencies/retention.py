"""How long it is kept who was shown whom in an emergency."""

from django.utils.translation import gettext_noop as N_

from dure.offices.retention import CHECK, Period, Purpose, Retention

LOOKS = Period(
    "keep-emergency-looks", N_("Looks in an emergency, with what was found afterwards: kept for"), 36, "months",
    f"개인정보의 안전성 확보조치 기준 제5조(권한 내역 3년) 준용 {CHECK}",
)  # fmt: skip
GUESSES = Period(
    "keep-emergency-guesses", N_("How often somebody was looked for in an emergency: kept for"), 12, "months",
    f"운영 기준 {CHECK}",
)  # fmt: skip
RETENTION = Retention(
    purposes=(
        Purpose("emergency-looks", N_("Looks in an emergency: in which words they were explained"), LOOKS,
                "emergencies_emergencylook", "t.reviewed_at",
                stays=N_("Who was shown somebody, when, and what was found."),
                join="JOIN care_recipient r ON r.id = t.recipient_id", refs="ARRAY[r.ref]",
                empties=("words", "follow_up")),
        Purpose("emergency-guesses", N_("That somebody was looked for in an emergency"), GUESSES, "emergencies_guess",
                "t.at"),
    ),
    at_issue=(
        "EXISTS (SELECT FROM emergencies_emergencylook e JOIN care_recipient r ON r.id = e.recipient_id"
        " WHERE r.ref = ANY (refs) AND e.reviewed_at IS NULL)",
    ),
)  # fmt: skip
