"""The permission matrix's ground, of care's nouns: something of each, by the parameter in the address."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4

from dure import clock
from dure.care.calls.models import Call, Try, WeatherWarning
from dure.care.calls.opening import owed as owed_call
from dure.care.certificates import actions as certificates
from dure.care.certificates.actions import New
from dure.care.certificates.models import Kind, Renewal
from dure.care.certificates.standard import begin
from dure.care.changes.models import Certificate, Change
from dure.care.complaints import actions as complaints
from dure.care.complaints.models import Complaint
from dure.care.consents import actions as consents
from dure.care.consents.models import Consent
from dure.care.emergencies import actions as emergencies
from dure.care.emergencies.actions import Particulars, Why
from dure.care.emergencies.models import EmergencyLook
from dure.care.models import Recipient, Scheme, Visit
from dure.care.money import actions as money
from dure.care.money.models import Settlement, Terms
from dure.care.packs.actions import make as put_on_paper
from dure.care.packs.models import Pack
from dure.care.photos.models import Photo
from dure.care.processors.models import Processor
from dure.care.requests import actions as requests
from dure.care.requests.models import Request
from dure.care.support import plans, referrals
from dure.care.support.models import Lead, Plan, Referral, Search, Waiting
from dure.care.support.searches import quarter_of
from dure.care.workers.actions import ask_for_help
from dure.duty.models import Duty
from dure.duty.opening import open_duties
from dure.files.actions import keep
from dure.gatherings import actions as gatherings
from dure.gatherings.models import Gathering
from dure.offices.acting import acting
from dure.offices.models import Office
from dure.people.models import Organisation, Person
from dure.retention import actions as retention
from dure.retention.letting_go import begin as begin_run
from dure.retention.models import Hold, Run
from tests import make


@dataclass(frozen=True)
class Whose:
    """One provider with its dong, a recipient, a worker and who is at the desk."""

    office: Office
    provider: Organisation
    centre: Organisation
    recipient: Recipient
    worker: Person
    desk: Person
    now: datetime


def things(of: Whose) -> dict[str, Any]:
    """Something of each noun."""
    return {
        "packs/ref": _papers(of.provider, of.now).ref,
        **_called(of.office, of.recipient, of.desk, of.now),
        **_settled(of.office, of.provider, of.desk, of.now),
        **_supported(of.recipient, of.centre, of.desk, of.now),
        **_certified(of.office, of.provider, of.worker, of.desk, of.now),
        "complaints/ref": _complained(of).ref,
        "changes/ref": _ended(of).ref,
        "ready/ref": of.provider.ref,
        "runs/ref": _night(of.office).ref,
        "holds/ref": _held(of).ref,
        "requests/ref": _asked(of).ref,
        "emergencies/ref": _looked(of).ref,
        "consents/ref": _agreed(of).ref,
        "processors/ref": _entrusted(of).ref,
        "workers/ref": of.worker.ref,
        "findings/ref": _helped(of).ref,
        "photos/ref": _photographed(of).ref,
    }


def _photographed(of: Whose) -> Photo:
    """A worker has photographed a sign at a recipient's door."""
    with acting(of.office.pk, of.worker.pk):
        visit = Visit.objects.filter(recipient=of.recipient).earliest("pk")
        content = keep(of.office.pk, f"{visit.ref}".encode())
        return Photo.objects.create(
            office=of.office, key=uuid4(), visit=visit, report=uuid4(), at=of.now, received_at=of.now, by=of.worker,
            content=content,
        )  # fmt: skip


def _night(office: Office) -> Run:
    """What a night has found."""
    make.role("engine")
    try:
        with acting(office.pk):
            return begin_run(office.pk)
    finally:
        make.role("app")


def _held(of: Whose) -> Hold:
    """A recipient whose data stay."""
    until = clock.today() + timedelta(days=9)
    return retention.hold("recipient", of.recipient.ref, "x", until, by=of.desk, now=of.now)


def _asked(of: Whose) -> Request:
    """A recipient wants to see what is held of them."""
    with acting(of.office.pk, of.desk.pk):
        said = Request(
            recipient=of.recipient, kind="see", by="self", checked="x", received_on=clock.today() - timedelta(days=1)
        )
        return requests.receive(said, by=of.desk, now=of.now)


def _looked(of: Whose) -> EmergencyLook:
    """Somebody at the desk looked at a recipient in an emergency."""
    said = Particulars(of.recipient.name, area=of.centre.area)
    with acting(of.office.pk, of.desk.pk):
        return emergencies.look_for(said, Why("other", "x"), by=of.desk, now=of.now)  # type: ignore[return-value]


def _agreed(of: Whose) -> Consent:
    """A recipient agreed on paper."""
    text = consents.publish(of.office.pk, "meals", "x", clock.today(), by=of.desk, now=of.now)
    said = Consent(recipient=of.recipient, purpose="meals", said="given", text=text, on=clock.today(), how="paper")
    return consents.say(said, by=of.desk, now=of.now, file=("x.pdf", b"x"))


def _entrusted(of: Whose) -> Processor:
    """Somebody who sends the messages."""
    return Processor.objects.create(
        office=of.office, name="x", task="messages", items="x", since=clock.today(), changed_at=of.now,
        changed_by=of.desk,
    )  # fmt: skip


def _helped(of: Whose) -> Duty:
    """A worker asks for help."""
    with acting(of.office.pk, of.worker.pk):
        ask_for_help(of.worker, at=of.now, now=of.now)
        return Duty.objects.get(kind="care.help", about=of.worker.ref)


def _complained(of: Whose) -> Complaint:
    """A complaint about a recipient's meals, about which the provider is asked."""
    said = Complaint(
        kind="grievance", way="phone", received_on=clock.today(), title="x", text="x", recipient=of.recipient,
        desk=make.house(of.office),
    )  # fmt: skip
    made = complaints.receive(said, by=of.desk, now=of.now)
    complaints.ask(made, of.provider, made.answer_by, by=of.desk, now=of.now)
    return made


def _ended(of: Whose) -> Change:
    """A plan by which nobody goes yet, with a certificate already."""
    change = Change.objects.create(
        office=of.office, provider=of.provider, day=clock.today() + timedelta(days=9), ends=False, why="x",
        made_at=of.now, made_by=of.desk,
    )  # fmt: skip
    Certificate.objects.create(
        office=of.office, change=change, signed_by="x", day=clock.today(), data="x", how="x", name="x",
        content=keep(of.office.pk, b"x"), entered_at=of.now, entered_by=of.desk,
    )  # fmt: skip
    return change


def _called(office: Office, recipient: Recipient, desk: Person, now: datetime) -> dict[str, Any]:
    """A welfare call with a try, and a heat warning (of the office: of two kinds, so that two sides have one each)."""
    call = Call(office=office, recipient=recipient, day=clock.today(), since_at=now, due_at=now + timedelta(hours=1))
    call.duty = open_duties(office.pk, [owed_call(call)], by=None, now=now)[0]
    call.save()
    Try.objects.create(office=office, call=call, key=uuid4(), result="no_answer", at=now, by=desk)
    kind = "cold" if WeatherWarning.objects.filter(office=office).exists() else "heat"
    warning = WeatherWarning.objects.create(
        office=office, kind=kind, since_at=now, first_day=clock.today(), until=clock.today(), homebound=True,
        unknown=False, by_time=time(12),
    )  # fmt: skip
    return {"calls/ref": call.ref, "home/ref": recipient.ref, "warnings/ref": warning.ref}


def _settled(office: Office, provider: Organisation, desk: Person, now: datetime) -> dict[str, Any]:
    """A provider's month with an objection, and a scheme with a price."""
    today = clock.today()
    month = Settlement.objects.create(office=office, provider=provider, month=today.replace(day=1))
    scheme = Scheme.objects.create(office=office, name=f"x {provider.pk}", year=today.year)
    first = Terms(scheme=scheme, since=today.replace(month=1, day=1), unit_price=9000, own_share=0)
    money.say_terms(first, by=desk, now=now)
    terms = Terms(scheme=scheme, since=today, unit_price=9500, own_share=0)
    return {
        "money/ref": month.ref,
        "objections/ref": money.object_to(month, "x", by=desk, now=now).ref,
        "schemes/number": scheme.pk,
        "prices/number": money.say_terms(terms, by=desk, now=now).pk,
    }


def _papers(provider: Organisation, now: datetime) -> Pack:
    """The papers of a provider's day."""
    make.role("engine")
    pack = put_on_paper(provider, clock.today(), now=now)
    make.role("app")
    assert pack
    return pack


def _supported(recipient: Recipient, centre: Organisation, desk: Person, now: datetime) -> dict[str, Any]:
    """A plan that was decided, somebody who waits because an agency has asked, and a search list with them on it."""
    today, office, area = clock.today(), recipient.office, centre.area
    plan = Plan(
        office=office, recipient=recipient, provider=recipient.provider, what="x", meals_a_week=5, how="x", when="x",
        begins_on=today, ends_on=today + timedelta(days=90), decided_on=today, next_check_on=today + timedelta(days=60),
    )  # fmt: skip
    about = Waiting(office=office, name="x", phone="1", area=area, organisation=recipient.provider)
    asked = Referral(office=office, agency="x", what="x", asked_on=today, answer_by=today)
    search = Search(office=office, area=area, quarter=quarter_of(today), made_at=now)
    search.duty = make.duty(desk, area=area.pk)
    search.save()
    lead = Lead.objects.create(office=office, search=search, area=area, name="x", why="listed", entered_at=now)
    return {
        "plans/ref": plans.decide(plan, by=desk, now=now).ref, "searches/ref": search.ref, "leads/ref": lead.ref,
        "asked/ref": referrals.receive(asked, about, by=desk, now=now).ref, "waiting/ref": about.ref,
    }  # fmt: skip


def _certified(office: Office, provider: Organisation, worker: Person, desk: Person, now: datetime) -> dict[str, Any]:
    """A health certificate with its photo, long lapsed and to be renewed, and a training that may count."""
    begin(office.pk, now=now)
    health = Kind.objects.get(office=office, code=Kind.HEALTH)
    new = New(worker, health, clock.today() - timedelta(days=500), file=("x.jpg", b"x"))
    training = Gathering(programme="care", kind="training", title="x", begins_at=now, ends_at=now + timedelta(hours=1))
    own = Kind.objects.create(office=office, name=f"응급처치 {provider.pk}")
    return {
        "certificates/ref": certificates.enter(new, by=desk, now=now).ref,
        "renewals/ref": Renewal.objects.get(person=worker).ref,
        "providers/ref": provider.ref,
        "kinds/ref": own.ref,
        "trainings/ref": gatherings.arrange(training, [provider], by=desk, now=now).ref,
    }
