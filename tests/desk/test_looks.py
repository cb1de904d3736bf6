"""Who has looked: what a page and a refresh write, the month that is reviewed and signed, one recipient's looks."""

from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from tests import make
from tests.care.pages import signed_in
from tests.field import world

from dure.audit.models import Entry, Review
from dure.desk.reviewing import KIND, owe_review
from dure.duty.models import Duty
from dure.offices.acting import act

pytestmark = pytest.mark.django_db
POLL = {"HTTP_HX_REQUEST": "true"}
VISITS = "/care/visits/?day=2026-11-23"
LATER = make.NOON + timedelta(days=20)


def looks(office) -> list[Entry]:
    act(office.pk)
    return list(Entry.objects.filter(did__in=["looked", "printed"]).order_by("id"))


def test_a_page_is_a_look_and_a_refresh_only_when_somebody_new_is_shown(moved):
    day = world.day()
    client = signed_in(day.officer)
    moved(make.NOON + timedelta(hours=2))
    client.get(VISITS)
    [look] = looks(day.office)
    assert (look.about, set(look.whose)) == ("page care:visits", {v.recipient.ref for v in day.visits})
    client.get(VISITS, **POLL)
    client.get(VISITS, **POLL)
    assert len(looks(day.office)) == 1  # nobody new
    client.get(VISITS)
    assert len(looks(day.office)) == 2  # opened again
    moved(make.NOON + timedelta(hours=15))
    client.get(VISITS, **POLL)
    assert len(looks(day.office)) == 3  # another working day


def test_banners_and_refusals_of_people_who_may_not_are_no_looks():
    day = world.day()
    client = signed_in(day.officer)
    client.get("/banners/", **POLL)
    assert signed_in(day.desk).get("/people/").status_code == 403
    assert looks(day.office) == []


def test_what_is_printed_takes_along_whom_the_page_showed():
    day = world.day()
    client, ref = signed_in(day.officer), day.visits[0].recipient.ref
    client.get(f"/care/recipients/{ref}/")
    assert client.post("/looks/printed/", {"page": f"/care/recipients/{ref}/"}).status_code == 204
    shown, printed = looks(day.office)
    assert (printed.did, printed.about, printed.whose) == ("printed", shown.about, [ref])
    assert client.post("/looks/printed/", {"page": "/no/where/"}).status_code == 400


def test_a_recipient_s_looks_are_told_to_officers_alone():
    day = world.day()
    ref = day.visits[0].recipient.ref
    signed_in(day.desk).get(f"/care/recipients/{ref}/")
    page = signed_in(day.officer).get(f"/looks/recipients/{ref}/").content.decode()
    assert str(day.desk) in page and "127.0.0.1" in page
    assert signed_in(day.desk).get(f"/looks/recipients/{ref}/").status_code == 403


def test_a_month_is_owed_reviewed_and_signed_once(moved):
    day = world.day()
    boss = make.person(day.office, as_="admin")
    moved(make.NOON)
    signed_in(day.officer).get(f"/care/recipients/{day.visits[0].recipient.ref}/")
    act(day.office.pk)
    assert owe_review(day.office.pk, make.NOON) == 0  # nothing was looked at in October
    moved(LATER)
    assert [owe_review(day.office.pk, LATER) for _ in range(2)] == [1, 0]
    assert Duty.objects.get(kind=KIND).page == "/looks/?month=2026-11"
    client = signed_in(boss)
    page = client.get("/looks/").content.decode()
    assert "2026-11" in page and str(day.officer) in page
    assert client.post("/looks/?month=2026-12", {"remark": "x"}).status_code == 409  # isn't over
    assert client.post("/looks/?month=2026-11", {"remark": ""}).status_code == 422
    assert client.post("/looks/?month=2026-11", {"remark": "특이 사항 없음"}).status_code == 302
    assert client.post("/looks/?month=2026-11", {"remark": "또"}).status_code == 409
    act(day.office.pk)
    assert Review.objects.get().month == date(2026, 11, 1)
    assert Duty.objects.get(kind=KIND).closed_by == boss


def test_each_number_of_the_month_opens_its_rows(moved):
    day = world.day()
    boss = make.person(day.office, as_="admin")
    ref = day.visits[0].recipient.ref
    client = signed_in(day.officer)
    moved(make.NOON)
    client.get(f"/care/recipients/{ref}/")
    moved(make.NOON + timedelta(hours=11))  # 23:00
    client.get(VISITS)
    client.get("/care/money/export/?first=2026-11-01&last=2026-11-23")
    see = signed_in(boss)
    [row] = see.get("/looks/?month=2026-11").context["people"]
    assert (row["pages"], row["one"], row["night"], row["downloads"], row["prints"]) == (3, 1, 2, 1, 0)
    for only, n in (("", 3), ("one", 1), ("night", 2), ("downloads", 1), ("prints", 0)):
        page = see.get(f"/looks/rows/?month=2026-11&who={day.officer.pk}&only={only}").context["page"]
        assert page.paginator.count == n, only


def test_the_record_can_t_be_changed_by_pages_or_jobs():
    day = world.day()
    signed_in(day.officer).get("/care/visits/")
    for role in ("app", "engine"):
        make.role(role)
        act(day.office.pk)
        for sql in ("UPDATE audit_entry SET whose = '{}'", "DELETE FROM audit_entry", "DELETE FROM audit_review"):
            with pytest.raises(ProgrammingError, match="denied"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)


def test_an_export_with_names_says_whose_and_one_without_names_nobody(moved):
    day = world.day()
    moved(make.NOON)
    client, days = signed_in(day.officer), "first=2026-11-01&last=2026-11-23"
    assert client.get(f"/care/money/export/?{days}").status_code == 200
    named = {"first": "2026-11-01", "last": "2026-11-23", "reason": "의회 요구 자료"}
    assert client.post("/care/money/export/", named).status_code == 200
    act(day.office.pk)
    without, with_names = Entry.objects.filter(did="took along").order_by("id")
    assert (without.whose, without.why) == ([], "")
    assert (set(with_names.whose), with_names.why) == ({v.recipient.ref for v in day.visits}, "의회 요구 자료")


def test_a_download_is_written_down_however_it_is_asked_for(moved):
    day = world.day()
    moved(make.NOON)
    client = signed_in(day.officer)
    for _ in range(2):
        client.get("/care/report/?day=2026-11-23", **POLL)
    act(day.office.pk)
    assert Entry.objects.filter(did="took along").count() == 2


def test_the_phone_s_requests_are_no_downloads():
    from tests.field.test_api import get

    day = world.day()
    assert get(day, "pack").status_code == 200
    act(day.office.pk)
    assert not Entry.objects.filter(did="took along").exists()


def test_a_month_that_was_signed_before_it_was_owed_is_owed_no_more(moved):
    day = world.day()
    boss = make.person(day.office, as_="admin")
    moved(make.NOON)
    signed_in(day.officer).get(VISITS)
    moved(LATER)
    assert signed_in(boss).post("/looks/?month=2026-11", {"remark": "특이 사항 없음"}).status_code == 302
    act(day.office.pk)
    assert owe_review(day.office.pk, LATER) == 0
