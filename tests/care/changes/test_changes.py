"""A provider ends, with visits, an open case, somebody away and something that waits: nobody is forgotten."""

import hashlib
import json
import uuid
from datetime import timedelta

import pytest
from django.db import transaction

from dure.care import alarms, phone
from dure.care.changes import actions, ready, returning
from dure.care.changes.models import Certificate, Change, Contract, Destination
from dure.care.models import Absence, Move, Recipient, Visit
from dure.care.rosters import write
from dure.duty.actions import claim
from dure.duty.models import Claim, Duty
from dure.duty.opening import Owed, open_duties
from dure.duty.reports import Envelope, hand_in
from dure.errors import Refused
from dure.health.models import Fault
from dure.outbox.models import Message
from dure.people.actions import standing
from dure.people.models import Device, Membership, Person, Role, Shift
from tests import make
from tests.care import world as w
from tests.care.changes.world import AFTER, MIDNIGHT, THEN, build, confirmed, fresh, planned, sent
from tests.care.world import DAY, DUE, MORNING, acting
from tests.make import MINUTE

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return build()


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


def test_nobody_is_sent_to_a_provider_that_has_ended_before_its_new_contract(world):
    confirmed(world)
    actions.carry_out(world.office.pk, AFTER)
    back = Change(provider=world.next, day=THEN + timedelta(days=3), ends=False, why="재배치")
    actions.plan(back, area=world.dong, by=world.officer, now=AFTER)
    everybody = list(actions.undecided(back))
    with pytest.raises(Refused, match=world.provider.name):
        actions.send(back, everybody, to=world.provider, by=world.officer, now=AFTER)
    new = Contract(since=back.day, business="catering")
    ready.sign(new, world.provider, by=world.officer, now=AFTER)
    assert actions.send(back, everybody, to=world.provider, by=world.officer, now=AFTER) == 3


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
