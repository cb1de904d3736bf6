"""The pages of meetings and circulars, as an officer and as the agencies use them."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dure.files.models import LARGEST
from dure.gatherings import actions, sending
from dure.gatherings.forms import AgreedForm
from dure.gatherings.models import Agreed, Attendance, Circular, Gathering, Material
from dure.people.models import Membership, Role
from tests import make
from tests.care.pages import signed_in
from tests.gatherings import world as w
from tests.make import DAY, MINUTE, NOON

pytestmark = pytest.mark.django_db
SAID = {"kind": "meeting", "title": "간담회", "day": DAY, "begins": "14:00", "ends": "15:00", "place": "회의실",
        "agenda": "대면 전달"}  # fmt: skip


@pytest.fixture
def world(moved):
    moved(NOON)
    return w.build()


def seen(world) -> str:
    make.act(world.office.pk)
    return Gathering.objects.get().changed_at.isoformat()


def test_a_meeting_from_the_invitation_to_what_was_agreed(world, moved):
    officer, one = signed_in(world.officer), world.providers[0]
    said = SAID | {"organisations": [one.pk]}
    wrong = officer.post("/gatherings/new/", said | {"ends": "13:00", "organisations": []})
    assert wrong.status_code == 422 and set(wrong.context["form"].errors) == {"ends", "organisations"}
    page = officer.post("/gatherings/new/", said)["Location"]
    officer.post(f"{page}change/", said | {"place": "대강당", "seen": seen(world)})
    assert officer.post(f"{page}agree/", {"what": "x", "owner": world.desks[0].pk, "due_on": DAY}).status_code == 409
    moved(w.BEGINS)
    officer.post(f"{page}attendance/", {"people": [world.desks[0].pk], "guests": "통장", "seen": seen(world)})
    officer.post(f"{page}agree/", {"what": "가방 교체", "owner": world.desks[0].pk, "due_on": DAY})
    assert officer.post(f"{page}minutes/", {"minutes": " ", "seen": seen(world)}).status_code == 422
    officer.post(f"{page}minutes/", {"minutes": "모두 동의함", "seen": seen(world)})
    make.act(world.office.pk)
    gathering, agreed = Gathering.objects.get(), Agreed.objects.get()
    assert (gathering.place, gathering.minutes, gathering.attendances.count()) == ("대강당", "모두 동의함", 2)

    desk = signed_in(world.desks[0])
    shown = desk.get(page)
    assert "가방 교체" in shown.content.decode() and "agree/" not in shown.content.decode()
    assert desk.post(f"/gatherings/agreed/{agreed.ref}/drop/", {"why": "x"}).status_code == 403
    assert desk.post(f"/gatherings/agreed/{agreed.ref}/done/", {"said": "끝\x00"}).status_code == 302
    assert desk.post(f"/gatherings/agreed/{agreed.ref}/done/", {"said": "끝"}).status_code == 302
    make.act(world.office.pk)
    assert Agreed.objects.get().said == "끝"
    assert signed_in(world.desks[1]).get(page).status_code == 404
    for client, there in ((desk, True), (signed_in(world.desks[1]), False)):
        assert ("간담회</a>" in client.get("/gatherings/").content.decode()) is there


def test_what_others_took_on_is_seen_by_every_agency_invited(world):
    gathering = w.meeting(world)
    for what, owner in (("지침 배포", world.officer), ("가방 교체", world.desks[1])):
        w.agreed(world, gathering, owner, what)
    for page in (f"/gatherings/{gathering.ref}/", "/gatherings/"):
        shown = signed_in(world.desks[0]).get(page).content.decode()
        assert "지침 배포" in shown and "가방 교체" in shown


def test_minutes_written_meanwhile_are_not_lost_and_neither_is_what_was_typed(world, moved):
    gathering = w.meeting(world)
    moved(w.BEGINS)
    page, before = f"/gatherings/{gathering.ref}/", seen(world)
    one, two = signed_in(world.officer), signed_in(make.person(world.office, "둘째"))
    one.post(f"{page}minutes/", {"minutes": "긴 회의록 전문", "seen": before})
    late = two.post(f"{page}minutes/", {"minutes": "짧은 메모", "seen": before})
    assert (
        late.status_code == 422 and "긴 회의록 전문" in late.content.decode() and "짧은 메모" in late.content.decode()
    )
    also = two.post(f"{page}attendance/", {"people": [world.desks[0].pk], "guests": "", "seen": before})
    assert also.status_code == 422
    make.act(world.office.pk)
    assert Gathering.objects.get().minutes == "긴 회의록 전문" and not Attendance.objects.exists()
    again = also.context["forms"]["attendance"]["seen"].value()
    assert two.post(f"{page}attendance/", {"people": [world.desks[0].pk], "seen": again}).status_code == 302


def test_a_stale_form_takes_nobody_out_who_was_just_invited(world, moved):
    gathering, before = w.meeting(world, world.providers[0]), seen(world)
    page = f"/gatherings/{gathering.ref}/change/"
    both = SAID | {"organisations": [each.pk for each in world.providers], "seen": before}
    one, two = signed_in(world.officer), signed_in(make.person(world.office, "둘째"))
    moved(NOON + MINUTE)
    assert one.post(page, both).status_code == 302
    assert two.post(page, both | {"organisations": [world.providers[0].pk]}).status_code == 422
    make.act(world.office.pk)
    assert Gathering.objects.get().invitations.count() == 2


@pytest.mark.parametrize(("where", "name"), [
    ("minutes", "minutes"), ("attendance", "guests"), ("cancel", "why"), ("agree", "what"),
])  # fmt: skip
def test_a_resident_number_is_kept_nowhere(world, moved, where, name):
    gathering = w.meeting(world)
    moved(w.BEGINS)
    said = {name: "홍길동 420101-1234567", "seen": seen(world), "owner": world.officer.pk, "due_on": DAY}
    assert signed_in(world.officer).post(f"/gatherings/{gathering.ref}/{where}/", said).status_code == 422


def test_a_list_too_long_is_said_and_kept(world):
    page = f"/gatherings/{w.meeting(world).ref}/attendance/"
    said = {"people": [world.desks[0].pk], "guests": "통장 김영희\n" * 800, "seen": seen(world)}
    wrong = signed_in(world.officer).post(page, said)
    assert wrong.status_code == 422 and set(wrong.context["forms"]["attendance"].errors) == {"guests"}
    assert (
        f'value="{world.desks[0].pk}" id="id_people' in wrong.content.decode() and "checked" in wrong.content.decode()
    )


def test_who_can_do_what_is_agreed(world):
    """Whoever answers today at an agency invited or at the office, drivers or not; nobody else."""
    desk, gathering = world.desks[0], w.meeting(world, world.providers[0])
    Membership.objects.create(
        office=world.office, person=desk, organisation=world.providers[0], role=Role.WORKER, since=DAY
    )
    make.person(world.office, "배달", as_="worker", at=world.providers[0])
    gone = make.person(world.office, "옮김", Role.PROVIDER, world.providers[0])
    gone.memberships.update(until=DAY)
    field = AgreedForm(gathering=gathering).fields["owner"]
    assert set(field.queryset) == {desk, world.officer}
    assert world.providers[0].name in field.label_from_instance(field.queryset.get(pk=desk.pk))


def test_who_is_not_told_by_any_message_is_named(world):
    empty = make.organisation(world.office, "provider", "빈 급식소", phone="062-1")
    said = signed_in(world.officer).post("/gatherings/new/", SAID | {"organisations": [empty.pk]}, follow=True)
    assert "빈 급식소 062-1" in said.content.decode()


def test_a_circular_with_a_file_is_read_and_acknowledged_by_each_agency_for_itself(world):
    officer = signed_in(world.officer)
    said = {"title": "원칙", "text": "직접 만나서", "answer_by": DAY + timedelta(days=1),
            "organisations": [each.pk for each in world.providers]}  # fmt: skip
    large = officer.post("/gatherings/circulars/new/", said | {"file": SimpleUploadedFile("x", b"x" * (LARGEST + 1))})
    assert large.status_code == 422 and set(large.context["form"].errors) == {"file"}
    past = officer.post("/gatherings/circulars/new/", said | {"answer_by": DAY - timedelta(days=1)})
    assert past.status_code == 422 and set(past.context["form"].errors) == {"answer_by"}
    file = SimpleUploadedFile("지침.pdf", b"%PDF")
    page = officer.post("/gatherings/circulars/new/", said | {"file": file})["Location"]
    one, two = (signed_in(desk) for desk in world.desks)
    assert [copy.organisation for copy in one.get(page).context["copies"]] == world.providers[:1]
    make.act(world.office.pk)
    got = one.get(f"/gatherings/material/{Material.objects.get().ref}/")
    assert (got.content, got["Content-Type"]) == (b"%PDF", "application/octet-stream")
    assert "attachment" in got["Content-Disposition"]
    one.post(f"{page}acknowledge/")
    officer.post(f"{page}acknowledge/")  # who answers at no agency acknowledges for none
    assert [bool(copy.acknowledged_at) for copy in officer.get(page).context["copies"]].count(True) == 1
    assert not one.get(page).context["mine_open"] and two.get(page).context["mine_open"]
    for client, counts in ((one, (1, 1)), (two, (0, 1)), (officer, (1, 2))):
        shown = client.get("/gatherings/").context["circulars"][0]
        assert (shown.read, shown.all) == counts


def test_who_only_delivers_for_an_agency_does_not_acknowledge_in_its_name(world):
    sent = w.circular(world)
    Membership.objects.create(
        office=world.office, person=world.desks[0], organisation=world.providers[1], role=Role.WORKER, since=DAY
    )
    signed_in(world.desks[0]).post(f"/gatherings/circulars/{sent.ref}/acknowledge/")
    make.act(world.office.pk)
    open_now = Circular.objects.get().copies.filter(acknowledged_at=None)
    assert [copy.organisation for copy in open_now] == [world.providers[1]]


def test_an_officer_ends_one_copy_or_all(world):
    sent, officer = w.circular(world), signed_in(world.officer)
    page = f"/gatherings/circulars/{sent.ref}/settle/"
    make.act(world.office.pk)
    first = sent.copies.get(organisation=world.providers[0])
    officer.post(page, {"copy": first.pk, "how": "read", "why": ""})
    officer.post(page, {"copy": "x", "how": "read", "why": "x"})
    officer.post(page, {"copy": first.pk, "how": "read", "why": "박하나 통화"})
    officer.post(page, {"why": "잘못 보냄"})
    make.act(world.office.pk)
    ended = sent.copies.order_by("pk").values_list("acknowledged_by__name", "excused_by__name", "why")
    assert list(ended) == [("한담당", None, "박하나 통화"), (None, "한담당", "잘못 보냄")]


def test_who_got_nothing_sees_nothing(world):
    gathering, sent = w.meeting(world, world.providers[0]), w.circular(world, world.providers[0])
    material = actions.add_material(gathering, "명단.xlsx", b"x", by=world.officer, now=NOON)
    other = signed_in(world.desks[1])
    for page in (f"{gathering.ref}/", f"circulars/{sent.ref}/", f"material/{material.ref}/"):
        assert other.get(f"/gatherings/{page}").status_code == 404
    assert other.post(f"/gatherings/circulars/{sent.ref}/acknowledge/").status_code == 404
    make.act(world.office.pk)
    assert sending.acknowledge(sent, [world.providers[1].pk], by=world.desks[1], now=NOON) == 0
