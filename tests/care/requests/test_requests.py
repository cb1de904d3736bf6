"""A recipient asks what is held: everything of them, nothing of others; answered by a day, with what was refused."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dure.audit.models import Entry
from dure.care.calls.models import Home
from dure.care.complaints import actions as complaints
from dure.care.complaints.models import Complaint
from dure.care.models import Contact, Recipient, Visit
from dure.care.requests import actions
from dure.care.requests.held import EXCUSED, TOLD, held
from dure.care.requests.models import Request
from dure.cases.models import Case
from dure.duty.models import Duty
from dure.duty.opening import publish_ladder
from dure.errors import Refused
from dure.offices.acting import act
from tests import make
from tests.care import world as w
from tests.make import NOON

pytestmark = pytest.mark.django_db
ABUSE, THIRD, REPORTER, PHONE, STAFF = "멍이 보임", "딸이름", "옆집사람", "010-9999-8888", "일꾼이름"


@pytest.fixture
def world(moved):
    moved(NOON)
    world = w.build()
    rung = [{"who": "officer", "of": "office", "wait": 3600, "channels": []}]
    publish_ladder(world.office.pk, "paper", rung, by=None, now=NOON)
    return world


@pytest.fixture
def asked(world):
    """Of somebody of whom much is known."""
    somebody = world.recipient
    Recipient.objects.filter(pk=somebody.pk).update(health="당뇨", phone="010-0000-0001", born_on="1941-03-05")
    somebody.refresh_from_db()
    Home.objects.create(office=world.office, recipient=somebody, alone=True)
    Contact.objects.create(office=world.office, recipient=somebody, name=THIRD, relation="딸", phone=PHONE)
    world.worker.name = STAFF
    world.worker.save()
    w.says(world, "seen_with_concern", signs=("vigour",), note="기운이 없음")
    return actions.receive(new(somebody), by=world.officer, now=NOON)


def new(recipient, **values):
    said = {"kind": "see", "by": "self", "checked": "신분증 확인", "received_on": NOON.date(), **values}
    return Request(recipient=recipient, **said)


def in_words(recipient) -> str:
    parts = held(recipient)
    return "\n".join("|".join([part.title, *part.columns, *(v for row in part.rows for v in row)]) for part in parts)


def test_every_table_that_hangs_on_a_recipient_is_told_or_excused():
    """Also what hangs on a visit, a case, a plan, a call or somebody who waits."""
    from dure.care.calls.models import Call
    from dure.care.support.models import Plan, Waiting

    roots = {Recipient, Visit, Case, Plan, Call, Waiting}
    hang = {
        model for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model in roots
    }  # fmt: skip
    hang |= {m for m in apps.get_models() if any(f.name == "subject" and f.get_internal_type() == "UUIDField"
                                                 for f in m._meta.concrete_fields)}  # fmt: skip
    told = {each.model for each in TOLD}
    assert sorted(m._meta.label for m in hang - told - EXCUSED.keys()) == []
    assert told & EXCUSED.keys() == set()


def test_every_field_of_the_recipient_is_told_or_left_out_for_a_reason():
    whole = {f.name for f in Recipient._meta.concrete_fields}
    told = {show for show in TOLD[0].columns.values() if isinstance(show, str)} | {"place"}
    inside = {"id", "office", "ref", "still_with", "route", "route_order", "ended_how"}
    assert whole - told == inside


def test_everything_of_the_recipient_and_nothing_of_others(world, asked):
    said = in_words(asked.recipient)
    for known in ("홍길동", "1941-03-05", "당뇨", "010-0000-0001", "첨단중앙로", "딸", "기운이 없음"):
        assert known in said
    for other in (THIRD, PHONE, STAFF, world.officer.name):
        assert other not in said.replace("담당자", "")


def test_suspected_abuse_is_never_told(world, asked):
    from dure.care.confidential import InConfidence
    from dure.care.models import Sighting

    for sighting in Sighting.objects.filter(visit__recipient=asked.recipient):
        InConfidence.objects.create(office_id=sighting.office_id, sighting=sighting, note=ABUSE)
    assert InConfidence.objects.exists()
    said = in_words(asked.recipient)
    assert ABUSE not in said and "학대" not in said


@pytest.mark.parametrize(("name", "told"), [("홍길동", True), (REPORTER, False)])
def test_a_complaint_of_somebody_else_is_told_as_a_fact_alone(world, asked, name, told):
    said = Complaint(
        kind="grievance", way="phone", received_on=NOON.date(), title="x", text="밥이 식어서 옴", name=name,
        recipient=asked.recipient, desk=make.house(world.office),
    )  # fmt: skip
    made = complaints.receive(said, by=world.officer, now=NOON)
    found = in_words(asked.recipient)
    assert made.number in found and ("밥이 식어서 옴" in found) is told and REPORTER not in found


def test_who_has_looked_is_told_by_role_and_agency(world, asked):
    from dure.audit.looks import Look

    Look(world.office.pk, world.desk.pk, NOON, "10.0.0.9", "page care:recipient").write({asked.recipient.ref})
    said = in_words(asked.recipient)
    assert f"2026-11-23 12:00|{world.provider} " in said and world.desk.name not in said


def test_it_is_owed_within_ten_days_and_closed_by_the_answer(world, asked):
    assert asked.answer_by == NOON.date() + timedelta(days=10)
    assert Duty.objects.get(kind="care.request").closed_at is None
    actions.answer(asked, "part", "출력하여 드림", "신고자 정보", NOON.date(), by=world.officer, now=NOON)
    asked.refresh_from_db()
    assert (asked.granted, asked.refused_why, asked.answered_by) == ("part", "신고자 정보", world.officer)
    assert Duty.objects.get(kind="care.request").closed_at == NOON
    with pytest.raises(Refused, match="이미"):
        actions.answer(asked, "all", "x", "", NOON.date(), by=world.officer, now=NOON)


def test_days_that_can_t_be_are_refused(world, asked):
    with pytest.raises(Refused, match="아직 오지 않은"):
        later = NOON.date() + timedelta(days=1)
        actions.receive(new(asked.recipient, received_on=later), by=world.officer, now=NOON)
    with pytest.raises(Refused, match="사이"):
        earlier = NOON.date() - timedelta(days=1)
        actions.answer(asked, "all", "x", "", earlier, by=world.officer, now=NOON)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"kind": "x"}, "request_kind_known"),
        ({"by": "x"}, "request_by_known"),
        ({"granted": "x"}, "request_granted_known"),
        ({"checked": ""}, "request_says_how_it_was_checked_who_asks"),
        ({"by": "agent"}, "request_for_another_names_who_asks"),
        ({"kind": "delete"}, "request_to_change_says_what"),
        ({"answer_by": NOON.date() - timedelta(days=1)}, "request_is_answered_after_it_came"),
        ({"answered_at": NOON}, "request_is_answered_by_somebody"),
    ],
)
def test_the_data_base_refuses(asked, change, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Request.objects.filter(pk=asked.pk).update(**change)


@pytest.mark.parametrize(
    ("granted", "done", "why", "constraint"),
    [
        ("none", "", "", "request_refused_says_why"),
        ("part", "x", "", "request_refused_says_why"),
        ("all", "", "", "request_granted_says_what_was_done"),
    ],
)
def test_an_answer_says_what_was_done_or_why_not(world, asked, granted, done, why, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        actions.answer(asked, granted, done, why, NOON.date(), by=world.officer, now=NOON)


def test_the_pages_from_asking_to_the_answer(world, moved):
    client, somebody = make.signed_in(world.officer), world.recipient
    assert "홍*동" in client.post("/care/requests/new/", {"find": "홍길"}, follow=True).content.decode()
    where = f"/care/requests/new/?recipient={somebody.ref}"
    wrong = client.post(where, {"kind": "delete", "by": "agent", "checked": "", "received_on": "2026-11-23"})
    page = wrong.content.decode()
    assert wrong.status_code == 422 and "정정하거나 삭제할 내용을" in page and "대신 요구한 사람의 이름을 입력" in page
    said = {"kind": "see", "by": "self", "checked": "신분증 확인", "received_on": "2026-11-23"}
    made = client.post(where, said)
    act(world.office.pk)
    asked = Request.objects.get()
    assert made.url == asked.page
    assert "2026-12-03까지" in client.get(asked.page).content.decode()
    assert "홍길동" in client.get(f"{asked.page}everything/").content.decode()
    refused = client.post(f"{asked.page}answer/", {"granted": "none", "on": "2026-11-23"})
    assert refused.status_code == 422
    client.post(f"{asked.page}answer/", {"granted": "all", "done": "출력하여 드림", "on": "2026-11-23"})
    assert "출력하여 드림" in client.get(asked.page).content.decode()
    assert "홍*동" in client.get("/care/requests/").content.decode()


def test_the_file_is_on_the_record_with_its_reason(world, asked):
    client = make.signed_in(world.officer)
    made = client.get(f"{asked.page}everything/file/?as=xlsx")
    words = zipfile.ZipFile(io.BytesIO(made.content)).read("xl/sharedStrings.xml").decode()
    assert "당뇨" in words and STAFF not in words
    act(world.office.pk)
    line = Entry.objects.filter(did="took along").latest("id")
    assert asked.recipient.ref in line.whose and "2026-11-23" in line.why
    assert client.get(f"{asked.page}everything/file/?as=exe").status_code == 404


def test_a_provider_and_a_centre_see_no_request(world, asked):
    for person in (world.desk, world.centre):
        client = make.signed_in(person)
        assert client.get(asked.page).status_code == 403
        act(world.office.pk)


def test_it_asks_a_fixed_number_of_times(world, asked):
    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            held(asked.recipient)
        return len(found)

    before = count()
    for n in range(5):
        Contact.objects.create(office=world.office, recipient=asked.recipient, name=f"{n}", phone=f"{n}")
    assert count() == before
