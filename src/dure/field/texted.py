"""Urgent reports that came as a text message: the same report as the phone's own, counted once, whichever comes first.

What can't be made out isn't thrown away: when the phone is known, somebody is asked to call its owner; when it isn't,
everybody who looks after the installation sees the number and the words.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure import clock
from dure.care.phone import fill_in, meant
from dure.care.workers.reports import reported
from dure.duty.actions import close
from dure.duty.models import Duty, Outcome, Report
from dure.duty.reports import Envelope, Instead, Take, hand_in, one_at_a_time
from dure.errors import Refused
from dure.field import apart, phones
from dure.field.shortcode import (
    LENGTH,
    WHAT,
    Torn,
    find,
    is_about,
    is_from,
    key_of,
    made_at,
    phone_of,
    shown,
    torn,
    what_of,
)
from dure.health.actions import fault
from dure.offices.acting import acting
from dure.outbox.receipts import NOBODYS
from dure.people.actions import standing
from dure.people.models import Device
from dure.postgres.texts import storable

OLDEST = timedelta(days=3)
VERSION, UNREAD = 2, "field.text"  # no programme takes that kind, so that a person looks at it
TEXT = "text "  # begins the key of the fault that somebody unknown has written
STRANGE = gettext_noop(
    "A text message that looks like an urgent report came from %(number)s, from no known phone. Call back."
)


def hear(number: str, text: str, takers: Mapping[str, Take], *, now: datetime) -> bool:
    """Whether a text message that came in is a report, or looks like one; then it is dealt with."""
    codes, looks = find(text), torn(text)
    for code in codes:
        if not _report(code, _phones(code), takers, now):
            _to_be_called(number, text, code, now)
    if looks:
        _to_be_called(number, text, looks.first, now)
    return bool(codes or looks)


def typed(text: str, office: int, takers: Mapping[str, Take], *, now: datetime) -> Report:
    """The desk types in what it received on its own phone. What doesn't fit is said, as it has the words before it;
    what stands beside it and fits is taken all the same.
    """
    codes = find(text)
    if not codes:
        raise Refused(_not_a_code(torn(text)))
    mine = [[device for device in _phones(code) if device["office_id"] == office] for code in codes]
    reports = [_report(code, known, takers, now) for code, known in zip(codes, mine, strict=True)]
    taken = [report for report in reports if report]
    if len(taken) < len(reports):
        raise Refused(
            _("This code is of no phone that is known here, or too old. Call the worker and ask what was seen.")
        )
    if rest := torn(text):
        raise Refused(_not_a_code(rest))
    return taken[-1]


def _not_a_code(looks: Torn | None) -> str:
    if looks is None or len(looks.wrong) > 2:
        return _("There is no code in this. It has four groups of six letters and digits.")
    wrong = ", ".join(str(number + 1) for number in looks.wrong)
    return _("Group %(groups)s isn't right. Compare it with the text message and type it again.") % {"groups": wrong}


def _phones(code: str) -> list[dict[str, Any]]:
    """Phones that may have written a code, or its first group."""
    with acting(None, key=f"phone:{phone_of(code)}"):
        known = Device.objects.order_by("pk").values("pk", "office_id", "person_id", "key_sha256")
        return [dict(each) for each in known]


def _report(code: str, known: list[dict[str, Any]], takers: Mapping[str, Take], now: datetime) -> Report | None:
    """The report that the code is. None: no known phone has written it, or it may say nothing any more."""
    found = next((device for device in known if is_from(code, device["key_sha256"])), None)
    if found is None:
        return None
    key = key_of(code, found["key_sha256"])
    with acting(found["office_id"], found["person_id"]):
        device = Device.objects.select_related("person__office", "phone").get(pk=found["pk"])
        clock.use_zone(device.person.office.zone)
        before = Report.objects.filter(key=key, office=device.office_id, understood_at__isnull=False).first()
        if before and code_of(before) == code:
            return before
        ended = phones.ended_at(device, standing(device.person, clock.today()))
        made = made_at(code, now)
        if now - made > OLDEST or not phones.may_hand_in(ended, now):
            return None
        takers = apart.takers(takers) if phones.is_apart(device, ended) else takers
        envelope = _envelope(code, key, device, made, now)
        report = hand_in(envelope, takers, by=device.person, device=device, now=now, instead=instead(takers))
        if not ended:
            reported(report, now=now)
        return report


def _envelope(code: str, key: UUID, device: Device, made: datetime, now: datetime) -> Envelope:
    number = what_of(code)
    what = WHAT[number] if number < len(WHAT) else None
    days = {clock.local(made).date(), clock.local(now).date()}
    return Envelope(
        key=key, kind=what.kind if what else UNREAD, version=VERSION, gravity=what.gravity if what else "danger",
        body=json.dumps({**(what.body if what else {}), "sms": shown(code)}),
        about=None if is_about(code, None) else meant(device.person, days, lambda ref: is_about(code, ref)),
        seen_at=min(made, now),
    )  # fmt: skip


def _to_be_called(number: str, text: str, code: str, now: datetime) -> None:
    """Somebody calls whose phone it seems to be; nobody knows whose: the number is shown, to every office alike."""
    known = _phones(code) if code else []
    if len(known) != 1:
        key = sha256(f"{number} {text}".encode(errors="replace")).hexdigest()[:16]
        with acting(NOBODYS):
            fault(f"{TEXT}{key}", STRANGE, {"number": storable(number)[:40]}, now=now, outside=len(code) == LENGTH)
        return
    office, person = known[0]["office_id"], known[0]["person_id"]
    with acting(office, person):
        device = Device.objects.select_related("person").get(pk=known[0]["pk"])
        kept = Envelope(
            key=uuid5(NAMESPACE_OID, f"{device.ref} {text}".encode(errors="replace").decode()),
            kind=UNREAD, version=VERSION, gravity="danger", body=storable(text)[:2000],
        )  # fmt: skip
        hand_in(kept, {}, by=device.person, device=device, now=now)


def code_of(report: Report) -> str:
    """The code as which a report came; nothing when it came whole."""
    if '"sms"' not in report.body:
        return ""
    return next(iter(find(str(_body(report).get("sms") or ""))), "")


def _body(report: Report) -> dict[str, Any]:
    try:
        body = json.loads(report.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _says_the_same(code: str, whole: Report) -> bool:
    """Whether a whole report says what the code said."""
    number, body = what_of(code), _body(whole)
    what = WHAT[number] if number < len(WHAT) else None
    if what is None or whole.kind != what.kind or not is_about(code, whole.about):
        return False
    return all(body.get(name) == value for name, value in what.body.items()) and (
        bool(body.get("danger")) == bool(what.body.get("danger"))
    )


def instead(takers: Mapping[str, Take]) -> Instead:
    """How a report is taken that comes in both forms: what the other form said counts, what this one adds is added."""

    def how(report: Report) -> Take | None:
        code = code_of(report)
        if not report.beside and not code:
            return None
        one_at_a_time(report.key)
        others = list(Report.objects.filter(office=report.office_id, key=report.key).exclude(pk=report.pk))
        if code:
            return _nothing if any(_says_the_same(code, other) for other in others) else None
        short = [other for other in others if code_of(other)]
        if not short or len(short) < len(others) or not _says_the_same(code_of(short[0]), report):
            return None
        return _added_to(short[0]) if short[0].understood_at else _understood_now(takers[report.kind])

    return how


def _nothing(report: Report, now: datetime) -> None:
    """It has been said already."""


def _added_to(first: Report) -> Take:
    return lambda report, now: fill_in(first, report, now)


def _understood_now(take: Take) -> Callable[[Report, datetime], None]:
    """The code came first and couldn't be made out: nobody needs to ask any more."""

    def taken(report: Report, now: datetime) -> None:
        take(report, now)
        asked = Duty.objects.filter(office=report.office_id, kind="field.unread", about=report.key, closed_at=None)
        close(list(asked), by=report.by, outcome=Outcome.KEPT, now=now)

    return taken
