"""What a case's page shows: the time line with everybody who was told, the procedure in its order, the 119 card."""

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dure import clock
from dure.cases.actions import STAYS
from dure.cases.models import Case, Finding, Referral, Source, Step
from dure.desk.board import answering
from dure.duty.models import Claim, Duty, Telling
from dure.people.models import Channel, Person

RESULTS = [
    ("answered", gettext_lazy("Answered, all is well")),
    ("knows", gettext_lazy("Knows where the person is")),
    ("no_answer", gettext_lazy("No answer")),
    ("dead", gettext_lazy("Number doesn't exist")),
]


@dataclass
class Line:
    """One line of the time line."""

    at: datetime
    text: str
    by: str = ""
    note: str = ""
    tone: str = ""


@dataclass
class ToDo:
    """One step of the procedure: done with its time, or the next one."""

    step: str
    label: str
    done_at: datetime | None = None
    done_by: str = ""
    form: str = "step"  # which form enters it: step, hand_over
    next: bool = False
    outside: bool = False  # somebody outside is called: not in an exercise
    due_at: datetime | None = None
    extra: dict[str, Any] = field(default_factory=dict)


TONES = {
    Step.OPENED: "danger", Step.DANGER: "danger", Step.CALLED_119: "danger", Step.DIED: "danger",
    Step.SEEN: "good", Step.WHEREABOUTS: "good", Step.CLOSED: "good", Step.OTHER_REPORT: "warn",
}  # fmt: skip


def timeline(case: Case) -> list[Line]:
    """Everything that happened, in order: what was done and seen, who was told, who had it."""
    entries = case.entries.select_related("by").order_by("at", "id")
    lines = [Line(e.at, *_said(e), tone=TONES.get(Step(e.step), "")) for e in entries]
    duties = list(Duty.objects.filter(about=case.ref).values_list("pk", flat=True))
    told = Telling.objects.filter(duty__in=duties).select_related("person", "message").order_by("at", "id")
    lines += _tellings(list(told))
    claims = Claim.objects.filter(duty__in=duties).select_related("by")
    for c in claims:
        until = clock.format_moment(c.until)
        by = _("%(next)s · by %(time)s") % {"next": c.next_step, "time": until}
        if c.progress_at is None or c.ended != "closed":
            lines.append(Line(c.at, _("%(person)s has it") % {"person": c.by}, by))
        if c.ended == "lapsed" and c.ended_at:
            text = _("%(person)s didn't go on in time; the next person is told") % {"person": c.by}
            lines.append(Line(c.ended_at, text, tone="warn"))
    return sorted(lines, key=lambda line: line.at)


def _said(entry: Any) -> tuple[str, str, str]:
    text = str(Step(entry.step).label)
    if entry.step == Step.OPENED and entry.values.get("source"):
        text = f"{text} ({Source(entry.values['source']).label})"
    if entry.step == Step.CALLED and entry.values.get("result"):
        text = f"{text}: {dict(RESULTS).get(entry.values['result'], entry.values['result'])}"
    if entry.step == Step.CLOSED and entry.values.get("finding"):
        text = f"{text}: {Finding(entry.values['finding']).label}"
    by = " · ".join(str(part) for part in (entry.by, entry.who) if part)
    if entry.values.get("paper"):
        by += " · " + _("from paper")
    if (entry.written_at - entry.at).total_seconds() > 120:
        by += " · " + _("entered at %(time)s") % {"time": clock.format_moment(entry.written_at)}
    return text, by, entry.note


def _tellings(told: list[Telling]) -> list[Line]:
    """One line a turn: everybody who was told at the same moment, and what became of it. The same is said once."""
    turns: dict[tuple[int, int], list[Telling]] = {}
    for t in told:
        turns.setdefault((t.duty_id, t.turn), []).append(t)
    lines = [
        Line(
            group[0].at,
            _("Told: %(people)s") % {"people": ", ".join(dict.fromkeys(str(t.person) for t in group))},
            " · ".join(dict.fromkeys(_became(t) for t in group)),
            tone="warn" if all(t.message.failed_at for t in group) else "",
        )
        for group in turns.values()
    ]
    return list({(line.at, line.text, line.by): line for line in lines}.values())


def _became(telling: Telling) -> str:
    message, channel = telling.message, Channel(telling.channel).label
    if message.acknowledged_at:
        return _("%(channel)s read %(time)s") % {
            "channel": channel,
            "time": clock.format_moment(message.acknowledged_at),
        }
    if message.failed_at:
        return _("%(channel)s not delivered") % {"channel": channel}
    if message.sent_at:
        return _("%(channel)s sent %(time)s") % {"channel": channel, "time": clock.format_moment(message.sent_at)}
    if message.withdrawn_at:
        return _("%(channel)s taken back") % {"channel": channel}
    return _("%(channel)s is being sent") % {"channel": channel}


ORDER = [
    (Step.GOING, "step"), (Step.ARRIVED, "step"), (Step.SEEN, "step"), (Step.DANGER, "step"),
    (Step.CALLED_119, "step"), (Step.ARRIVED_119, "step"), (Step.OFFICE_TOLD, "step"), (Step.CENTRE_TOLD, "step"),
    (Step.TAKEN_OVER, "hand_over"), (Step.HOSPITAL, "hand_over"), (Step.FAMILY_TOLD, "step"),
    (Step.FAMILY_TOOK_OVER, "hand_over"),
]  # fmt: skip
ONLY_IN_DANGER = {
    Step.CALLED_119, Step.ARRIVED_119, Step.OFFICE_TOLD, Step.CENTRE_TOLD, Step.TAKEN_OVER, Step.HOSPITAL,
    Step.FAMILY_TOLD, Step.FAMILY_TOOK_OVER,
}  # fmt: skip
OUTSIDE = {
    Step.CALLED_119, Step.ARRIVED_119, Step.TAKEN_OVER, Step.HOSPITAL, Step.FAMILY_TOLD, Step.FAMILY_TOOK_OVER,
}  # fmt: skip
TIMERS = (
    "case.call_119", "case.go", "case.decide_119", "case.see", "case.decide", "case.office_knows",
    "case.centre_knows", "case.family_knows",
)  # fmt: skip
DUE_FOR = {
    Step.GOING: "case.go",
    Step.SEEN: "case.see",
    Step.CALLED_119: "case.call_119",
    Step.FAMILY_TOLD: "case.family_knows",
    Step.OFFICE_TOLD: "case.office_knows",
    Step.CENTRE_TOLD: "case.centre_knows",
}


def _overtaken(case: Case, done: Container[str]) -> set[Step]:
    """Nobody has to go and look any more for somebody who was found, nor tell a family that has taken over."""
    found: set[Step] = {Step.GOING, Step.ARRIVED} if case.seen_at or case.danger_at else set()
    handed_over: set[Step] = {Step.SEEN} if case.seen_at else set()
    return found | handed_over | ({Step.FAMILY_TOLD} if Step.FAMILY_TOOK_OVER in done else set())


def procedure(case: Case) -> list[ToDo]:
    """The steps in the order of the procedure; after a harmless sighting only those that still make sense."""
    done = {entry.step: entry for entry in case.entries.select_related("by").order_by("-at", "-id")}
    due = {d.kind: d.due_at for d in Duty.objects.filter(about=case.ref, closed_at=None)}
    serious = case.danger_at is not None or case.called_119_at is not None
    overtaken, steps = _overtaken(case, done), []
    for step, form in ORDER:
        if step in ONLY_IN_DANGER and not serious and step not in done and step != Step.CALLED_119:
            continue
        if step in overtaken and step not in done:
            continue
        entry = done.get(step)
        steps.append(
            ToDo(
                step=step,
                label=str(step.label),
                done_at=entry.at if entry else None,
                done_by=str(entry.by or "") if entry else "",
                form=form,
                outside=step in OUTSIDE,
                due_at=due.get(DUE_FOR.get(step, "")),
            )  # fmt: skip
        )
    settled = {Step.DANGER} if case.seen_at else {Step.SEEN} if case.danger_at else set()
    for todo in steps:
        if todo.done_at is None and todo.step not in settled and not case.closed_at:
            todo.next = True
            break
    return steps


def owed(case: Case, now: datetime) -> dict[str, Any]:
    """Who has the case, the one countdown that matters next, and what goes on after it."""
    duties = list(Duty.objects.filter(about=case.ref, closed_at=None).order_by("due_at"))
    alive = Claim.objects.filter(duty__in=duties, ended_at=None, until__gt=now).select_related("by")
    mine, taken, claim = answering(duties, {claim.duty_id: claim for claim in alive})
    first = next((d for d in duties if d.kind in TIMERS), mine[0] if mine else None)
    late = claim.until if claim and first and first is taken and first.kind == "case.answer" else None
    referrals = Referral.objects.filter(case=case).values("ref")
    later = [d for d in duties if d.kind in STAYS]
    later += Duty.objects.filter(about__in=referrals, kind="case.refused", closed_at=None)
    return {
        "answer": taken,
        "claim": claim,
        "next": first,
        "next_at": late or (first.due_at if first else None),
        "next_what": _(first.what) % first.values if first and first.kind != "case.answer" else "",
        "after_lines": [(d, _(d.what) % d.values) for d in later],
    }


def calls(case: Case) -> list[dict[str, str]]:
    """Whom to phone: the person, then the contacts in their order. Dead numbers are left out."""
    card = case.card
    own = [{"who": card.get("name", ""), "relation": _("in person"), "phone": p} for p in card.get("phones", [])]
    alive = [c for c in card.get("contacts", []) if not c.get("dead")]
    return own + [{"who": c["name"], "relation": c["relation"], "phone": c["phone"]} for c in alive]


def to_refer(case: Case, referred: list[Referral]) -> list[dict[str, str]]:
    """Services that have stopped and aren't referred yet."""
    asked = {(r.service, r.agency) for r in referred}
    return [
        s for s in case.card.get("services", []) if s.get("stopped_on") and (s["service"], s["agency"]) not in asked
    ]


def known(case: Case) -> list[tuple[str, str]]:
    """What is known of the person and of how to get in, as it stood when the case was opened."""
    card = case.card
    slow = _("%(n)s minutes") % {"n": card["slow_minutes"]} if card.get("slow_minutes") else ""
    services = [
        f"{s['service']} ({s['agency']})" + (" — " + _("stopped") if s.get("stopped_on") else "")
        for s in card.get("services", [])
    ]
    return [
        (_("Address"), card.get("address", "")),
        (_("Entrance"), " ".join(part for part in (card.get("entrance"), card.get("floor")) if part)),
        (_("Door code"), card.get("door_code", "")),
        (_("Key"), card.get("key_place", "")),
        (_("Slow to the door"), slow),
        (_("Take care"), card.get("hazard", "")),
        (_("Agreed for no answer"), card.get("planned_response", "")),
        (_("Health"), card.get("health", "")),
        (_("Other services"), ", ".join(services)),
    ]


def card_119(case: Case, caller: Person) -> list[tuple[str, str]]:
    """What to read aloud to 119, in the order in which they ask."""
    card = case.card
    last = case.entries.filter(step__in=[Step.DANGER, Step.SEEN]).order_by("-at").first()
    years = _("%(age)s years") % {"age": card["age"]} if card.get("age") else ""
    who = " ".join(part for part in (years, _sex(card)) if part)
    what = (last.note or _seen_as(last)) if last else _("doesn't answer")
    happened = ", ".join(part for part in (who, what) if part)
    when = clock.format_moment(last.at if last else case.opened_at)
    inside = [card.get("entrance"), card.get("floor"), card.get("door_code"), card.get("key_place"), card.get("hazard")]
    ill = [card.get("health"), card.get("medicines"), card.get("allergies"), card.get("hospital")]
    contact = next((c for c in card.get("contacts", []) if not c.get("dead")), None)
    number = _("Don't call: exercise") if case.drill else contact["phone"] if contact else ""
    return [
        (_("Where"), ", ".join(p for p in (case.area.name if case.area else "", card.get("address", "")) if p)),
        (_("What happened"), _("%(what)s, found at %(time)s") % {"what": happened, "time": when}),
        (_("Awake, breathing"), _state(last)),
        (_("Way in"), " · ".join(p for p in inside if p)),
        (_("Illness, medicines"), " · ".join(p for p in ill if p)),
        (_("Family"), f"{contact['name']} ({contact['relation']}) {number}" if contact else ""),
        (_("Registered with 119"), card.get("registered_119", "")),
        (_("Call back"), f"{caller.phone} {caller.name}".strip()),
    ]


def _sex(card: dict[str, Any]) -> str:
    return {"f": _("woman"), "m": _("man")}.get(card.get("sex", ""), "")


def _seen_as(entry: Any) -> str:
    """What to say to 119 when nobody has written down what was seen."""
    return _("in danger") if entry.step == Step.DANGER else str(Step(entry.step).label)


def _state(entry: Any) -> str:
    """Awake and breathing, as the one at the door said; otherwise what to look at."""
    if entry is None:
        return _("not known yet")
    parts = [
        {True: _("awake"), False: _("not awake")}.get(entry.values.get("conscious"), ""),
        {True: _("breathing"), False: _("not breathing")}.get(entry.values.get("breathing"), ""),
    ]
    return ", ".join(p for p in parts if p) or _("not known yet")
