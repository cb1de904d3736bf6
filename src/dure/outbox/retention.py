"""How long messages are kept as they were sent."""

from django.utils.translation import gettext_noop as N_

from dure.offices.retention import CHECK, Period, Purpose, Retention

TEXTS = Period("keep-texts", N_("Reports, messages and notes in words: kept for"), 12, "months", f"운영 기준 {CHECK}")
TOLD_OF = (
    "EXISTS (SELECT FROM duty_telling x JOIN duty_duty d ON d.id = x.duty_id"
    " WHERE x.message_id = t.id AND d.closed_at IS NULL)"
)
RETENTION = Retention(
    purposes=(
        Purpose("messages", N_("Messages as they were sent"), TEXTS, "outbox_message", "t.created_at",
                stays=N_("That one was sent, when, and what became of it."),
                where=f"t.try_at IS NULL AND NOT {TOLD_OF}",
                empties=("text", "values", "address", "why"), many=100_000),
        Purpose("receipts", N_("What carriers said about messages"), TEXTS, "outbox_receipt", "t.heard_at",
                many=100_000),
        Purpose("replies", N_("Text messages that came back"), TEXTS, "outbox_reply", "t.heard_at"),
    )
)  # fmt: skip
