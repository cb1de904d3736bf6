"""What was passed on to others in some days, from the rows that say so already: emergencies, referrals, moves."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure.care.consents.models import Consent, Purpose, Said
from dure.care.models import PROGRAMME, Move, Recipient
from dure.care.opening import at as at_time
from dure.care.support.models import Referral as AskedElsewhere
from dure.cases.models import Case, Entry, Referral, Step, Transfer
from dure.people.actions import Standing

IN_DANGER = "개인정보 보호법 제17조제1항제2호(제15조제1항제5호: 급박한 생명·신체) (확인 필요)"
BY_CARE_LAW = "돌봄통합지원법 제23조제3항"
ENTRUSTED = "개인정보 보호법 제26조(업무위탁)"
A_DAY = timedelta(days=1)


class Kind(TextChoices):
    """To whom."""

    AMBULANCE = "ambulance", L("119")
    HOSPITAL = "hospital", L("Hospital")
    FAMILY = "family", L("Family")
    AGENCY = "agency", L("Agency")
    PROVIDER = "provider", L("Provider")


ASKED = {Kind.AMBULANCE: Purpose.EMERGENCY, Kind.HOSPITAL: Purpose.EMERGENCY, Kind.FAMILY: Purpose.FAMILY}
ITEMS = {
    Kind.AMBULANCE: L("Name, age, address and way in, illnesses, medicines, contact"),
    Kind.HOSPITAL: L("Name, age, illnesses, medicines, contact"),
    Kind.FAMILY: L("State and whereabouts"),
    Kind.AGENCY: L("Name, address, phone, which service"),
    Kind.PROVIDER: L("Name, address and way in, phone, health, diet, contacts, meals"),
}
OF_STEP = {Step.CALLED_119: Kind.AMBULANCE, Step.FAMILY_TOLD: Kind.FAMILY, Step.SERVICES_TOLD: Kind.AGENCY}


@dataclass(frozen=True)
class Passed:
    """One thing that was passed on."""

    at: datetime
    subject: UUID
    name: str
    kind: Kind
    to: str
    by: str
    page: str
    basis: str = ""

    @property
    def items(self) -> Any:
        """What was passed on."""
        return ITEMS[self.kind]


def passed_on(standing: Standing, first: date, last: date) -> list[Passed]:
    """All of these days, the newest first. A fixed number of queries."""
    span = (at_time(first, time()), at_time(last + A_DAY, time()))
    found = [*_in_cases(standing, span), *_referred(standing, span), *_moved(standing, span)]
    said = _consents({each.subject for each in found})
    made = [Passed(**{**vars(each), "basis": _basis(each, said)}) for each in found]
    return sorted(made, key=lambda each: each.at, reverse=True)


def _in_cases(standing: Standing, span: tuple[datetime, datetime]) -> Iterator[Passed]:
    """Handed over, told or read aloud in an emergency; exercises aside."""
    cases = Case.objects.seen_by(standing).filter(programme=PROGRAMME, drill=False)
    over = Transfer.objects.filter(case__in=cases, at__gte=span[0], at__lt=span[1]).select_related("case", "by")
    for each in over:
        yield _of(each.case, each.at, Kind(each.to), each.name, each.by)
    said = Entry.objects.filter(case__in=cases, step__in=OF_STEP, at__gte=span[0], at__lt=span[1])
    for line in said.select_related("case", "by"):
        yield _of(line.case, line.at, OF_STEP[Step(line.step)], line.who, line.by)
    asked = Referral.objects.filter(case__in=cases, asked_at__gte=span[0], asked_at__lt=span[1])
    for referral in asked.select_related("case", "asked_by"):
        to = f"{referral.agency} ({referral.service})"
        yield _of(referral.case, referral.asked_at, Kind.AGENCY, to, referral.asked_by)


def _of(case: Case | None, at: datetime, kind: Kind, to: str, by: object) -> Passed:
    assert case
    return Passed(at, case.subject, case.card.get("name", ""), kind, to or str(kind.label), str(by or "—"), case.page)


def _referred(standing: Standing, span: tuple[datetime, datetime]) -> Iterator[Passed]:
    """Another agency was asked to look after somebody."""
    mine = AskedElsewhere.objects.seen_by(standing).filter(way="out", entered_at__gte=span[0], entered_at__lt=span[1])
    for each in mine.select_related("recipient", "entered_by"):
        if each.recipient:
            yield _about(each.recipient, each.entered_at, Kind.AGENCY, each.agency, each.entered_by)


def _moved(standing: Standing, span: tuple[datetime, datetime]) -> Iterator[Passed]:
    """Another provider serves somebody as of a day."""
    mine = Move.objects.filter(recipient__in=Recipient.objects.seen_by(standing), done_at__gte=span[0])
    for each in mine.filter(done_at__lt=span[1], provider__isnull=False).select_related(
        "recipient", "provider", "made_by"
    ):
        assert each.done_at
        yield _about(each.recipient, each.done_at, Kind.PROVIDER, str(each.provider), each.made_by)


def _about(recipient: Recipient, at: datetime, kind: Kind, to: str, by: object) -> Passed:
    return Passed(at, recipient.ref, recipient.name, kind, to, str(by), f"/care/recipients/{recipient.ref}/")


def _consents(subjects: Collection[UUID]) -> dict[tuple[UUID, str], list[Consent]]:
    """What these said, purpose by purpose, in the order of the days."""
    said: dict[tuple[UUID, str], list[Consent]] = {}
    mine = Consent.objects.filter(recipient__ref__in=subjects).select_related("text", "recipient")
    for each in mine.order_by("on", "entered_at", "id"):
        said.setdefault((each.recipient.ref, each.purpose), []).append(each)
    return said


def _basis(passed: Passed, said: dict[tuple[UUID, str], list[Consent]]) -> str:
    """The consent that held on that day, by its version; else the article of the law."""
    if passed.kind == Kind.PROVIDER:
        return ENTRUSTED
    if passed.kind == Kind.AGENCY:
        return BY_CARE_LAW
    held = _held(said.get((passed.subject, ASKED[passed.kind]), []), passed.at)
    if held and held.said == Said.GIVEN:
        return _("Consent of %(day)s, version %(n)s") % {"day": held.on, "n": held.text}
    return IN_DANGER


def _held(said: Iterable[Consent], at: datetime) -> Consent | None:
    """The last that was said by then."""
    return next((each for each in reversed(list(said)) if at_time(each.on, time()) <= at), None)
