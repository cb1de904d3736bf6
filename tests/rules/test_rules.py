"""Rules are dated rows: what held on a day keeps holding for it, and each office has its own."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from tests import make
from tests.make import DAY, NOON

from dure.audit.models import Entry
from dure.errors import Refused
from dure.offices.acting import act
from dure.rules import actions
from dure.rules.actions import Standard, rule
from dure.rules.models import Rule, Unit

pytestmark = pytest.mark.django_db
FIRST = date(2024, 1, 8)
STANDARD = [
    Standard("training", "Training", 3, Unit.HOURS, "law", FIRST), Standard("bars", "Bars", 1, Unit.YES, "law", FIRST),
]  # fmt: skip


@pytest.fixture
def office():
    made = make.office()
    actions.begin(made.pk, STANDARD, now=NOON)
    return made


def test_a_rule_holds_from_its_day_on(office):
    officer, training = make.person(office), Rule.objects.get(name="training")
    actions.change(training, Decimal("4.5"), "new law", DAY + timedelta(days=1), by=officer, now=NOON)
    days = [FIRST - timedelta(days=900), FIRST, DAY, DAY + timedelta(days=1), DAY + timedelta(days=900)]
    assert [rule(office.pk, "training", day) for day in days] == [3, 3, 3, Decimal("4.5"), Decimal("4.5")]
    assert Entry.objects.filter(did="changed", who_id=officer.pk).count() == 1


def test_what_is_changed_twice_for_one_day_is_one_row(office):
    training, officer = Rule.objects.get(name="training"), make.person(office)
    for hours in (5, 6):
        actions.change(training, Decimal(hours), "law", DAY, by=officer, now=NOON)
    assert Rule.objects.filter(name="training").count() == 2 and rule(office.pk, "training", DAY) == 6


def test_days_that_are_over_keep_their_rule_and_yes_or_no_stays_one(office):
    officer = make.person(office)
    with pytest.raises(Refused):
        actions.change(
            Rule.objects.get(name="training"), Decimal(1), "x", DAY - timedelta(days=1), by=officer, now=NOON
        )
    with pytest.raises(Refused):
        actions.change(Rule.objects.get(name="bars"), Decimal(2), "x", DAY, by=officer, now=NOON)


def test_a_slip_of_the_finger_is_refused_and_stops_no_page(office):
    training = Rule.objects.get(name="training")
    with pytest.raises(Refused, match="1000"):
        actions.change(training, Decimal(9_999_999), "x", DAY, by=make.person(office), now=NOON)


def test_beginning_again_changes_nothing_and_another_office_has_its_own(office):
    actions.change(Rule.objects.get(name="training"), Decimal(5), "x", DAY, by=make.person(office), now=NOON)
    actions.begin(office.pk, STANDARD, now=NOON)
    assert Rule.objects.count() == 3
    other = make.office()
    actions.begin(other.pk, STANDARD, now=NOON)
    assert rule(other.pk, "training", DAY) == 3 and Rule.objects.count() == 2
    act(office.pk)
    assert rule(office.pk, "training", DAY) == 5
    with pytest.raises(Refused, match="nothing"):
        rule(office.pk, "nothing", DAY)


@pytest.mark.parametrize(("change", "constraint"), [
    ({"value": -1}, "rule_is_not_negative"), ({"unit": "won"}, "rule_unit_known"),
    ({"unit": "yes", "value": 2}, "rule_is_answered_by_yes_or_no"), ({"source": ""}, "rule_says_where_it_comes_from"),
    ({"name": "bars"}, "rule_once_a_day"),
    ({"value": 1001}, "rule_is_no_slip_of_the_finger"),
    ({"value": 1441, "unit": "minutes"}, "rule_is_no_slip_of_the_finger"),
])  # fmt: skip
def test_refuses(office, change, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Rule.objects.filter(name="training").update(**change)
