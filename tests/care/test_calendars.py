"""Shifts in a calendar of one's own: by a secret address, correct by RFC 5545, and gone when it is taken away."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from django.test import Client

from dure.care import rosters
from dure.people.models import CalendarLink, Membership, Shift
from dure.sheets.ical import Entry, write
from tests import make
from tests.care.pages import signed_in
from tests.field import world

NOON = make.NOON


def test_long_and_odd_titles_are_folded_and_escaped_and_read_back_as_they_were():
    title = "광산구 통합돌봄과; 야간, 당직\\표 " * 9
    body = write("당직", [Entry("1@dure", NOON, NOON + timedelta(hours=15), title, "첫째\n둘째")], now=NOON)
    lines = body.split(b"\r\n")
    assert body.endswith(b"END:VCALENDAR\r\n") and max(map(len, lines)) <= 75
    assert b"DTSTART:20261123T030000Z" in lines and b"DTEND:20261123T180000Z" in lines
    for line in lines:
        line.decode()  # no letter is cut in two
    [event] = icalendar.Calendar.from_ical(body).walk("VEVENT")
    assert (event["summary"], event["location"], event["uid"]) == (title, "첫째\n둘째", "1@dure")
    assert event.decoded("dtstart") == datetime(2026, 11, 23, 3, tzinfo=UTC)


@pytest.fixture
def day(moved):
    moved(NOON)
    made = world.day()
    made.roster = make.roster(made.office, answers_for="desk", at=made.provider)
    make.rota(made.roster, [made.desk])
    rosters.write(made.roster, NOON)
    return made


def address(answer) -> str:
    return answer.context["address"].removeprefix("http://testserver")


def events(page: str) -> list[tuple[str, datetime]]:
    answer = Client().get(page)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    found = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    return [(str(e["summary"]), e.decoded("dtstart")) for e in found]


@pytest.mark.django_db
def test_ones_own_shifts_and_a_rosters_until_the_address_is_taken_away(day):
    client = signed_in(day.desk)
    mine, whole = (address(client.post(f"/care/{of}/calendar/")) for of in ("shifts", f"rosters/{day.roster.ref}"))
    assert events(mine)[0] == ("당직", NOON + timedelta(hours=6))
    assert events(whole)[0] == (day.desk.name, NOON + timedelta(hours=6))
    again = address(client.post("/care/shifts/calendar/"))
    assert Client().get(mine).status_code == 403  # a new one ends the one before
    make.act(day.office.pk)
    assert not CalendarLink.objects.filter(token_sha256__contains=again[-20:]).exists()
    for link in CalendarLink.objects.filter(revoked_at=None):
        assert client.post(f"/care/links/{link.pk}/revoke/").status_code == 302
        make.act(day.office.pk)
    assert [Client().get(page).status_code for page in (again, whole)] == [403, 403]


@pytest.mark.django_db
def test_who_left_or_went_elsewhere_reads_no_roster_any_more(day):
    whole = address(signed_in(day.desk).post(f"/care/rosters/{day.roster.ref}/calendar/"))
    make.act(day.office.pk)
    elsewhere = make.organisation(day.office)
    make.rewrite(Membership.objects.filter(person=day.desk), organisation=elsewhere)
    assert Client().get(whole).status_code == 403
    make.act(day.office.pk)
    make.rewrite(Membership.objects.filter(person=day.desk), organisation=day.provider)
    assert len(events(whole)) == 57
    make.act(day.office.pk)
    type(day.desk).objects.filter(pk=day.desk.pk).update(left_at=NOON)
    assert Client().get(whole).status_code == 403


@pytest.mark.django_db
def test_a_shift_keeps_its_key_when_it_is_written_again(day):
    client = signed_in(day.desk)
    page = address(client.post("/care/shifts/calendar/"))

    def keys() -> list[str]:
        return [str(e["uid"]) for e in icalendar.Calendar.from_ical(Client().get(page).content).walk("VEVENT")]

    before = keys()
    make.act(day.office.pk)
    Shift.objects.filter(roster=day.roster, starts_at__gt=NOON).delete()
    rosters.write(day.roster, NOON)
    assert keys() == before and len(set(before)) == 57
