"""Rosters and contact orders: who answers, said in sentences, changed only by whom it concerns."""

from datetime import timedelta

import pytest

from dure.duty.models import Ladder
from dure.offices.acting import act
from dure.people.models import Role, Shift
from tests import make
from tests.care.pages import signed_in
from tests.field import world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon(moved):
    moved(make.NOON)


def test_who_is_on_now_and_tonight():
    day = world.day()
    roster = make.roster(day.office, day.desk, answers_for="desk", at=day.provider)
    Shift.objects.update(ends_at=make.NOON + timedelta(hours=6))
    [line] = signed_in(day.desk).get("/care/rosters/").context["lines"]
    assert (line.roster, line.now, line.tonight) == (roster, [day.desk], [])


def test_a_shift_over_midnight_is_added_and_taken_back():
    day = world.day()
    roster = make.roster(day.office, answers_for="desk", at=day.provider)
    client, said = signed_in(day.desk), {
        "person": day.desk.pk, "day": "2026-11-23", "starts": "18:00", "ends": "09:00", "days": "2", "place": "0",
    }  # fmt: skip
    page = f"/care/rosters/{roster.ref}/"
    assert client.post(page, said | {"person": day.worker.pk}).status_code == 422
    assert client.post(page, said | {"day": "2026-11-01", "days": "1"}).status_code == 422
    assert client.post(page, said).status_code == 302
    assert client.post(page, said).status_code == 422  # stands there already
    act(day.office.pk)
    shifts = Shift.objects.filter(roster=roster)
    assert [s.ends_at - s.starts_at for s in shifts] == [timedelta(hours=15)] * 2
    assert client.post(f"/care/shifts/{shifts[0].pk}/take-back/").status_code == 302
    act(day.office.pk)
    assert Shift.objects.filter(roster=roster).count() == 1


def test_a_roster_of_somebody_else_is_not_there():
    day = world.day()
    roster = make.roster(day.office, day.officer)
    client, shift = signed_in(day.desk), roster.shifts.get()
    assert client.get(f"/care/rosters/{roster.ref}/").status_code == 404
    assert client.post(f"/care/shifts/{shift.pk}/take-back/").status_code == 404
    assert client.get("/care/rosters/new/").status_code == 403


def test_a_contact_order_is_said_in_sentences_and_edited_by_the_administrator_alone():
    day = world.day()
    admin = make.person(day.office, "최관리", Role.ADMIN)
    page = signed_in(day.desk).get("/care/orders/").content.decode()
    assert "한담당" in page
    assert signed_in(day.officer).get("/care/orders/case/").status_code == 403

    client, said = signed_in(admin), {
        "form-TOTAL_FORMS": "3", "form-INITIAL_FORMS": "0", "minutes": "15",
        "form-0-place": "2", "form-0-whom": f"person@{day.officer.pk}", "form-0-minutes": "5",
        "form-1-place": "1", "form-1-whom": "desk@organisation", "form-1-minutes": "3", "form-1-channels": ["sms"],
        "form-2-place": "3", "form-2-whom": "", "form-2-minutes": "5",
    }  # fmt: skip
    assert client.get("/care/orders/case/").status_code == 200
    assert client.post("/care/orders/case/", said | {"form-0-minutes": "0"}).status_code == 422
    nobody = said | {"form-0-whom": "", "form-1-whom": ""}
    assert client.post("/care/orders/case/", nobody).status_code == 422
    assert client.post("/care/orders/case/", said).status_code == 302
    act(day.office.pk)
    order = Ladder.objects.filter(name="case").latest("version")
    assert (order.version, order.claim_seconds, order.made_by) == (2, 900, admin)
    assert order.rungs == [
        {"who": "desk", "of": "organisation", "wait": 180, "channels": ["sms"]},
        {"person": day.officer.pk, "wait": 300, "channels": []},
    ]
    assert client.get("/care/orders/nothing/").status_code == 404
