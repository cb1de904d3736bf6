"""The demo office: the same seed gives the same people, all invented and marked so."""

from datetime import date

import pytest
from django.db.models import Value
from django.db.models.functions import Concat

from dure.care.models import Contact, MealPlan, OtherService, Recipient
from dure.cases.models import Tier
from dure.demo import invented, loading
from dure.demo.workbook import HEADER, workbook
from dure.duty.opening import Binding
from dure.errors import Refused
from dure.offices.models import Office
from dure.people.actions import on_shift
from dure.people.models import Address, Person, Role, Roster
from dure.sheets.read import read
from tests import make

DAY = date(2026, 11, 23)
pytestmark = pytest.mark.django_db


@pytest.fixture
def demo() -> loading.Demo:
    make.role("owner")
    return loading.load(1, DAY, make.NOON, "secret")


def who() -> list[tuple[object, ...]]:
    return list(Recipient.objects.order_by("id").values_list("name", "tier", "phone", "place__address", "health"))


def test_there_are_300_recipients_20_workers_and_a_centre_for_each_of_the_21_dongs(demo):
    assert demo.staff.office.is_demo
    assert (len(demo.staff.dongs), len(demo.staff.centres), len(demo.staff.providers)) == (21, 21, 5)
    assert Recipient.objects.served().count() == 300
    assert Person.objects.filter(memberships__role=Role.WORKER).count() == 20
    assert {r.route.worker_id for r in demo.recipients} == {w.pk for ws in demo.staff.workers.values() for w in ws}
    assert MealPlan.objects.filter(weekday=0).count() == 340  # some have a dinner too
    assert Recipient.objects.filter(contacts=None).count() == 0
    assert Recipient.objects.filter(tier=Tier.RED, planned_response="").count() == 0
    assert OtherService.objects.exclude(stopped_on=None).filter(recipient__tier=Tier.RED).exists()


def test_no_number_could_ring_at_a_real_persons(demo):
    numbers = [*Recipient.objects.values_list("phone", flat=True), *Contact.objects.values_list("phone", flat=True)]
    numbers += Address.objects.filter(channel="sms").values_list("value", flat=True)

    assert all(number.startswith(("010-0000-", "000-0000-")) for number in numbers)
    assert (
        Address.objects.exclude(channel__in=["sms", "screen"])
        .exclude(value__endswith="@example.org")
        .values_list("value", flat=True)
        .get()
        == "062-000-0119"
    )


def test_every_rung_of_every_order_is_answered_by_day_by_night_and_at_the_weekend(demo):
    binding = Binding(demo.staff.office.pk)
    provider, dong = demo.staff.providers[0].pk, demo.staff.dongs[3].pk
    rosters = {
        rung["roster"] for name in binding.ladders for rung in binding.rungs(binding.ladder(name), provider, dong)
    }

    assert None not in rosters
    for hours in range(0, 7 * 24, 3):
        at = make.NOON + hours * make.TEN_MINUTES * 6
        assert set(on_shift(rosters, at)) == rosters
    assert Roster.objects.count() == 5 + 21 + 2


def test_the_same_seed_gives_the_same_office(demo):
    first = who()
    Office.objects.update(name="another")
    Person.objects.update(username=Concat(Value("old-"), "username"))
    loading.load(1, DAY, make.NOON, "secret")

    assert who() == first + first


def test_it_is_loaded_once(demo):
    with pytest.raises(Refused):
        loading.load(1, DAY, make.NOON, "secret")


def test_one_password_for_all_and_it_is_kept(tmp_path, monkeypatch):
    monkeypatch.delenv("DURE_DEMO_PASSWORD", raising=False)

    assert loading.password(tmp_path) == loading.password(tmp_path)
    assert (tmp_path / "demo-password").stat().st_mode & 0o777 == 0o600


def test_one_log_in_for_each_role_is_printed(demo, tmp_path):
    told = loading.told(tmp_path)

    assert {login.role for login in loading.logins()} == {str(role.label) for role in Role}
    assert loading.password(tmp_path) in told


def test_the_workbook_looks_as_an_office_keeps_it(demo):
    found = read(workbook(DAY, 1))

    assert [sheet.name for sheet in found] == list(invented.PROVIDERS)
    for sheet in found:
        assert "명단" in str(sheet.rows[0][0])
        assert tuple(next(row for row in sheet.rows if row[0] == "연번")) == HEADER
        assert sum(isinstance(row[0], int | float) for row in sheet.rows) == 60
