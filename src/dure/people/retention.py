"""How long it is kept who worked here, and how they were reached."""

from django.utils.translation import gettext_noop as N_

from dure.offices.retention import CHECK, PRIVACY, Period, Purpose, Retention

ACCOUNT = Period(
    "keep-accounts", N_("Name of who doesn't work here any more: kept for"), 36, "months",
    "개인정보의 안전성 확보조치 기준 제5조(권한 기록 3년 이상 보관)",
)  # fmt: skip
RIGHTS = Period(
    "keep-rights", N_("History of rights: kept for"), 36, "months",
    "개인정보의 안전성 확보조치 기준 제5조(권한 기록 3년 이상 보관)",
)  # fmt: skip
REACHED = Period(
    "keep-numbers", N_("Numbers and keys of who doesn't work here any more: kept for"), 90, "days",
    f"{PRIVACY}, 기간은 운영 기준 {CHECK}",
)  # fmt: skip
NOTES = Period("keep-notes", N_("Notes between shifts, and why somebody stood in: kept for"), 12, "months",
               f"운영 기준 {CHECK}")  # fmt: skip
LEFT = "JOIN people_person p ON p.id = t.person_id"
OPEN_CLAIM = "EXISTS (SELECT FROM duty_claim c WHERE c.by_id = t.id AND c.ended_at IS NULL)"
RETENTION = Retention(
    purposes=(
        Purpose("accounts", N_("Accounts of who has left"), ACCOUNT, "people_person", "t.left_at",
                stays=N_("Which account did what, without a name."), refs="ARRAY[t.ref]",
                where=f"NOT {OPEN_CLAIM}", empties=("name", "post", "phone", "last_login"),
                to={"username": "'gone-' || t.id", "password": "'!'"}),
        Purpose("numbers", N_("Numbers and addresses of who has left"), REACHED, "people_address", "p.left_at",
                join=LEFT, refs="ARRAY[p.ref]"),
        Purpose("phones", N_("Field phones of who has left"), ACCOUNT, "people_device", "p.left_at",
                stays=N_("That a report came from a phone."), join=LEFT, refs="ARRAY[p.ref]", empties=("name",),
                to={"key_sha256": "'gone-' || t.id"}),
        Purpose("rights", N_("History of rights"), RIGHTS, "people_grant", "t.at",
                where="t.at < clock_timestamp() - interval '3 years'"),
        Purpose("shift-notes", N_("Notes between shifts"), NOTES, "people_shiftnote", "t.done_at"),
        Purpose("stand-ins", N_("Why somebody stood in"), NOTES, "people_standin", "t.until",
                stays=N_("Who stood in when."), empties=("why",)),
        Purpose("calendars", N_("Secret addresses of calendars that are over"), REACHED, "people_calendarlink",
                "t.revoked_at"),
    ),
    excused={
        "people_organisation": "agencies",
        "people_membership": "which account held which role; its name goes with the account",
        "people_roster": "names of desks",
        "people_rota": "times of a week",
        "people_turn": "accounts, whose names go with them",
        "people_shift": "accounts, whose names go with them",
    },
)  # fmt: skip
