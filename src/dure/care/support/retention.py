"""How long it is kept what was decided for somebody, who waited, and who was looked for."""

from django.utils.translation import gettext_noop as N_

from dure.care.retention import IDENTITY, OF, REFS
from dure.offices.retention import CHECK, Period, Purpose, Retention

NEVER_SERVED = Period(
    "keep-waiting", N_("Who waited, was referred or looked for: kept after it ended"), 12, "months",
    f"운영 기준 {CHECK}",
)  # fmt: skip
OF_A_PLAN = "JOIN support_plan p ON p.id = t.plan_id JOIN care_recipient r ON r.id = p.recipient_id"
OR_RECIPIENT = "coalesce((SELECT ARRAY[r.ref] FROM care_recipient r WHERE r.id = t.recipient_id), '{}')"
OR_WAITING = "coalesce((SELECT ARRAY[w.ref] FROM support_waiting w WHERE w.id = t.waiting_id), '{}')"
RETENTION = Retention(
    purposes=(
        Purpose("plans", N_("What was decided for somebody"), IDENTITY, "support_plan", "r.ended_on",
                stays=N_("How many meals a week, from when to when."), join=OF, refs=REFS, of_a_person=True,
                empties=("what", "how", "when", "over_note")),
        Purpose("plan-checks", N_("What was found when a plan was looked at"), IDENTITY, "support_check",
                "r.ended_on", stays=N_("That somebody looked."), join=OF_A_PLAN, refs=REFS, of_a_person=True,
                empties=("said",)),
        Purpose("waiting", N_("Who waited for meals"), NEVER_SERVED, "support_waiting", "t.ended_at",
                stays=N_("How long somebody waited, how urgent it was, and what came of it."),
                refs=f"ARRAY[t.ref] || {OR_RECIPIENT}", many=100,
                empties=("name", "born_on", "phone", "address", "wish", "told", "why")),
        Purpose("referrals", N_("Referrals between agencies"), NEVER_SERVED, "support_referral", "t.answered_at",
                stays=N_("Which agency asked when, and what was answered."), refs=f"{OR_RECIPIENT} || {OR_WAITING}",
                empties=("who", "phone", "what", "spoke_with", "said")),
        Purpose("leads", N_("Who was looked for"), NEVER_SERVED, "support_lead", "t.said_at",
                stays=N_("What came of looking."), refs=f"ARRAY[t.ref] || {OR_RECIPIENT} || {OR_WAITING}",
                empties=("born_on", "phone", "address", "detail", "note"), to={"name": "''"}, many=500),
    ),
    excused={"support_population": "figures", "support_search": "dongs"},
    owed=(
        "EXISTS (SELECT FROM support_waiting w LEFT JOIN care_recipient r ON r.id = w.recipient_id"
        " WHERE (w.ref = ANY (refs) OR r.ref = ANY (refs)) AND w.ended_at IS NULL)",
        "EXISTS (SELECT FROM support_referral f LEFT JOIN care_recipient r ON r.id = f.recipient_id"
        " WHERE r.ref = ANY (refs) AND f.answered_at IS NULL)",
    ),
)  # fmt: skip
