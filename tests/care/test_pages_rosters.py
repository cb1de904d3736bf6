"""Rosters and contact orders: who answers, said in sentences, changed only by whom it concerns."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dure import clock
from dure.care import rosters
from dure.duty.models import Ladder
from dure.offices.acting import act
from dure.people.models import Role, Shift
from tests import make
from tests.care.pages import signed_in
from tests.field import world

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def noon(moved):
    moved(make.NOON)


def test_who_is_on_now_and_tonight():
    day = world.day()
    roster = make.roster(day.office, day.desk, answers_for="desk", at=day.provider)
    Shift.objects.update(ends_at=make.NOON + timedelta(hours=6))
    two = make.person(day.office, "박둘째", Role.PROVIDER, day.provider)
    make.ladder(day.office, {"who": "desk", "of": "organisation", "wait": 300, "channels": []}, name="visit")
    morning = make.NOON + timedelta(hours=21)
    Shift.objects.create(office=day.office, roster=roster, person=two, starts_at=morning, ends_at=morning + make.MINUTE)
    page = signed_in(day.desk).get("/care/rosters/").context
    [line] = page["lines"]
    assert (line.roster, line.now, line.tonight) == (roster, [day.desk], [])
    assert (line.changes_at, line.then) == (make.NOON + timedelta(hours=6), [])
    assert [(gap.since, gap.until) for gap in page["gaps"]] == [
        (make.NOON + timedelta(hours=6), morning),
        (morning + make.MINUTE, make.NOON + timedelta(hours=36)),
    ]


def test_what_one_shift_leaves_to_the_next_is_shown_until_it_is_done_with():
    day = world.day()
    roster = make.roster(day.office, day.desk, answers_for="desk", at=day.provider)
    client, page = signed_in(day.desk), f"/care/rosters/{roster.ref}/"
    wrong = client.post(f"{page}notes/", {"text": "900101-1234567"})
    assert (wrong.status_code, list(wrong.context["note_form"].errors)) == (422, ["text"])
    assert client.post(f"{page}notes/", {"text": "2026-0007 건은 딸이 밤에 다시 전화하기로 함"}).status_code == 302
    [line] = client.get("/care/rosters/").context["lines"]
    [note] = line.notes
    assert (note.text[:9], note.by) == ("2026-0007", day.desk)
    for _ in range(2):  # pressed twice, it is done with once
        assert client.post(f"/care/notes/{note.pk}/done/").status_code == 302
    assert client.get("/care/rosters/").context["lines"][0].notes == []


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


WEEK = {
    "weekdays": ["0", "1", "2", "3", "4"], "starts": "18:00", "ends": "09:00", "holidays": "every",
    "since": "2026-11-23", "until": "", "form-TOTAL_FORMS": "4", "form-INITIAL_FORMS": "4",
}  # fmt: skip


def test_a_week_is_planned_on_friday_changed_and_ended():
    day = world.day()
    two = make.person(day.office, "박둘째", Role.PROVIDER, day.provider)
    roster = make.roster(day.office, answers_for="desk", at=day.provider)
    client, page = signed_in(day.desk), f"/care/rosters/{roster.ref}/weekly/"
    assert client.get(page).status_code == 200
    said = WEEK | {"form-0-first": day.desk.pk, "form-1-first": two.pk}
    wrong = client.post(page, said | {"form-0-second": day.desk.pk})
    assert (wrong.status_code, wrong.context["weeks"][0].errors) == (
        422, {"second": [f"{day.desk} 님은 이 주에 이미 있습니다."]}
    )  # fmt: skip
    assert client.post(page, WEEK).status_code == 422  # nobody
    assert client.post(page, said | {"since": "2026-11-20"}).status_code == 422
    assert client.post(page, said | {"until": "2026-11-22"}).status_code == 422
    assert client.post(page, said).status_code == 302
    act(day.office.pk)
    assert who(roster, 0) == [day.desk.name] and who(roster, 7) == ["박둘째"] and who(roster, 5) == []

    [rota] = roster.rotas.all()
    change = f"/care/weekly/{rota.ref}/"
    form = client.get(change).context["form"]
    assert str(form.initial["since"]) == "2026-11-24"
    later = said | {"since": "2026-11-26", "starts": "19:00", "form-1-first": ""}
    assert client.post(change, later).status_code == 302
    act(day.office.pk)
    assert who(roster, 2) == who(roster, 7) == [day.desk.name]
    assert [clock.local(s.starts_at).hour for s in roster.shifts.all()[:4]] == [18, 18, 18, 19]

    shown = client.get(f"/care/rosters/{roster.ref}/").context["rotas"]
    assert len(shown) == 2
    act(day.office.pk)
    new = roster.rotas.get(until=None)
    assert client.post(f"/care/weekly/{new.ref}/end/").status_code == 302
    act(day.office.pk)
    assert Shift.objects.filter(roster=roster).count() == 3  # Monday to Wednesday by the old one


def who(roster, days: int) -> list[str]:
    """Who answers at 20:00, so many days from now."""
    at = make.NOON + timedelta(days=days, hours=8)
    return [shift.person.name for shift in Shift.objects.filter(roster=roster).at(at)]


def test_the_people_of_all_weeks_are_read_once():
    day = world.day()
    roster = make.roster(day.office, answers_for="desk", at=day.provider)
    client, page = signed_in(day.desk), f"/care/rosters/{roster.ref}/weekly/"
    with CaptureQueriesContext(connection) as queries:
        form = client.get(page)
    assert form.content.decode().count(day.desk.name) >= len(form.context["weeks"].forms) * 3 == 12
    assert sum("people_membership" in q["sql"] and "ORDER BY" in q["sql"] for q in queries) == 1


def test_a_rota_beside_another_is_named():
    day = world.day()
    roster = make.roster(day.office, answers_for="desk", at=day.provider)
    client, page = signed_in(day.desk), f"/care/rosters/{roster.ref}/weekly/"
    said = WEEK | {"form-0-first": day.desk.pk}
    client.post(page, said)
    again = client.post(page, said | {"weekdays": ["4", "5"]}, follow=True)
    assert [str(m) for m in again.context["messages"]][-1].startswith("겹치는 시간에 다른 매주 근무가 있습니다: 월")
    fine = client.post(page, said | {"weekdays": ["6"]}, follow=True)
    assert len(fine.context["messages"]) == 1


def test_a_shift_of_a_rota_is_taken_back_and_stays_so():
    day = world.day()
    roster = make.roster(day.office, answers_for="desk", at=day.provider)
    make.rota(roster, [day.desk])
    act(day.office.pk)
    rosters.write(roster, make.NOON)
    client, shift = signed_in(day.desk), roster.shifts.first()
    assert client.post(f"/care/shifts/{shift.pk}/take-back/").status_code == 302
    act(day.office.pk)
    assert (who(roster, 0), who(roster, 1)) == ([], [day.desk.name])
    assert rosters.write_all(day.office.pk, make.NOON) == 0


def test_a_shift_put_on_by_hand_comes_before_the_rota_and_gives_way_to_it_when_taken_back():
    day = world.day()
    roster = make.roster(day.office, answers_for="desk", at=day.provider)
    make.rota(roster, [day.desk])
    evening = make.NOON + timedelta(hours=3)
    mine = Shift(office=day.office, roster=roster, person=day.desk, starts_at=evening, ends_at=evening + 18 * HOUR)
    rosters.put_on([mine], by=day.desk, now=make.NOON)
    first = Shift.objects.filter(roster=roster, starts_at__lt=make.NOON + 24 * HOUR)
    assert [(s.starts_at, s.rota) for s in first] == [(evening, None)]
    rosters.take_off(mine, by=day.desk, now=make.NOON)
    assert [(s.starts_at, s.rota) for s in first.all()] == [(evening + 3 * HOUR, roster.rotas.get())]
