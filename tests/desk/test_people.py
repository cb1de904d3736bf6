"""Accounts: given by an administrator, shown once, ended at once."""

import re

import pytest
from django.core.management import call_command
from django.test import Client
from tests import make
from tests.desk.test_board import Browser, signed_in

from dure.desk import doctor
from dure.duty.models import Ladder
from dure.offices.models import Office
from dure.people.models import Person, Roster

pytestmark = pytest.mark.django_db


def test_an_administrator_gives_a_log_in_that_works_and_takes_it_back():
    office = make.office(is_demo=True)
    boss, clerk = make.person(office, "관리자", as_="admin"), make.person(office, "새사람")
    client = signed_in(boss)
    assert "새사람" in client.get("/people/").content.decode()
    page = client.post(f"/people/{clerk.ref}/login/", {"username": "saesaram"}).content.decode()
    password = re.search(r"<strong>([^<]+)</strong>", page)[1]
    theirs = Browser()
    theirs.office = office.pk
    assert theirs.post("/login/", {"username": "saesaram", "password": password}).status_code == 302
    own = "느티나무 그늘의 참새"
    theirs.post("/password/", {"old_password": password, "new_password1": own, "new_password2": own})
    assert theirs.get("/board/").status_code == 200
    client.post(f"/people/{clerk.ref}/leave/")
    assert theirs.get("/board/").status_code == 302
    assert Client().post("/login/", {"username": "saesaram", "password": own}).status_code == 200


def test_nobody_ends_the_own_account_and_officers_give_none():
    office = make.office()
    boss, officer = make.person(office, as_="admin"), make.person(office)
    assert signed_in(boss).post(f"/people/{boss.ref}/leave/").status_code == 409
    assert signed_in(officer).get("/people/").status_code == 403


def test_a_real_office_is_set_up_by_one_command(tmp_path, capsys):
    areas = tmp_path / "dongs.csv"
    areas.write_text("code,name,lon,lat\n1214012345,시험1동,126.8,35.1\n1214012346,시험2동,,\n", encoding="utf-8")
    make.role("owner")
    call_command("office", "새시험구", admin="boss-of-it", admin_name="김관리", phone="010-0000-9999", areas=areas)
    office = Office.objects.get(name="새시험구")
    said = capsys.readouterr().out
    assert "2 dongs" in said
    password = re.search(r"password (\S+),", said)[1]
    assert set(Ladder.objects.filter(office=office).values_list("name", flat=True)) == {
        "worker", "worker_help",
        "visit", "case", "oncall", "centre", "followup", "office", "paper", "dong", "call", "call_holiday", "call_list",
        "call_list_office",
    }  # fmt: skip
    assert Person.objects.get(username="boss-of-it").check_password(password)
    rosters = Roster.objects.filter(office=office).order_by("pk").values_list("answers_for", "name")
    assert list(rosters)[:2] == [("oncall", "당직"), ("officer", "지자체 담당 공무원")]
    gaps = [finding.what for finding in doctor.rosters(make.NOON, make.NOON) if str(office) in finding.what]
    assert len(set(gaps)) == len(gaps) and "새시험구 · 당직" in "".join(gaps)
