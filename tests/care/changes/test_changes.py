"""A provider ends, with visits, an open case, somebody away and something that waits: nobody is forgotten."""

import hashlib
import json
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dure.care import alarms, phone
from dure.care.changes import actions, leaving, ready, returning
from dure.care.changes.models import Certificate, Change, Destination, HandedBack
from dure.care.models import Absence, Move, Recipient, Route, Visit
from dure.care.opening import open_day
from dure.care.rosters import write
from dure.duty.actions import claim
from dure.duty.models import Claim, Duty
from dure.duty.opening import Owed, open_duties, publish_ladder
from dure.duty.reports import Envelope, hand_in
from dure.errors import Refused
from dure.health.models import Fault
from dure.outbox.models import Message
from dure.people.actions import standing
from dure.people.models import Device, Membership, Person, Role, Shift
from tests import make
from tests.care import world as w
from tests.care.pages import signed_in
from tests.care.world import DAY, DUE, MORNING, acting
from tests.make import MINUTE

pytestmark = pytest.mark.django_db
THEN = DAY + timedelta(days=1)
MIDNIGHT = MORNING + timedelta(hours=17)  # Tuesday, 00:00
AFTER = MIDNIGHT + 5 * MINUTE


@pytest.fixture
def world():
    made = w.build()
    publish_ladder(made.office.pk, "paper", w.rungs(("officer", "office"), wait=86400), by=None, now=MORNING)
    made.next = make.organisation(made.office, "provider", "새 기관")
    made.next_desk = make.person(made.office, "새소장", as_="provider", at=made.next)
    make.roster(made.office, made.next_desk, answers_for="desk", at=made.next)
    made.next_worker = make.person(made.office, as_="worker", at=made.next)
    made.next_route = Route.objects.create(
        office=made.office, provider=made.next, name="2코스", worker=made.next_worker
    )
    made.people = [w.recipient(made, f"가상{n}", route_order=n) for n in range(1, 4)]
    for day in (DAY, THEN):
        open_day(made.office.pk, day, now=MORNING)
    return made


def planned(world, **values) -> Change:
    said = {"provider": world.provider, "day": THEN, "ends": True, "why": "계약 종료"} | values
    extra = {name: said.pop(name) for name in ("area", "recipient") if name in said}
    return actions.plan(Change(**said), by=world.officer, now=MORNING, **extra)


def sent(world, change, to=True, **values) -> int:
    where = {"to": world.next, "route": world.next_route} if to else {"why": "타 지역 전출"}
    return actions.send(change, list(actions.undecided(change)), **(where | values), by=world.officer, now=MORNING)


def confirmed(world) -> Change:
    change = planned(world)
    sent(world, change)
    actions.confirm(change, by=world.officer, now=MORNING)
    return fresh(change)


def fresh(change) -> Change:
    return Change.objects.select_related("provider", "owed", "confirmed_by").get(pk=change.pk)


def test_it_cant_be_confirmed_while_one_goes_nowhere_and_everybody_is_in_the_list(world):
    change = planned(world)
    assert set(change.destinations.values_list("recipient__name", flat=True)) == {"가상1", "가상2", "가상3"}
    first = change.destinations.order_by("pk")[:2]
    actions.send(change, list(first), to=world.next, by=world.officer, now=MORNING)
    with pytest.raises(Refused, match="1"):
        actions.confirm(change, by=world.officer, now=MORNING)
    assert sent(world, change, to=False) == 1
    late = w.recipient(world, "늦은 대상")  # taken in while the plan was made
    with pytest.raises(Refused):
        actions.confirm(change, by=world.officer, now=MORNING)
    actions.look_again(change)  # as its page does
    assert Destination.objects.filter(change=change, recipient=late).exists()
    sent(world, change)
    actions.confirm(change, by=world.officer, now=MORNING)
    assert Move.objects.count() == 4
    [told] = Message.objects.filter(template=actions.COMING)
    assert (told.person, told.values["n"]) == (world.next_desk, "3")


def test_the_order_on_the_new_course_is_the_one_of_the_old(world):
    w.recipient(world, provider=world.next, route=world.next_route, route_order=7)
    change = planned(world)
    sent(world, change)
    actions.confirm(change, by=world.officer, now=MORNING)
    orders = Move.objects.order_by("recipient__route_order").values_list("order", flat=True)
    assert list(orders) == [8, 9, 10]


def test_a_provider_ends_and_nobody_is_forgotten(world):
    """The whole story: Monday with a silent visit, a case, an absence, a matter that waits; then Tuesday."""
    silent, lost, away = world.people
    change = confirmed(world)
    case = alarms.cannot_reach(lost, w.Source.DESK, by=world.desk, now=DUE)
    gone = Absence(office=world.office, recipient=away, why="away", since=DAY, told_by="딸", entered_by=world.desk)
    alarms.absent(gone, now=MORNING)
    waits = Owed(kind="care.concern", what="x", due_at=MIDNIGHT + timedelta(hours=9), ladder="visit",
                 organisation=world.provider.pk, area=world.dong.pk,
                 about=Visit.objects.get(recipient=silent, day=DAY).ref)  # fmt: skip
    [waiting] = open_duties(world.office.pk, [waits], by=None, now=DUE)
    evening = MIDNIGHT - 4 * MINUTE
    last = Owed(kind="care.concern", what="y", due_at=evening, ladder="visit", organisation=world.provider.pk,
                area=world.dong.pk, about=Visit.objects.get(recipient=silent, day=DAY).ref, urgent=True)  # fmt: skip
    [raised] = open_duties(world.office.pk, [last], by=None, now=evening)
    w.watch(evening)
    assert raised.tellings.get(step=0).person == world.desk
    claim(raised, by=world.desk, next_step="전화", until=MIDNIGHT + 9 * MINUTE, now=evening)

    actions.carry_out(world.office.pk, AFTER)
    w.watch(AFTER)
    assert Claim.objects.get(duty=raised).ended == "handed_back"
    assert raised.tellings.latest("pk").person == world.centre  # at once, not when the promise would have lapsed
    assert Duty.objects.get(pk=raised.pk).is_open
    after = Duty.objects.get(pk=waiting.pk)
    assert (after.organisation, after.rungs[0]["roster"]) == (world.next, world.next.rosters.get().pk)
    assert set(Recipient.objects.values_list("provider", flat=True)) == {world.next.pk}
    tomorrow = Visit.objects.filter(day=THEN, duty__closed_at=None).values_list("recipient", "provider", "worker")
    assert sorted(tomorrow) == [(p.pk, world.next.pk, world.next_worker.pk) for p in (silent, lost)]
    assert Duty.objects.get(about=gone.ref, closed_at=None).organisation == world.next
    assert Duty.objects.filter(about=case.ref, closed_at=None).exclude(organisation=world.next).count() == 0
    assert fresh(change).done_at

    before = list(Recipient.objects.order_by("pk").values()), list(Duty.objects.order_by("pk").values())
    assert actions.carry_out(world.office.pk, AFTER + 5 * MINUTE) == 0
    assert before == (list(Recipient.objects.order_by("pk").values()), list(Duty.objects.order_by("pk").values()))


def test_people_of_the_provider_see_nothing_from_midnight_on_even_if_no_machine_runs(world):
    confirmed(world)
    for person in (world.desk, world.worker):
        stands = standing(person, THEN)
        assert stands.roles == frozenset()
        with acting(world.office.pk, person.pk, stands.organisations):
            assert not Recipient.objects.exists() and not Visit.objects.exists()
    assert standing(world.desk, DAY).roles == {"provider"}


def test_accounts_phones_and_rosters_end_and_who_works_elsewhere_too_stays(world):
    phone_of = Device.objects.create(office=world.office, person=world.worker, key_sha256="1" * 64, enrolled_at=MORNING)
    both = make.person(world.office, "겸직", as_="worker", at=world.provider)
    Membership.objects.create(office=world.office, person=both, organisation=world.next, role=Role.WORKER, since=DAY)
    rota = make.rota(world.provider.rosters.get(), [world.desk])
    write(world.provider.rosters.get(), MORNING)
    confirmed(world)
    newcomer = make.person(world.office, as_="worker", at=world.provider)  # hired after it was confirmed
    actions.carry_out(world.office.pk, AFTER)
    left = set(Person.objects.filter(left_at__isnull=False))
    assert left == {world.desk, world.worker, world.other, newcomer}
    phone_of.refresh_from_db(), rota.refresh_from_db()
    assert phone_of.revoked_at and rota.until == THEN
    assert standing(both, THEN).organisations == {world.next.pk}
    assert not Shift.objects.filter(roster__organisation=world.provider, ends_at__gt=AFTER).exists()
    assert not Fault.objects.filter(mended_at=None).exists()


def test_what_a_phone_of_theirs_hands_in_late_is_taken_and_counts_for_their_visit(world):
    device = Device.objects.create(
        office=world.office, person=world.worker, key_sha256=hashlib.sha256(b"k").hexdigest(), enrolled_at=MORNING
    )
    confirmed(world)
    actions.carry_out(world.office.pk, AFTER)
    visit = Visit.objects.get(recipient=world.people[0], day=DAY)
    body = json.dumps({"outcome": "seen_well", "handed": "in_person"})
    envelope = Envelope(key=uuid.uuid4(), kind="care.visit", version=1, body=body, about=visit.ref,
                        gravity="seen_well", seen_at=DUE)  # fmt: skip
    with acting(world.office.pk, world.worker.pk, []):
        hand_in(envelope, phone.TAKERS, by=world.worker, device=device, now=AFTER + timedelta(days=1))
    visit.refresh_from_db()
    assert (visit.outcome, visit.provider, visit.duty.is_open) == ("seen_well", world.provider, False)


def test_a_crash_in_the_middle_and_another_run_end_the_same(world):
    confirmed(world)
    for broken in (True, False):
        try:
            with transaction.atomic():
                actions.carry_out(world.office.pk, AFTER)
                if broken:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            assert not Person.objects.exclude(left_at=None).exists()
            assert set(Recipient.objects.values_list("provider", flat=True)) == {world.provider.pk}
    assert set(Recipient.objects.values_list("provider", flat=True)) == {world.next.pk}
    assert Change.objects.get().done_at == AFTER


def test_who_was_taken_in_after_the_confirmation_is_named_until_somebody_says_where(world):
    change = confirmed(world)
    late = w.recipient(world, "늦은 대상")
    actions.carry_out(world.office.pk, MORNING)
    fault = Fault.objects.get(key=f"change {change.ref}")
    assert (fault.values["n"], fault.mended_at) == (1, None)
    actions.carry_out(world.office.pk, AFTER)
    assert fresh(change).done_at is None and fresh(change).left_at
    sent(world, change)
    actions.carry_out(world.office.pk, AFTER + 5 * MINUTE)
    fault.refresh_from_db()
    assert (Recipient.objects.get(pk=late.pk).provider, bool(fault.mended_at)) == (world.next, True)
    assert fresh(change).done_at


def test_taken_back_before_the_day_everything_is_as_it_was(world):
    before = list(Membership.objects.order_by("pk").values()), list(Recipient.objects.order_by("pk").values())
    change = confirmed(world)
    owed = change.owed
    assert (owed.kind, owed.due_at.date()) == ("care.hand_back", THEN + timedelta(days=30))
    actions.reopen(change, by=world.officer, now=MORNING)
    assert before == (list(Membership.objects.order_by("pk").values()), list(Recipient.objects.order_by("pk").values()))
    assert set(Visit.objects.values_list("provider", flat=True)) == {world.provider.pk}
    assert Duty.objects.get(pk=owed.pk).outcome == "void"
    actions.another_day(change, THEN + timedelta(days=7), by=world.officer, now=MORNING)
    actions.confirm(change, by=world.officer, now=MORNING)
    with pytest.raises(Refused):
        actions.drop(change, by=world.officer, now=MORNING)
    with pytest.raises(Refused):
        actions.reopen(change, by=world.officer, now=MIDNIGHT + timedelta(days=7))


def test_a_dong_or_one_person_changes_and_the_provider_goes_on(world):
    elsewhere = make.area(world.office, "수완동")
    change = planned(world, ends=False, area=world.dong)
    assert change.destinations.count() == 3
    with pytest.raises(Refused):
        planned(world, ends=False, area=elsewhere)
    actions.drop(change, by=world.officer, now=MORNING)
    one = planned(world, ends=False, recipient=world.people[1])
    sent(world, one)
    actions.confirm(one, by=world.officer, now=MORNING)
    actions.carry_out(world.office.pk, AFTER)
    with_whom = dict(Recipient.objects.values_list("name", "provider"))
    assert with_whom == {"가상1": world.provider.pk, "가상2": world.next.pk, "가상3": world.provider.pk}
    assert (fresh(one).owed, standing(world.desk, THEN).roles) == (None, {"provider"})


def test_what_is_asked_wrongly_is_refused_in_a_sentence(world):
    change = planned(world)
    third = make.organisation(world.office, "provider")
    for wrong in (
        lambda: planned(world),
        lambda: planned(world, ends=False, area=world.dong, day=DAY),
        lambda: sent(world, change, to=True, route=None) and actions.send(
            change, [], to=world.provider, by=world.officer, now=MORNING),
        lambda: sent(world, change, to=True, why="x"),
        lambda: actions.send(change, [], to=third, route=world.next_route, by=world.officer, now=MORNING),
        lambda: actions.send(change, [], by=world.officer, now=MORNING),
        lambda: actions.reopen(change, by=world.officer, now=MORNING),
    ):  # fmt: skip
        with pytest.raises(Refused):
            wrong()
    planned(world, provider=third)
    with pytest.raises(Refused):
        actions.send(change, [], to=third, by=world.officer, now=MORNING)


def test_the_end_isnt_over_without_the_certificate(world):
    change = confirmed(world)
    later = AFTER + timedelta(days=2)
    actions.carry_out(world.office.pk, AFTER)
    paper = Certificate(signed_by="박대표", day=THEN, data="대상자 명단 3부", how="파쇄")
    with pytest.raises(Refused):
        returning.certify(paper, fresh(change), b"scan", by=world.officer, now=later)
    for thing, _name, _said in returning.lines(change):
        returning.hand_back(fresh(change), thing, "destroyed", THEN, "", by=world.officer, now=later)
    with pytest.raises(Refused):
        returning.certify(Certificate(signed_by="박대표", day=DAY, data="x", how="x"), fresh(change), b"scan",
                          by=world.officer, now=later)  # fmt: skip
    returning.certify(paper, fresh(change), b"scan", by=world.officer, now=later)
    assert fresh(change).owed.outcome == "kept"
    with pytest.raises(Refused):
        returning.hand_back(fresh(change), "keys", "none", THEN, "", by=world.officer, now=later)


def test_undone_the_office_is_reminded_of_what_is_to_be_handed_back(world):
    change = confirmed(world)
    actions.carry_out(world.office.pk, AFTER)
    make.roster(world.office, world.officer, answers_for="x")
    Shift.objects.filter(roster__answers_for="officer").update(ends_at=AFTER + timedelta(days=60))
    w.watch(AFTER + timedelta(days=30, hours=12))
    assert change.owed.tellings.get().person == world.officer


def test_a_providers_checklist_says_what_is_missing_before_its_first_day(world):
    change = planned(world, ends=False, recipient=world.people[0])
    sent(world, change)
    actions.confirm(change, by=world.officer, now=MORNING)
    new = make.organisation(world.office, "provider")
    assert ready.first_day(world.next, DAY) == THEN
    assert [item.done for item in ready.checklist(new, MORNING)] == [False] * 7
    done = {item.name: item.done for item in ready.checklist(world.next, MORNING)}
    assert list(done.values()) == [True, True, True, False, False, True, False]


def test_the_pages_from_the_plan_to_the_certificate(world, moved):
    moved(MORNING)
    client = signed_in(world.officer)
    said = {"provider": world.provider.pk, "what": "ends", "day": THEN, "why": "계약 종료"}
    assert client.post("/care/changes/new/", said | {"what": "dong"}).status_code == 422
    page = client.post("/care/changes/new/", said)["Location"]
    shown = client.get(page).content.decode()
    assert "가*1" in shown and "가상1" not in shown
    assert client.post(f"{page}confirm/").status_code == 409
    assert client.post(f"{page}send/", {"who": "rest"}).status_code == 422
    make.act(world.office.pk)
    first = Destination.objects.order_by("pk")[0]
    client.post(f"{page}send/", {"who": "ticked", "row": [first.pk, "x"], "why": "전출"})
    client.post(f"{page}send/", {"who": "dong", "area": world.dong.pk, "route": world.next_route.pk})
    client.post(f"{page}day/", {"day": THEN + timedelta(days=1)})
    client.post(f"{page}day/", {"day": THEN})
    assert client.post(f"{page}confirm/").status_code == 302
    assert client.post(f"{page}reopen/").status_code == 302 and client.post(f"{page}confirm/").status_code == 302
    assert client.get("/care/changes/").status_code == 200
    make.act(world.office.pk)
    actions.carry_out(world.office.pk, AFTER)
    moved(AFTER + timedelta(days=1))
    assert client.get(page).status_code == 200
    assert client.post(f"{page}return/thing/", {"thing": "x"}).status_code == 422
    for thing in ("paper", "files", "phones", "keys", "records"):
        client.post(f"{page}return/thing/", {"thing": thing, "how": "returned", "day": THEN, "note": "담당자"})
    paper = {"signed_by": "박대표", "day": THEN, "data": "명단", "how": "파쇄"}
    assert client.post(f"{page}return/certificate/", paper).status_code == 422
    scan = SimpleUploadedFile("파기확인서.pdf", b"%PDF scan")
    assert client.post(f"{page}return/certificate/", paper | {"file": scan}).status_code == 302
    assert client.get(f"{page}return/file/").content == b"%PDF scan"
    assert "박대표" in client.get(f"{page}return/").content.decode()
    assert signed_in(world.next_desk).get(page).status_code == 403
    contract = {"business": "factory", "since": DAY, "until": DAY - timedelta(days=1)}
    address = f"/care/changes/ready/{world.next.ref}/"
    assert client.post(address, contract).status_code == 422
    assert client.post(address, contract | {"until": ""}).status_code == 302


def test_a_plan_takes_as_many_queries_for_many_as_for_few(world, moved):
    moved(MORNING)
    change, client = planned(world), signed_in(world.officer)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(change.page).status_code == 200
        return len(caught)

    queries()
    few = queries()
    make.act(world.office.pk)
    for n in range(6):
        w.recipient(world, f"더{n}")
        make.person(world.office, as_="worker", at=world.provider)
    queries()
    assert queries() == few


@pytest.mark.parametrize(("rows", "change", "constraint"), [
    (Change, {"why": ""}, "change_says_why"),
    (Change, {"confirmed_by": None}, "change_is_confirmed_by_somebody"),
    (Change, {"confirmed_by": None, "confirmed_at": None, "owed": None, "done_at": MORNING},
     "change_is_done_only_when_confirmed"),
    (Change, {"dropped_at": MORNING}, "change_dropped_is_a_draft_somebody_dropped"),
    (Change, {"ends": False}, "change_owes_only_when_it_ends"),
    (Destination, {"why": "x"}, "destination_is_one"),
    (Destination, {"to": None}, "destination_course_has_a_provider"),
    (Destination, {"to": None, "route": None}, "destination_is_said_before_it_holds"),
    (HandedBack, {"thing": "x"}, "handed_back_thing_known"),
    (HandedBack, {"how": "x"}, "handed_back_how_known"),
    (Certificate, {"how": ""}, "certificate_says_who_what_and_how"),
])  # fmt: skip
def test_the_data_base_refuses(world, rows, change, constraint):
    made = confirmed(world)
    for thing in ("paper", "files", "phones", "keys", "records"):
        returning.hand_back(made, thing, "none", THEN, "", by=world.officer, now=AFTER)
    paper = Certificate(signed_by="x", day=THEN, data="x", how="x")
    returning.certify(paper, made, b"x", by=world.officer, now=AFTER)
    with pytest.raises(IntegrityError, match=constraint):
        rows.objects.update(**change)


def test_of_a_contract_too_and_each_thing_once(world):
    made = confirmed(world)
    held = ready.Contract(business="factory", since=DAY)
    ready.sign(held, world.next, by=world.officer, now=MORNING)
    for change, constraint in (
        ({"business": "x"}, "contract_business_known"),
        ({"until": DAY - timedelta(days=1)}, "contract_ends_after_it_begins"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            ready.Contract.objects.update(**change)
    row = made.destinations.first()
    with pytest.raises(IntegrityError, match="destination_once"), transaction.atomic():
        Destination.objects.create(office=world.office, change=made, recipient=row.recipient)
    again = Change(office=world.office, provider=world.provider, day=THEN, ends=True, why="x", made_at=MORNING,
                   made_by=world.officer)  # fmt: skip
    with pytest.raises(IntegrityError, match="change_one_end_waits"), transaction.atomic():
        again.save()
    leaving.announce(made)  # twice is once
    member = made.leaving.first()
    with pytest.raises(IntegrityError, match="leaving_once"):
        type(member).objects.create(office=world.office, change=made, membership=member.membership)
