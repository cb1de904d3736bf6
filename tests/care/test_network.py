"""The contact network: who stands on a dong's page, with which number by day and by night."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dure.care.network import networks
from dure.people.actions import standing
from dure.people.models import Address, Organisation, Shift
from tests import make
from tests.care import world as w
from tests.care.world import MORNING

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    made = w.build()
    assert made.visit
    return made


def pages(world, person=None):
    return {n.area.name: list(n.lines) for n in networks(standing(person or world.officer, w.DAY), MORNING)}


def number(person) -> str:
    return Address.objects.get(person=person).value


def test_providers_the_centre_the_office_and_the_hospital_in_this_order(world):
    Organisation.objects.filter(pk=world.centre_house.pk).update(phone="062-000-0001", night_phone="062-000-0119")
    make.organisation(world.office, "hospital", "첨단병원", phone="062-000-0500")
    make.organisation(world.office, "agency", "번호 없는 기관")
    make.area(world.office, "빈동")
    Address.objects.filter(person=world.centre).update(tested_at=MORNING)
    found = pages(world)
    said = [(line.agency.kind, line.name, line.day, line.night, line.tested_at) for line in found["첨단1동"]]
    desk, centre, officer, oncall = (number(p) for p in (world.desk, world.centre, world.officer, world.oncall))
    assert said == [
        ("provider", "급식소장", desk, desk, None),
        ("centre", "", "062-000-0001", "062-000-0119", None),
        ("centre", "동담당", centre, centre, MORNING),
        ("office", "당직", oncall, oncall, None),
        ("office", "담당", officer, officer, None),
        ("hospital", "", "062-000-0500", "", None),
    ]
    assert [line.agency.kind for line in found["빈동"]] == ["office", "office", "hospital"]


def test_who_is_off_at_night_has_no_number_for_the_night(world):
    nine, six = MORNING + timedelta(hours=2), MORNING + timedelta(hours=11)
    Shift.objects.filter(person=world.centre).update(starts_at=nine, ends_at=six)
    Shift.objects.filter(person=world.oncall).update(starts_at=six, ends_at=six + timedelta(hours=15))
    lines = {line.name: (bool(line.day), bool(line.night)) for line in pages(world)["첨단1동"]}
    assert (lines["동담당"], lines["당직"]) == ((True, False), (False, True))


def test_dead_and_old_numbers_are_marked(world):
    Address.objects.filter(person=world.desk).update(dead_at=MORNING)
    Address.objects.filter(person=world.centre).update(tested_at=MORNING - timedelta(days=3))
    Address.objects.filter(person=world.oncall).update(tested_at=MORNING - timedelta(days=40))
    lines = {line.name: (line.dead, line.asks_test) for line in pages(world)["첨단1동"]}
    assert (lines["급식소장"], lines["동담당"], lines["당직"]) == ((True, True), (False, False), (False, True))


def test_everybody_sees_the_dongs_that_concern_them(world):
    elsewhere = make.area(world.office, "수완동")
    other = make.organisation(world.office, "provider", "다른밥상")
    stranger = make.person(world.office, as_="provider", at=other)
    clerk = make.person(world.office, as_="centre", at=make.organisation(world.office, "centre", area=elsewhere))
    assert set(pages(world)) == {"첨단1동", "수완동"}
    assert [set(pages(world, p)) for p in (world.desk, world.centre)] == [{"첨단1동"}] * 2
    assert [set(pages(world, p)) for p in (stranger, clerk)] == [set(), {"수완동"}]


def test_as_many_queries_for_many_dongs_as_for_one(world):
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            pages(world)
        return len(found)

    few = queries()
    for n in range(10):
        dong = make.area(world.office, f"{n}동")
        make.person(world.office, as_="centre", at=make.organisation(world.office, "centre", area=dong))
    assert queries() == few <= 9
