"""How long cases are kept with the person's card and what was said."""

from django.utils.translation import gettext_noop as N_

from dure.offices.retention import CHECK, Period, Purpose, Retention

CASES = Period(
    "keep-cases", N_("Cases with the person's card: kept after they ended"), 60, "months",
    f"공공기록물 관리 기준(5년) 준용 {CHECK}",
)  # fmt: skip
DRILLS = Period("keep-drills", N_("Cases of an exercise: kept after they ended"), 12, "months", f"운영 기준 {CHECK}")
STAYS = N_("When it began, what was done when, and how it ended.")
OF = "JOIN cases_case c ON c.id = t.case_id"
REFS = "ARRAY[c.subject, c.ref]"
RETENTION = Retention(
    purposes=(
        Purpose("cases", N_("Cases: the person's card, whereabouts and findings in words"), CASES, "cases_case",
                "t.closed_at", stays=STAYS, where="NOT t.drill", refs="ARRAY[t.subject, t.ref]",
                empties=("card", "whereabouts", "finding_note")),
        Purpose("drills", N_("Cases of an exercise"), DRILLS, "cases_case", "t.closed_at", stays=STAYS,
                where="t.drill", refs="ARRAY[t.subject, t.ref]", empties=("card", "whereabouts", "finding_note")),
        Purpose("case-lines", N_("What was said and noted in a case"), CASES, "cases_entry", "c.closed_at",
                stays=STAYS, join=OF, where="NOT c.drill", refs=REFS, empties=("who", "values", "note")),
        Purpose("drill-lines", N_("What was noted in an exercise"), DRILLS, "cases_entry", "c.closed_at",
                stays=STAYS, join=OF, where="c.drill", refs=REFS, empties=("who", "values", "note")),
        Purpose("transfers", N_("To whom somebody was handed over"), CASES, "cases_transfer", "c.closed_at",
                stays=N_("That somebody was handed over, when, and to what kind of place."), join=OF, refs=REFS,
                empties=("name", "identity_checked")),
        Purpose("re-links", N_("Who of another agency answered, and why it refused"), CASES, "cases_referral",
                "t.answered_at", stays=N_("Which service was asked for when, and what was answered."),
                refs="ARRAY[t.subject]", empties=("answered_by", "reason")),
    ),
    at_issue=(
        "EXISTS (SELECT FROM cases_case c"
        " WHERE (c.subject = ANY (refs) OR c.ref = ANY (refs)) AND c.closed_at IS NULL)",
        "EXISTS (SELECT FROM cases_referral c WHERE c.subject = ANY (refs) AND c.answered_at IS NULL)",
    ),
)  # fmt: skip
