"""The pages of a change, the checklist of who begins, and what the data base refuses."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dure.care.changes import actions, leaving, ready, returning
from dure.care.changes.models import Certificate, Change, Contract, Destination, HandedBack
from dure.sheets.read import read
from tests import make
from tests.care import world as w
from tests.care.changes.world import AFTER, THEN, build, confirmed, planned, sent
from tests.care.pages import signed_in
from tests.care.world import DAY, MORNING

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return build()


def test_a_providers_checklist_says_what_is_missing_before_its_first_day(world):
    change = planned(world, ends=False, recipient=world.people[0])
    sent(world, change)
    actions.confirm(change, by=world.officer, now=MORNING)
    new = make.organisation(world.office, "provider")
    assert ready.first_day(world.next, DAY) == THEN
    assert [item.done for item in ready.checklist(new, MORNING)] == [False] * 7
    done = {item.name: item.done for item in ready.checklist(world.next, MORNING)}
    assert list(done.values()) == [True, True, True, False, False, True, False]


def test_the_pages_from_the_plan_to_the_certificate(world, moved):
    moved(MORNING)
    client = signed_in(world.officer)
    said = {"provider": world.provider.pk, "what": "ends", "day": THEN, "why": "계약 종료"}
    assert client.post("/care/changes/new/", said | {"what": "dong"}).status_code == 422
    page = client.post("/care/changes/new/", said)["Location"]
    shown = client.get(page).content.decode()
    assert "가*1" in shown and "가상1" not in shown
    assert client.post(f"{page}confirm/").status_code == 409
    assert client.post(f"{page}send/", {"who": "rest"}).status_code == 422
    make.act(world.office.pk)
    first = Destination.objects.order_by("pk")[0]
    client.post(f"{page}send/", {"who": "ticked", "row": [first.pk, "x"], "why": "전출"})
    client.post(f"{page}send/", {"who": "dong", "area": world.dong.pk, "route": world.next_route.pk})
    client.post(f"{page}day/", {"day": THEN + timedelta(days=1)})
    client.post(f"{page}day/", {"day": THEN})
    assert client.post(f"{page}confirm/").status_code == 302
    assert client.post(f"{page}reopen/").status_code == 302 and client.post(f"{page}confirm/").status_code == 302
    assert client.get("/care/changes/").status_code == 200
    make.act(world.office.pk)
    actions.carry_out(world.office.pk, AFTER)
    moved(AFTER + timedelta(days=1))
    assert client.get(page).status_code == 200
    assert client.post(f"{page}return/thing/", {"thing": "x"}).status_code == 422
    for thing in ("paper", "files", "phones", "keys", "records"):
        client.post(f"{page}return/thing/", {"thing": thing, "how": "returned", "day": THEN, "note": "담당자"})
    paper = {"signed_by": "박대표", "day": THEN, "data": "명단", "how": "파쇄"}
    assert client.post(f"{page}return/certificate/", paper).status_code == 422
    scan = SimpleUploadedFile("파기확인서.pdf", b"%PDF-1.4 scan %%EOF")
    assert client.post(f"{page}return/certificate/", paper | {"file": scan}).status_code == 302
    assert client.get(f"{page}return/file/").content == b"%PDF-1.4 scan %%EOF"
    assert "박대표" in client.get(f"{page}return/").content.decode()
    assert signed_in(world.next_desk).get(page).status_code == 403
    contract = {"business": "factory", "since": DAY, "until": DAY - timedelta(days=1)}
    address = f"/care/changes/ready/{world.next.ref}/"
    assert client.post(address, contract).status_code == 422
    assert client.post(address, contract | {"until": ""}).status_code == 302


def test_a_provider_reads_its_own_checklist_from_its_menu_and_enters_no_contract(world, moved):
    moved(MORNING)
    draft = planned(world, ends=False, recipient=world.people[0])
    sent(world, draft)
    ready.sign(Contract(since=DAY, business="catering"), world.next, by=world.officer, now=MORNING)
    client = signed_in(world.next_desk)
    assert "/care/changes/ready/" in client.get(reverse("places")).content.decode()
    answer = client.get("/care/changes/ready/", follow=True)
    assert answer.status_code == 200 and answer.context["provider"] == world.next
    assert answer.context["contract"] is not None and answer.context["first"] == DAY + timedelta(days=1)
    for item in answer.context["items"]:
        assert not item.page or client.get(item.page, follow=True).status_code == 200
    own, theirs = f"/care/changes/ready/{world.next.ref}/", f"/care/changes/ready/{world.provider.ref}/"
    assert client.post(own, {"business": "catering", "since": str(DAY)}).status_code == 403
    assert client.get(theirs).status_code == 404


def test_the_office_hands_a_provider_that_has_ended_its_settlements(world, moved):
    change = confirmed(world)
    actions.carry_out(world.office.pk, AFTER)
    moved(AFTER)
    client = signed_in(world.officer)
    shown = client.get(f"{change.page}return/").content.decode()
    [link] = re.findall(r'href="(/care/money/export/[^"]+)"', shown)
    file = client.get(link.replace("&amp;", "&"))
    assert file.status_code == 200 and "spreadsheetml" in file["Content-Type"]
    [sheet] = read(file.content)
    providers = {row[3] for row in sheet.rows if row[0] and str(row[0]).startswith("2026-")}
    assert providers == {world.provider.name}


def test_a_plan_takes_as_many_queries_for_many_as_for_few(world, moved):
    moved(MORNING)
    change, client = planned(world), signed_in(world.officer)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(change.page).status_code == 200
        return len(caught)

    queries()
    few = queries()
    make.act(world.office.pk)
    for n in range(6):
        w.recipient(world, f"더{n}")
        make.person(world.office, as_="worker", at=world.provider)
    queries()
    assert queries() == few


@pytest.mark.parametrize(("rows", "change", "constraint"), [
    (Change, {"why": ""}, "change_says_why"),
    (Change, {"confirmed_by": None}, "change_is_confirmed_by_somebody"),
    (Change, {"confirmed_by": None, "confirmed_at": None, "owed": None, "done_at": MORNING},
     "change_is_done_only_when_confirmed"),
    (Change, {"dropped_at": MORNING}, "change_dropped_is_a_draft_somebody_dropped"),
    (Change, {"ends": False}, "change_owes_only_when_it_ends"),
    (Destination, {"why": "x"}, "destination_is_one"),
    (Destination, {"how": "moved"}, "destination_says_how_only_where_meals_end"),
    (Destination, {"to": None}, "destination_course_has_a_provider"),
    (Destination, {"to": None, "route": None}, "destination_is_said_before_it_holds"),
    (HandedBack, {"thing": "x"}, "handed_back_thing_known"),
    (HandedBack, {"how": "x"}, "handed_back_how_known"),
    (Certificate, {"how": ""}, "certificate_says_who_what_and_how"),
])  # fmt: skip
def test_the_data_base_refuses(world, rows, change, constraint):
    made = confirmed(world)
    for thing in ("paper", "files", "phones", "keys", "records"):
        returning.hand_back(made, thing, "none", THEN, "", by=world.officer, now=AFTER)
    paper = Certificate(signed_by="x", day=THEN, data="x", how="x")
    returning.certify(paper, made, b"x", by=world.officer, now=AFTER)
    with pytest.raises(IntegrityError, match=constraint):
        rows.objects.update(**change)


def test_of_a_contract_too_and_each_thing_once(world):
    made = confirmed(world)
    held = ready.Contract(business="factory", since=DAY)
    ready.sign(held, world.next, by=world.officer, now=MORNING)
    for change, constraint in (
        ({"business": "x"}, "contract_business_known"),
        ({"until": DAY - timedelta(days=1)}, "contract_ends_after_it_begins"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            ready.Contract.objects.update(**change)
    row = made.destinations.first()
    with pytest.raises(IntegrityError, match="destination_once"), transaction.atomic():
        Destination.objects.create(office=world.office, change=made, recipient=row.recipient)
    again = Change(office=world.office, provider=world.provider, day=THEN, ends=True, why="x", made_at=MORNING,
                   made_by=world.officer)  # fmt: skip
    with pytest.raises(IntegrityError, match="change_one_end_waits"), transaction.atomic():
        again.save()
    leaving.announce(made)  # twice is once
    member = made.leaving.first()
    with pytest.raises(IntegrityError, match="leaving_once"):
        type(member).objects.create(office=world.office, change=made, membership=member.membership)
