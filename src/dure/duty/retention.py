"""How long it is kept what was reported and said in words about what was owed."""

from django.utils.translation import gettext_noop as N_

from dure.offices.retention import Purpose, Retention
from dure.outbox.retention import TEXTS

# What is code or a number, other counts read; words go.
NOTE = "CASE WHEN t.note ~ '^[A-Za-z0-9_-]*$' THEN t.note ELSE '—' END"
RETENTION = Retention(
    purposes=(
        Purpose("reports", N_("Reports as phones sent them"), TEXTS, "duty_report", "t.received_at",
                stays=N_("That a report came, when, how grave it was, and its hash."),
                where="t.understood_at IS NOT NULL AND NOT EXISTS"
                " (SELECT FROM duty_duty d WHERE d.about = t.about AND d.closed_at IS NULL)", empties=("body",)),
        Purpose("owed-notes", N_("What was said when something owed was closed"), TEXTS, "duty_duty", "t.closed_at",
                stays=N_("What was owed, by when, and how it ended."), to={"note": NOTE},
                empties=("confirmed_by", "raised_why")),
        Purpose("next-steps", N_("What somebody said they would do next"), TEXTS, "duty_claim", "t.ended_at",
                stays=N_("Who took it on, and when."), empties=("next_step",)),
        Purpose("told-numbers", N_("Under which number somebody was told"), TEXTS, "duty_telling", "t.at",
                stays=N_("Who was told when, and on which channel."),
                where="NOT EXISTS (SELECT FROM duty_duty d WHERE d.id = t.duty_id AND d.closed_at IS NULL)",
                to={"address": "CASE WHEN t.address = '' THEN '' ELSE '—' || t.id END"}, many=100_000),
    ),
    excused={
        "duty_ladder": "desks and accounts in their order",
        "duty_exercise": "what was practised",
        "duty_participant": "accounts, whose names go with them",
    },
    owed=("EXISTS (SELECT FROM duty_duty d WHERE d.about = ANY (refs) AND d.closed_at IS NULL)",),
)  # fmt: skip
