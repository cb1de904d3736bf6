"""A closed month can't be altered past our code, whoever asks; and every rule holds in the data base itself."""

from datetime import date

import pytest
from django.db import Error, IntegrityError, connection, transaction

from dure.care.money import actions
from dure.care.money.models import Agreement, Booking, Line, Objection, Settlement, Terms
from dure.offices.acting import acting
from tests import make
from tests.care.money import world as m
from tests.care.money.world import FIRST, NOVEMBER

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 2)
FROZEN = ("money_line", "money_booking", "money_agreement", "money_settlement")


@pytest.fixture
def world(moved):
    moved(FIRST)
    made = m.build()
    who = m.served(made)
    m.visit(who, MONDAY)
    return made


def done(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("role", ["app", "engine", "owner"])
@pytest.mark.parametrize("table", FROZEN)
@pytest.mark.parametrize("statement", ["UPDATE {} SET office_id = office_id", "DELETE FROM {}"])
def test_nothing_a_month_was_closed_with_can_be_altered(world, role, table, statement):
    m.closed(world, m.november(world))
    make.role(role)
    with pytest.raises(Error, match="permission denied|settlement_closed_is_(final|frozen)"):
        done(statement.format(table))


@pytest.mark.parametrize("role", ["app", "engine", "owner"])
@pytest.mark.parametrize("table", FROZEN[:3])
def test_nothing_is_added_to_a_closed_month(world, role, table):
    m.closed(world, m.november(world))
    names = [n for (n,) in m.sql("SELECT column_name FROM information_schema.columns WHERE table_name = %s"
                                 " AND column_name <> 'id'", table)]  # fmt: skip
    make.role(role)
    columns = ", ".join(names)
    with pytest.raises(Error, match="permission denied|settlement_closed_is_frozen"):
        done(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} LIMIT 1")


@pytest.mark.parametrize("table", ["money_line", "money_booking"])
def test_our_roles_have_no_right_to_alter_what_is_kept(table):
    for role in ("dure_app", "dure_engine"):
        rights = [m.sql("SELECT has_table_privilege(%s, %s, %s)", role, table, each)[0][0]
                  for each in ("UPDATE", "DELETE", "TRUNCATE")]  # fmt: skip
        assert rights == [False, False, False]


CLOSED_HALFWAY = "settlement_closed_says_by_whom_and_how_much"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"month": MONDAY}, "settlement_month_is_its_first_day"),
        ({"closed_at": FIRST}, CLOSED_HALFWAY),
        ({"amount": 1}, CLOSED_HALFWAY),
        ({"closed_why": "x"}, CLOSED_HALFWAY),
    ],
)
def test_a_settlement_refuses(world, change, constraint):
    settlement = m.november(world)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Settlement.objects.filter(pk=settlement.pk).update(**change)


def test_a_settlement_is_there_once_a_month(world):
    settlement = m.november(world)
    with pytest.raises(IntegrityError, match="settlement_once_a_month"), transaction.atomic():
        Settlement.objects.create(office=world.care.office, provider=world.ours, month=settlement.month)


def said(world, **values) -> Terms:
    given = {"scheme": world.scheme, "since": MONDAY, "unit_price": 9000, "own_share": 1000, **values}
    return Terms(office=world.care.office, said_at=FIRST, said_by=world.officer, **given)


def test_prices_refuse(world):
    said(world).save()
    with pytest.raises(IntegrityError, match="terms_once_a_day"), transaction.atomic():
        said(world, unit_price=9500).save()
    with pytest.raises(IntegrityError, match="terms_own_share_is_part_of_the_price"), transaction.atomic():
        said(world, since=NOVEMBER, own_share=9001).save()
    with pytest.raises(IntegrityError, match="terms_are_replaced_by_somebody"), transaction.atomic():
        Terms.objects.update(replaced_at=FIRST)


def test_agreements_and_objections_refuse(world):
    settlement = m.november(world)
    m.both_agree(world, settlement)
    with pytest.raises(IntegrityError, match="agreement_side_known"), transaction.atomic():
        Agreement.objects.update(side="x")
    again = Agreement.objects.first()
    again.pk = None
    with pytest.raises(IntegrityError, match="agreement_once_a_side"), transaction.atomic():
        again.save(force_insert=True)
    actions.object_to(settlement, "다릅니다.", by=world.desk, now=FIRST)
    for change, constraint in (
        ({"text": ""}, "objection_says_something"),
        ({"answer": "x"}, "objection_answered_says_what_and_by_whom"),
        ({"answered_at": FIRST, "answered_by": world.officer}, "objection_answered_says_what_and_by_whom"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Objection.objects.update(**change)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"meals": 2}, "booking_counts_all_that_was_brought_or_nothing"),
        ({"scheme": None}, "booking_counts_all_that_was_brought_or_nothing"),
        ({"way": "x"}, "booking_way_known"),
    ],
)
def test_a_booking_refuses(world, values, constraint):
    who = m.served(world)
    given = {"visit": m.visit(who, MONDAY), "day": MONDAY, "way": "in_person", "brought": 1, "scheme": world.scheme,
             "meals": 1, "unit_price": 9000, "own_share": 1000, **values}  # fmt: skip
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Booking.objects.create(office=world.care.office, settlement=m.november(world), **given)


def test_a_line_and_a_visit_are_booked_once_and_a_line_adds_up(world):
    settlement = m.november(world)
    line = {"office": world.care.office, "settlement": settlement, "scheme": world.scheme, "unit_price": 9000}
    with pytest.raises(IntegrityError, match="line_amount_is_meals_times_price"), transaction.atomic():
        Line.objects.create(**line, own_share=1000, meals=2, amount=16001)
    Line.objects.create(**line, own_share=1000, meals=2, amount=16000)
    with pytest.raises(IntegrityError, match="line_once_a_price"), transaction.atomic():
        Line.objects.create(**line, own_share=1000, meals=1, amount=8000)
    visit = m.visit(m.served(world), MONDAY)
    booked = {"office": world.care.office, "settlement": settlement, "visit": visit, "day": MONDAY, "brought": 1,
              "meals": 0, "unit_price": 0, "own_share": 0}  # fmt: skip
    Booking.objects.create(**booked)
    with pytest.raises(IntegrityError, match="booking_once_a_settlement"), transaction.atomic():
        Booking.objects.create(**booked)


def test_a_provider_sees_no_other_providers_month_and_a_centre_none_also_in_the_data_base(world):
    m.visit(m.served(world, provider=world.theirs), MONDAY)
    m.closed(world, m.november(world))
    m.closed(world, m.november(world, world.theirs))
    office = world.care.office.pk
    with acting(office, world.desk.pk, [world.ours.pk]):
        assert {each.provider for each in Settlement.objects.all()} == {world.ours}
        assert Booking.objects.count() == Line.objects.count() == 1
    with acting(office, world.care.centre.pk, [world.care.centre_house.pk]):
        assert not Settlement.objects.exists() and not Booking.objects.exists()
