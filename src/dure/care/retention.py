"""How long it is kept who was served, how, and what was seen."""

from django.utils.translation import gettext_noop as N_

from dure.care.alarms import BY_CASE
from dure.care.opening import ABSENT
from dure.offices.retention import CHECK, PRIVACY, Period, Purpose, Retention
from dure.outbox.retention import TEXTS

IDENTITY = Period(
    "keep-identity", N_("Who was served: kept after meals ended"), 60, "months",
    f"정산·감사 대비 5년: 공공기록물 관리 기준 준용 {CHECK}",
)  # fmt: skip
SENSITIVE = Period(
    "keep-health", N_("Health, door codes and contacts: kept after meals ended"), 90, "days",
    f"{PRIVACY}, 기간은 운영 기준 {CHECK}",
)  # fmt: skip
OF = "JOIN care_recipient r ON r.id = t.recipient_id"
OF_A_VISIT = "JOIN care_visit v ON v.id = t.visit_id JOIN care_recipient r ON r.id = v.recipient_id"
REFS = "ARRAY[r.ref]"
# A place is needed as long as one of those who live or lived there is served.
LIVED = "(SELECT max(coalesce(r.ended_on, 'infinity')) FROM care_recipient r WHERE r.place_id = t.id)"
ENDED = f"coalesce(nullif({LIVED}, 'infinity'), CASE WHEN {LIVED} IS NULL THEN '-infinity'::date END)"
LIVED_THERE = (
    "coalesce((SELECT array_agg(r.ref) FROM care_recipient r WHERE r.place_id = t.id), '{}')"
    " || coalesce((SELECT array_agg(c.ref) FROM cases_case c WHERE c.place_id = t.id), '{}')"
)
FIGURE = N_("From when to when somebody was served, where, by whom, and at which risk: without a name.")
CODES = ", ".join(f"'{each}'" for each in ["", BY_CASE, *ABSENT.values()])
RETENTION = Retention(
    purposes=(
        Purpose("health", N_("Health, diet, and what was agreed for no answer"), SENSITIVE, "care_recipient",
                "t.ended_on", stays=FIGURE, refs="ARRAY[t.ref]", of_a_person=True, many=50,
                empties=("health", "medicines", "hospital", "diet", "allergies", "registered_119", "planned_response",
                         "phone", "phone_2")),
        Purpose("contacts", N_("Contacts of who isn't served any more"), SENSITIVE, "care_contact", "r.ended_on",
                join=OF, refs=REFS, of_a_person=True, many=150),
        Purpose("other-services", N_("Other services of who isn't served any more"), SENSITIVE, "care_otherservice",
                "r.ended_on", join=OF, refs=REFS, of_a_person=True, many=150),
        Purpose("entrance", N_("Door codes, keys and how to get in"), SENSITIVE, "places_place", ENDED,
                stays=N_("The address, as long as the name."), refs=LIVED_THERE, of_a_person=True, many=50,
                empties=("entrance", "floor", "door_code", "key_place", "hazard")),
        Purpose("identity", N_("Name and birthday of who was served"), IDENTITY, "care_recipient", "t.ended_on",
                stays=FIGURE, refs="ARRAY[t.ref]", of_a_person=True, many=50,
                empties=("name", "born_on", "ended_why", "consent_version", "consent_on")),
        Purpose("addresses", N_("Addresses of who was served"), IDENTITY, "places_place", ENDED,
                stays=N_("The dong."), refs=LIVED_THERE, of_a_person=True, many=50,
                empties=("address", "lon", "lat")),
        Purpose("moves", N_("Why meals ended"), IDENTITY, "care_move", "r.ended_on", stays=FIGURE, join=OF, refs=REFS,
                of_a_person=True, empties=("why",)),
        Purpose("absences", N_("Who told of an absence"), TEXTS, "care_absence", "coalesce(t.until, r.ended_on)",
                stays=N_("From when to when somebody was away."), join=OF, refs=REFS, empties=("told_by",)),
        Purpose("sightings", N_("What was noted at the door"), TEXTS, "care_sighting", "t.received_at",
                stays=N_("What became of the visit, how the meal was handed over, and which signs were seen."),
                join=OF_A_VISIT, refs="ARRAY[r.ref]", empties=("who", "door", "note"),
                where="NOT EXISTS (SELECT FROM duty_duty d WHERE d.id = v.duty_id AND d.closed_at IS NULL)"),
        Purpose("in-confidence", N_("What was said in confidence"), IDENTITY, "care_inconfidence", "r.ended_on",
                stays=N_("That something was said in confidence."),
                join="JOIN care_sighting s ON s.id = t.sighting_id JOIN care_visit v ON v.id = s.visit_id"
                " JOIN care_recipient r ON r.id = v.recipient_id", refs=REFS, of_a_person=True,
                empties=("who", "note")),
        Purpose("excuses", N_("Why a visit wasn't owed, in words"), TEXTS, "care_visit", "t.excused_at",
                stays=N_("That it wasn't owed."), join=OF, refs=REFS,
                to={"excused_why": f"CASE WHEN t.excused_why IN ({CODES}) THEN t.excused_why ELSE '—' END"},
                where="NOT EXISTS (SELECT FROM duty_duty d WHERE d.id = t.duty_id AND d.closed_at IS NULL)"),
    ),
    excused={
        "care_scheme": "programmes",
        "care_route": "courses and their usual worker",
        "care_mealplan": "meals on weekdays, of somebody whose name goes",
        "care_closure": "days without meals",
        "care_course": "a day's course and its worker's account",
        "care_hindrance": "what keeps an account from being given stops; rewritten every hour",
    },
    owed=(
        "EXISTS (SELECT FROM care_recipient r JOIN care_visit v ON v.recipient_id = r.id"
        " JOIN duty_duty d ON d.id = v.duty_id WHERE r.ref = ANY (refs) AND d.closed_at IS NULL)",
        "EXISTS (SELECT FROM care_recipient r WHERE r.ref = ANY (refs) AND r.ended_on IS NULL)",
    ),
)  # fmt: skip
