"""A provider's month: counted, agreed on by both, objected to, closed for good, corrected afterwards."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.db import connection

from dure.audit.models import Entry
from dure.care.counts import MEALS_GIVEN
from dure.care.models import Recipient, Scheme, Visit
from dure.care.money import actions, sums
from dure.care.money.models import Agreement, Belonging, Booking, Line, Settlement, Side, Terms
from dure.care.tasks import owe_the_months
from dure.duty.models import Duty
from dure.errors import Refused
from dure.offices.acting import act, acting
from tests import make
from tests.care import world as care
from tests.care.money import world as m
from tests.care.money.world import DECEMBER, FIRST, NOVEMBER

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 2)
JANUARY = FIRST + timedelta(days=35)


@pytest.fixture
def world(moved):
    moved(FIRST)
    return m.build()


def test_by_default_what_counts_as_given_is_paid_for_and_nothing_else(world):
    assert frozenset(MEALS_GIVEN) == sums.BY_DEFAULT
    who = m.served(world)
    for n, handed in enumerate(("in_person", "proxy", "at_door", "refused", "not_handed")):
        m.visit(who, MONDAY + n * m.DAY, handed)
    m.visit(who, MONDAY + 7 * m.DAY, "in_person", meals=2)
    m.visit(who, MONDAY + 8 * m.DAY, "", outcome="no_reply")
    m.visit(who, MONDAY + 9 * m.DAY, "")
    found = m.count(m.november(world))
    assert (found.meals, found.amount, found.unreported) == (5, 5 * 8000, 1)
    assert found.left_out == [("not_handed", 2), ("refused", 1)]


def test_a_scheme_may_pay_for_what_was_refused_or_found_nobody(world):
    who = m.served(world)
    for n, (handed, outcome) in enumerate([("refused", ""), ("", "no_reply"), ("at_door", "")]):
        m.visit(who, MONDAY + n * m.DAY, handed, outcome=outcome)
    said = {"unit_price": 9000, "own_share": 1000, "pays_at_door": False}
    for since, paid in ((MONDAY, {"pays_refused": True}), (MONDAY + m.DAY, {"pays_not_handed": True})):
        terms = Terms(scheme=world.scheme, since=since, **said, **paid)
        actions.say_terms(terms, by=world.officer, now=FIRST)
    assert [e.meals for e in sorted(m.count(m.november(world)).entries, key=lambda e: e.day)] == [1, 1, 0]


def test_a_price_holds_from_its_day_on_and_said_again_replaces_the_one_before(world):
    who = m.served(world)
    for n in range(4):
        m.visit(who, MONDAY + n * m.DAY)
    for price in (9900, 9500):
        terms = Terms(scheme=world.scheme, since=MONDAY + 2 * m.DAY, unit_price=price, own_share=500)
        actions.say_terms(terms, by=world.officer, now=FIRST)
    lines = m.count(m.november(world)).lines
    assert [(each.meals, each.unit_price, each.own_share) for each in lines] == [(2, 9000, 1000), (2, 9500, 500)]
    held = Terms.objects.filter(replaced_at=None).values_list("since", "unit_price")
    assert list(held) == [(date(2026, 1, 1), 9000), (terms.since, 9500)] and Terms.objects.count() == 3


def test_a_month_is_owed_by_the_fifth_working_day_and_the_duty_ends_with_the_close(world):
    m.visit(m.served(world), MONDAY)
    settlement = m.november(world)
    assert settlement.duty.due_at == actions.at(date(2026, 12, 7), actions.EVENING)
    assert settlement.duty.organisation == world.ours and settlement.duty.page == f"/care/money/{settlement.ref}/"
    assert actions.owe_settlements(world.care.office.pk, FIRST) == 0
    m.closed(world, settlement)
    duty = Duty.objects.get(pk=settlement.duty_id)
    assert (duty.outcome, duty.closed_by) == ("kept", world.officer)


def test_the_running_month_stands_there_from_its_first_meal_and_is_owed_only_when_it_is_over(world):
    m.visit(m.served(world), DECEMBER, "")
    actions.owe_settlements(world.care.office.pk, FIRST)
    running = Settlement.objects.get(month=DECEMBER)
    assert running.duty is None
    with pytest.raises(Refused, match="끝나지 않았습니다|isn't over"):
        actions.agree(running, Side.PROVIDER, seen="x", by=world.desk, now=FIRST)


def test_nobody_agrees_to_what_they_have_not_seen(world):
    late = m.visit(m.served(world), MONDAY)
    settlement = m.november(world)
    seen = m.count(settlement).fingerprint
    m.again(late, handed="refused")
    with pytest.raises(actions.Outdated):
        actions.agree(settlement, Side.PROVIDER, seen=seen, by=world.desk, now=FIRST)
    assert not Agreement.objects.exists()


def test_an_agreement_is_withdrawn_when_something_counts_otherwise_and_only_then(world):
    visits = [m.visit(m.served(world), MONDAY) for _ in range(2)]
    m.visit(m.served(world, provider=world.theirs), MONDAY)
    settlement, other = m.november(world), m.november(world, world.theirs)
    m.both_agree(world, settlement)
    m.both_agree(world, other)
    m.again(visits[0], outcome="seen_with_concern")
    assert actions.withdraw_outdated(world.care.office.pk, FIRST) == 0
    m.again(visits[0], handed="not_handed")
    with pytest.raises(Refused, match="확인하지 않은|Not agreed"):
        actions.close(settlement, by=world.officer, now=FIRST)
    assert actions.withdraw_outdated(world.care.office.pk, FIRST) == 2
    assert set(Agreement.objects.filter(withdrawn_at=None).values_list("settlement", flat=True)) == {other.pk}
    m.closed(world, settlement)


def test_an_objection_is_owed_to_the_office_and_stands_before_the_close(world):
    m.visit(m.served(world), MONDAY)
    settlement = m.november(world)
    m.both_agree(world, settlement)
    objection = actions.object_to(settlement, "2일 한 식이 빠졌습니다.", by=world.desk, now=FIRST)
    assert objection.duty.organisation is None and objection.duty.due_at.date() == date(2026, 12, 8)
    with pytest.raises(Refused, match="이의|objected"):
        actions.close(settlement, why="기한", by=world.officer, now=FIRST)
    actions.answer(objection, "종이 기록을 확인해 입력했습니다.", by=world.officer, now=FIRST)
    assert Duty.objects.get(pk=objection.duty_id).outcome == "kept"
    with pytest.raises(Refused, match="이미 답변"):
        actions.answer(objection, "다시", by=world.officer, now=FIRST)
    with pytest.raises(Refused, match="확인하지 않은|Not agreed"):
        actions.close(settlement, by=world.officer, now=FIRST)
    m.closed(world, settlement)


def test_agreeing_after_all_ends_ones_own_objection(world):
    m.visit(m.served(world), MONDAY)
    settlement = m.november(world)
    objection = actions.object_to(settlement, "다릅니다.", by=world.desk, now=FIRST)
    m.closed(world, settlement)
    objection.refresh_from_db()
    assert objection.answer == actions.AGREED_AFTER_ALL and not Duty.objects.get(pk=objection.duty_id).is_open


def test_an_office_closes_without_the_providers_word_only_with_a_reason_which_is_kept(world):
    m.visit(m.served(world), MONDAY)
    settlement = m.november(world)
    actions.agree(settlement, Side.OFFICE, seen=m.count(settlement).fingerprint, by=world.officer, now=FIRST)
    with pytest.raises(Refused, match="수행기관|Provider"):
        actions.close(settlement, by=world.officer, now=FIRST)
    closed = actions.close(settlement, why="세 번 전화했으나 답이 없음", by=world.officer, now=FIRST)
    assert closed.closed_why == "세 번 전화했으나 답이 없음"
    assert Entry.objects.filter(did="closed", why=closed.closed_why).exists()
    with pytest.raises(Refused, match="마감되었습니다|is closed"):
        actions.close(settlement, by=world.officer, now=FIRST)


def test_a_meal_without_a_scheme_is_mended_before_the_close_and_never_dropped(world):
    m.visit(m.served(world), MONDAY)
    stray = m.served(world, scheme=None)
    m.visit(stray, MONDAY)
    settlement = m.november(world)
    assert len(m.count(settlement).without_scheme) == 1
    with pytest.raises(Refused, match="사업이 정해지지|no scheme"):
        actions.close(settlement, why="x", by=world.officer, now=FIRST)
    actions.belongs(stray, world.scheme, stray.started_on, by=world.officer, now=FIRST)
    stray.refresh_from_db()
    assert stray.scheme == world.scheme
    assert m.closed(world, settlement).meals == 2


def test_a_scheme_changed_by_whomever_counts_from_that_day_on(world, moved):
    """By a form, a list or in SQL: the data base keeps from when on."""
    other = care.scheme(world.officer, "도시락", 7000)
    who = m.served(world)
    assert list(Belonging.objects.values_list("scheme", "since")) == [(world.scheme.pk, who.started_on)]
    moved(FIRST - timedelta(days=20))
    Recipient.objects.filter(pk=who.pk).update(scheme=other)
    Recipient.objects.filter(pk=who.pk).update(scheme=other)
    assert list(Belonging.objects.values_list("scheme", "since")[1:]) == [(other.pk, date(2026, 11, 11))]
    for day in (10, 11):
        m.visit(who, date(2026, 11, day))
    assert [(line.scheme, line.meals) for line in m.count(m.november(world)).lines] == [
        (world.scheme.pk, 1),
        (other.pk, 1),
    ]


def test_a_first_scheme_entered_late_counts_from_the_first_meal_on(world):
    who = m.served(world, scheme=None)
    m.visit(who, MONDAY)
    Recipient.objects.filter(pk=who.pk).update(scheme=world.scheme)
    assert m.count(m.november(world)).meals == 1


def test_what_comes_out_otherwise_after_the_close_is_a_correction_of_the_next_month(world):
    who = m.served(world)
    right, wrong, late = (m.visit(who, MONDAY + n * m.DAY, h) for n, h in enumerate(("in_person", "proxy", "")))
    settlement = m.closed(world, m.november(world))
    assert (settlement.meals, settlement.amount, settlement.corrected) == (2, 16000, 0)
    m.again(wrong, handed="refused")
    m.again(late, handed="in_person", outcome="seen_well", reported_at=FIRST, meals=2)
    m.visit(who, DECEMBER)
    december = m.december(world)
    found = m.count(december)
    assert [(d.after.visit, d.meals, d.won) for d in found.corrections] == [(wrong.pk, -1, -8000), (late.pk, 2, 16000)]
    assert (found.meals, found.corrected, found.total) == (1, 8000, 16000)
    assert m.count(settlement).meals == 2, "the closed month never changes"
    m.closed(world, december, now=JANUARY)
    assert Settlement.objects.get(month=DECEMBER).total == 16000
    january = Settlement.objects.create(office=world.care.office, provider=world.ours, month=date(2027, 1, 1))
    assert m.count(january).corrections == []
    m.again(wrong, handed="proxy")
    assert [(d.before.meals, d.won) for d in m.count(january).corrections] == [(0, 8000)]
    assert right.pk not in {d.after.visit for d in m.count(january).corrections}


def test_a_correction_of_a_provider_that_has_ended_comes_in_a_month_of_its_own(world, moved):
    late = m.visit(m.served(world), MONDAY)
    actions.close(m.november(world), why="서면 확인", by=world.officer, now=FIRST)
    actions.owe_settlements(world.care.office.pk, JANUARY)
    assert not Settlement.objects.filter(closed_at=None).exists()
    m.again(late, handed="refused")
    for _ in range(2):
        actions.owe_settlements(world.care.office.pk, JANUARY)
    month = Settlement.objects.get(closed_at=None)
    assert (month.month, m.count(month).meals, m.count(month).corrected) == (date(2027, 1, 1), 0, -8000)
    moved(JANUARY + timedelta(days=30))
    actions.owe_settlements(world.care.office.pk, JANUARY + timedelta(days=30))
    month.refresh_from_db()
    assert month.duty is not None and month.duty.is_open
    closed = actions.close(month, why="서면 확인", by=world.officer, now=JANUARY + timedelta(days=30))
    assert closed.total == -8000
    actions.owe_settlements(world.care.office.pk, JANUARY + timedelta(days=30))
    assert not Settlement.objects.filter(closed_at=None).exists()


def test_a_price_that_holds_back_into_a_closed_month_has_to_be_meant_and_is_a_correction(world):
    who = m.served(world)
    m.visit(who, MONDAY)
    m.visit(who, MONDAY + m.DAY)
    settlement = m.closed(world, m.november(world))
    dearer = Terms(scheme=world.scheme, since=MONDAY + m.DAY, unit_price=9700, own_share=1000)
    with pytest.raises(Refused, match="마감되었습니다|closed already"):
        actions.say_terms(dearer, by=world.officer, now=FIRST)
    actions.say_terms(dearer, back=True, by=world.officer, now=FIRST)
    assert [d.won for d in m.count(m.december(world)).corrections] == [700]
    assert m.count(settlement).amount == 16000
    with pytest.raises(Refused, match="같은 날짜|same day"):
        actions.take_back_terms(dearer, by=world.officer, now=FIRST)


def test_a_scheme_of_a_closed_month_changed_afterwards_is_a_correction(world):
    other = care.scheme(world.officer, "도시락", 7000)
    who = m.served(world)
    m.visit(who, MONDAY)
    m.closed(world, m.november(world))
    actions.belongs(who, other, MONDAY, by=world.officer, now=FIRST)
    assert [d.won for d in m.count(m.december(world)).corrections] == [-1000]


def test_a_meal_given_to_another_provider_after_the_close_leaves_the_one_and_comes_to_the_other(world):
    mine, theirs = m.served(world), m.served(world, provider=world.theirs)
    moved_over = m.visit(mine, MONDAY)
    m.visit(theirs, MONDAY)
    for provider in (world.ours, world.theirs):
        m.closed(world, m.november(world, provider))
    Visit.objects.filter(pk=moved_over.pk).update(provider=world.theirs)
    assert [d.won for d in m.count(m.december(world)).corrections] == [-8000]
    assert [d.won for d in m.count(m.december(world, world.theirs)).corrections] == [8000]


def test_months_are_closed_in_their_order(world):
    who = m.served(world)
    m.visit(who, MONDAY)
    m.visit(who, DECEMBER)
    m.november(world)
    with pytest.raises(Refused, match="2026-11"):
        actions.close(m.december(world), why="x", by=world.officer, now=JANUARY)


def test_a_provider_that_handed_somebody_over_is_paid_for_the_days_before(world):
    """Whoever looks: it no longer sees the recipient."""
    who = m.served(world)
    m.visit(who, MONDAY)
    settlement = m.november(world)
    Recipient.objects.filter(pk=who.pk).update(provider=world.theirs)
    with acting(world.care.office.pk, world.desk.pk, [world.ours.pk]):
        assert m.count(settlement).meals == 1
        actions.agree(settlement, Side.PROVIDER, seen=m.count(settlement).fingerprint, by=world.desk, now=FIRST)


def test_the_lines_kept_are_what_the_visits_kept_come_to(world):
    who = m.served(world)
    for n in range(3):
        m.visit(who, MONDAY + n * m.DAY, ("in_person", "refused", "at_door")[n])
    settlement = m.closed(world, m.november(world))
    assert list(Line.objects.values_list("meals", "unit_price", "own_share", "amount")) == [(2, 9000, 1000, 16000)]
    assert list(Booking.objects.values_list("way", "brought", "meals")) == [
        ("in_person", 1, 1), ("refused", 1, 0), ("at_door", 1, 1),
    ]  # fmt: skip
    assert settlement.month == NOVEMBER and settlement.closed_at > make.NOON


def test_the_jobs_open_the_months_and_withdraw_what_holds_no_more(world):
    visit = m.visit(m.served(world), MONDAY)
    office = world.care.office.pk
    make.role("engine")
    owe_the_months()
    make.role("app")
    act(office)
    settlement = Settlement.objects.get(month=NOVEMBER)
    assert settlement.duty.is_open
    m.both_agree(world, settlement)
    m.again(visit, handed="refused")
    make.role("engine")
    owe_the_months()
    make.role("app")
    act(office)
    assert Agreement.objects.filter(withdrawn_at=FIRST).count() == 2


def test_the_first_price_holds_for_the_days_before_it_and_the_last_one_cant_be_taken_back(world):
    scheme = care.scheme(world.officer, "내년 도시락", 7000, year=2027)
    who = m.served(world, scheme=scheme)
    m.visit(who, MONDAY)
    assert m.count(m.november(world)).amount == 7000
    with pytest.raises(Refused, match="다른 단가|no other price"):
        actions.take_back_terms(scheme.terms.get(), by=world.officer, now=FIRST)
    dearer = Terms(scheme=scheme, since=date(2027, 1, 1), unit_price=7500, own_share=0)
    actions.say_terms(dearer, by=world.officer, now=FIRST)
    assert m.count(m.november(world)).amount == 7500


def test_the_price_with_which_a_scheme_was_set_up_becomes_its_first_and_nothing_comes_out_otherwise(world):
    """As a data base of the release before has it: the price beside the name, dated ones only for later days."""
    first = import_module("dure.care.money.migrations.0003_first_prices").FIRST
    plain = Scheme.objects.create(office=world.care.office, name="단가 하나", year=2026)
    later = Scheme.objects.create(office=world.care.office, name="나중 단가", year=2026)
    terms = Terms(scheme=later, since=MONDAY + m.DAY, unit_price=9500, own_share=0)
    actions.say_terms(terms, by=world.officer, now=FIRST)
    people = [m.served(world, scheme=each) for each in (plain, later)]
    for who in people:
        for n in range(2):
            m.visit(who, MONDAY + n * m.DAY)
    make.role("owner")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE care_scheme SET unit_price = 6000, own_share = 500 WHERE id = ANY (%s)",
                       [[plain.pk, later.pk]])  # fmt: skip
        cursor.execute(first)
        cursor.execute(first)
    make.role("app")
    held = Terms.objects.exclude(scheme=world.scheme).order_by("scheme", "since").values_list("since", "unit_price")
    assert list(held) == [(date(2026, 1, 1), 6000), (people[1].started_on, 6000), (MONDAY + m.DAY, 9500)]
    assert m.count(m.november(world)).amount == 2 * 5500 + 5500 + 9500
