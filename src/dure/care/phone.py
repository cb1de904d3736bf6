"""The phone's side of care: the pack of today's stops, and taking the reports that come back."""

import json
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from dure import clock
from dure.care import on_the_road
from dure.care.alarms import cannot_reach
from dure.care.consents.models import Purpose
from dure.care.consents.standing import refused
from dure.care.models import PROGRAMME, Course, Handed, Outcome, Recipient, Sighting, Visit
from dure.care.settling import LOOK_WITHIN, Seen, add, open_case_of, settle
from dure.cases.actions import record
from dure.cases.models import Case, Source, Step
from dure.duty.models import Report
from dure.people.models import Person

SIGNS = ("vigour", "breath", "walking", "mind", "hygiene", "heating", "post", "othercare")
SHOWN_TO_ALL = ("outcome", "handed", "step", "did", "source", "on_site", "danger", "leftover", "case")
CALLS = {"answered", "knows", "no_answer", "dead"}  # what came of a call from the door
FROM_THE_DOOR = {
    Step.CALLED,
    Step.GOING,
    Step.ARRIVED,
    Step.DRILL_DONE,
    Step.SEEN,
    Step.DANGER,
    Step.CALLED_119,
    Step.ARRIVED_119,
}

WORSE = {Step.DANGER, Step.CALLED_119, Step.ARRIVED_119}
ON_THE_WAY = timedelta(minutes=2)  # what sending may take
OLDEST = timedelta(days=3)  # a phone's clock that says more is wrong


def seen_at(report: Report, now: datetime, unsure: datetime | None = None) -> datetime:
    """When it was seen, as far as the phone's clock can be believed.

    The phone says what time it is at each try to send: a clock that runs ahead, or more than a little behind, is
    put right by that. What can't be believed counts as seen when it came, or as the caller says.
    """
    came = min(report.received_at, now)  # it may be acted on later
    seen = report.seen_at or came
    if report.sent_at:
        behind = report.received_at - report.sent_at
        if behind < timedelta(0) or behind > ON_THE_WAY:
            seen += behind
    return min(seen, came) if seen > came - OLDEST else unsure or came


def take_visit(report: Report, now: datetime) -> None:
    """What a worker saw at a stop. A body that can't be read raises, and the kernel has a person look at it."""
    visit = Visit.objects.get(ref=_about(report))
    settle(visit, _seen(report, now), by=report.by, report=report, now=now)


def _seen(report: Report, now: datetime) -> Seen:
    body = json.loads(report.body)
    return Seen(
        outcome=Outcome(body["outcome"]),
        at=seen_at(report, now),
        handed=Handed(body["handed"]) if body.get("handed") else "",
        who=_text(body, "who"),
        signs=tuple(sign for sign in SIGNS if sign in body.get("signs", [])),
        leftover=bool(body.get("leftover")),
        worried=bool(body.get("worried")) or bool(set(body.get("signs", [])) - set(SIGNS)),
        abuse=bool(body.get("abuse")),
        danger=bool(body.get("danger")),
        door={str(k): v for k, v in dict(body.get("door", {})).items()},
        note=_text(body, "note"),
        case=UUID(body["case"]) if body.get("case") else None,
        by_paper=report.by_paper,
    )


def take_unreachable(report: Report, now: datetime) -> None:
    """Anyone with a phone says that a recipient can't be reached, with no visit of their own."""
    body = json.loads(report.body)
    recipient = Recipient.objects.get(ref=_about(report))
    source = Source(body.get("source") or Source.WORKER)
    source = Source.WORKER if source == Source.SILENCE else source  # whoever reports isn't silent
    cannot_reach(
        recipient, source, by=report.by, now=now, at=seen_at(report, now),
        on_site=bool(body.get("on_site")), danger=bool(body.get("danger")), note=_text(body, "note"),
    )  # fmt: skip


def take_step(report: Report, now: datetime) -> None:
    """Somebody at the door goes on with a case: on the way, arrived, seen, found in danger, 119 called."""
    body = json.loads(report.body)
    case = _case(_about(report))
    step = Step(body["step"])
    if step not in FROM_THE_DOOR:
        raise ValueError(step)
    if case.closed_at:  # it stays closed; what is worse opens the next one
        if step in WORSE:
            _found_after_all(case, report, _text(body, "note"), now)
        return
    at, values = seen_at(report, now, now - OLDEST if step == Step.SEEN else None), body.get("values")
    if step == Step.SEEN and _missed_since(case, at):  # shown to a person; it stands nobody down
        step, values = Step.OTHER_REPORT, {"outcome": Outcome.SEEN_WELL.value}
    who = _text(body, "who")[:100] if step == Step.CALLED else ""
    if step == Step.CALLED:
        values = {"result": values["result"]} if values and values.get("result") in CALLS else {}
    record(case, step, by=report.by, now=now, at=at, who=who, values=values, note=_text(body, "note"), takes=False)


def _missed_since(case: Case, at: datetime) -> bool:
    """Whether the person couldn't be reached after having been seen: then that sighting says nothing of it."""
    silent = Q(values__source=Source.SILENCE)
    since = Q(at__gt=at) & ~silent | Q(at__gt=at + LOOK_WITHIN) & silent  # silence is noticed some time later
    return case.entries.filter(since, step=Step.OPENED).exists()


def _found_after_all(case: Case, report: Report, note: str, now: datetime) -> None:
    cannot_reach(
        Recipient.objects.get(ref=case.subject), Source.WORKER, by=report.by, now=now, at=seen_at(report, now),
        on_site=True, danger=True, drill=case.drill, note=note,
    )  # fmt: skip


def _case(about: UUID) -> Case:
    """The case, or the newest one at the door of a visit: a phone without a network doesn't know its case yet."""
    known = Case.objects.filter(ref=about).first()
    if known:
        return known
    visit = Visit.objects.select_related("recipient").get(ref=about)
    cases = Case.objects.filter(programme=PROGRAMME, subject=visit.recipient.ref, drill=False)
    return cases.latest("opened_at")


def take_course(report: Report, now: datetime) -> None:
    """A worker starts or finishes a course."""
    did = json.loads(report.body)["did"]
    field = {"started": "started_at", "finished": "finished_at"}[did]
    course = Course.objects.get(ref=_about(report))
    Course.objects.filter(pk=course.pk, **{field: None}).update(**{field: seen_at(report, now)})
    on_the_road.changed([course.pk], by=report.by, now=now)


TAKERS = {
    "care.visit": take_visit,
    "care.unreachable": take_unreachable,
    "care.step": take_step,
    "care.course": take_course,
}


def without_words(body: str) -> str:
    """A report as everybody but the office sees it: what was ticked, without any word, as some are in confidence.

    It says of no report whether it has such words: of what can't be read nothing is shown at all.
    """
    try:
        said = dict(json.loads(body))
    except (ValueError, TypeError):
        return "…"
    return json.dumps({key: said[key] for key in SHOWN_TO_ALL if key in said}, ensure_ascii=False)


def worrying(report: Report) -> bool:
    """Whether a report says that somebody may be in danger or that a visit is still owed: nothing is closed by it."""
    body = json.loads(report.body)
    if report.kind == "care.visit":
        return bool(body.get("danger")) or body["outcome"] in (Outcome.NO_REPLY, Outcome.NOT_ATTEMPTED)
    return report.kind == "care.unreachable" or (report.kind == "care.step" and body["step"] in WORSE)


def is_in_confidence(report: Report) -> bool:
    """Whether a report speaks of suspected abuse: then only the office may see it, and decides on it."""
    try:
        return bool(dict(json.loads(report.body)).get("abuse"))
    except (ValueError, TypeError):
        return False


def place_of(report: Report) -> tuple[int | None, int | None]:
    """Of which provider and of which dong the visit is that a report is about, if it is about one."""
    known = Visit.objects.filter(ref=report.about) if report.about else Visit.objects.none()
    visit = known.select_related("recipient__place").first()
    return (visit.provider_id, visit.recipient.place.area_id) if visit else (None, None)


def fill_in(first: Report, report: Report, now: datetime) -> None:
    """The whole report, of which only the outcome had come: what was noticed and said is added, nothing counts anew."""
    sighting = Sighting.objects.filter(report=first).select_related("visit").first()
    if report.kind == "care.visit" and sighting:
        add(sighting, _seen(report, now), by=report.by, report=report, now=now)


def meant(worker: Person, days: Collection[date], fits: Callable[[UUID], bool]) -> UUID | None:
    """Which stop or case of these days is meant: the worker's own come first. None when that isn't clear."""
    every = Visit.objects.filter(office=worker.office_id, day__in=days)
    for visits in (every.filter(worker=worker), every):
        whose = dict(visits.values_list("ref", "recipient__ref"))
        cases = Case.objects.filter(programme=PROGRAMME, subject__in=set(whose.values()), drill=False)
        if found := [ref for ref in {*whose, *cases.values_list("ref", flat=True)} if fits(ref)]:
            return found[0] if len(found) == 1 else None
    return None


def _about(report: Report) -> UUID:
    """What a report is about. One that doesn't say is looked at by a person."""
    if report.about is None:
        raise ValueError("about")
    return report.about


def _text(body: dict[str, Any], key: str) -> str:
    return str(body.get(key) or "").replace("\x00", "")


def stops(worker: Person, day: date) -> list[Visit]:
    """A worker's stops of a day, in their order."""
    mine = Visit.objects.filter(worker=worker, day=day, excused_at=None)
    return list(
        mine.select_related("recipient__place__area", "course__route", "duty")
        .prefetch_related("recipient__contacts", "sightings")
        .order_by("due_at", "order", "id")
    )


def pack(worker: Person, day: date) -> dict[str, Any]:
    """What the phone needs for the day: the stops with what is needed at the door, and nothing of other days."""
    visits = stops(worker, day)
    recipients = [v.recipient_id for v in visits]
    left, unseen = _left_over(recipients, day), refused(recipients, Purpose.PHOTOS)
    courses = {v.course.ref: v.course for v in visits if v.course}
    return {
        "day": day.isoformat(),
        "courses": [
            {"ref": str(c.ref), "name": c.route.name, "started": bool(c.started_at), "finished": bool(c.finished_at)}
            for c in courses.values()
        ],
        "stops": [
            {**_stop(visit, visit.recipient_id in left), "no_photos": visit.recipient_id in unseen} for visit in visits
        ],
    }


def _left_over(recipients: list[int], day: date) -> set[int]:
    """Whose last meal was handed over at the door or found again: the worker looks for it."""
    last = Sighting.objects.filter(visit__recipient__in=recipients, visit__day__lt=day).order_by(
        "visit__recipient_id", "-at"
    )
    latest = last.distinct("visit__recipient_id").values_list("visit__recipient_id", "leftover", "handed")
    return {recipient for recipient, leftover, handed in latest if leftover or handed == Handed.AT_DOOR}


def _stop(visit: Visit, left: bool) -> dict[str, Any]:
    recipient, place = visit.recipient, visit.recipient.place
    case = open_case_of(visit) if visit.duty.raised_at or visit.outcome == Outcome.NO_REPLY else None
    return {
        "ref": str(visit.ref),
        "name": recipient.name,
        "tier": recipient.tier,
        "due": visit.due_at.astimezone(UTC).isoformat(),
        "time": f"{clock.local(visit.due_at):%H:%M}",
        "meals": visit.meals,
        "dong": place.area.name if place.area else "",
        "address": place.address,
        "entrance": place.entrance,
        "floor": place.floor,
        "door_code": place.door_code,
        "key_place": place.key_place,
        "hazard": place.hazard,
        "slow_minutes": place.slow_minutes,
        "reach": recipient.reach,
        "phones": [phone for phone in (recipient.phone, recipient.phone_2) if phone],
        "contacts": [
            {"name": c.name, "relation": c.relation, "phone": c.phone}
            for c in recipient.contacts.all()
            if not c.dead_at
        ],
        "diet": recipient.diet,
        "allergies": recipient.allergies,
        "planned_response": recipient.planned_response,
        "look_for_last_meal": left,
        "outcome": visit.outcome,
        "case": str(case.ref) if case else None,
    }
