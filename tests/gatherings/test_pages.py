"""The pages of meetings and circulars, as an officer and as the agencies use them."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dure.gatherings import actions
from dure.gatherings.models import Agreed, Circular, Gathering, Material
from tests import make
from tests.care.pages import signed_in
from tests.gatherings import world as w
from tests.make import DAY, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(moved):
    moved(NOON)
    return w.build()


def test_a_meeting_from_the_invitation_to_what_was_agreed(world, moved):
    officer, one = signed_in(world.officer), world.providers[0]
    said = {"kind": "meeting", "title": "간담회", "day": DAY, "begins": "14:00", "ends": "15:00", "place": "회의실",
            "agenda": "대면 전달", "organisations": [one.pk]}  # fmt: skip
    wrong = officer.post("/gatherings/new/", said | {"ends": "13:00", "organisations": []})
    assert wrong.status_code == 422 and set(wrong.context["form"].errors) == {"ends", "organisations"}
    page = officer.post("/gatherings/new/", said)["Location"]
    assert officer.post(f"{page}change/", said | {"place": "대강당"})["Location"] == page
    moved(w.BEGINS)
    officer.post(f"{page}attendance/", {"people": [world.desks[0].pk], "guests": "통장"})
    officer.post(f"{page}agree/", {"what": "가방 교체", "owner": world.desks[0].pk, "due_on": DAY})
    assert officer.post(f"{page}minutes/", {"minutes": " "}).status_code == 422
    officer.post(f"{page}minutes/", {"minutes": "모두 동의함"})
    make.act(world.office.pk)
    gathering, agreed = Gathering.objects.get(), Agreed.objects.get()
    assert (gathering.place, gathering.minutes, gathering.attendances.count()) == ("대강당", "모두 동의함", 2)

    desk = signed_in(world.desks[0])
    shown = desk.get(page)
    assert "가방 교체" in shown.content.decode() and "agree/" not in shown.content.decode()
    assert desk.post(f"/gatherings/agreed/{agreed.ref}/done/", {"said": "끝"}).status_code == 302
    assert signed_in(world.desks[1]).get(page).status_code == 404
    for client, seen in ((desk, True), (signed_in(world.desks[1]), False)):
        assert ("간담회</a>" in client.get("/gatherings/").content.decode()) is seen


def test_a_resident_number_is_not_kept_in_minutes(world, moved):
    gathering = w.meeting(world)
    moved(w.BEGINS)
    page = signed_in(world.officer).post(f"/gatherings/{gathering.ref}/minutes/", {"minutes": "홍 420101-1234567"})
    assert page.status_code == 422
    make.act(world.office.pk)
    assert not Gathering.objects.get().minutes


def test_a_circular_with_a_file_is_read_and_acknowledged_by_each_agency_for_itself(world):
    officer = signed_in(world.officer)
    said = {"title": "원칙", "text": "직접 만나서", "answer_by": DAY + timedelta(days=1),
            "organisations": [each.pk for each in world.providers],
            "file": SimpleUploadedFile("지침.pdf", b"%PDF")}  # fmt: skip
    page = officer.post("/gatherings/circulars/new/", said)["Location"]
    one, two = (signed_in(desk) for desk in world.desks)
    shown = one.get(page)
    assert [copy.organisation for copy in shown.context["copies"]] == world.providers[:1]
    make.act(world.office.pk)
    file = one.get(f"/gatherings/material/{Material.objects.get().ref}/")
    assert (file.content, file["Content-Type"]) == (b"%PDF", "application/octet-stream")
    assert "attachment" in file["Content-Disposition"]
    one.post(f"{page}acknowledge/")
    officer.post(f"{page}acknowledge/")  # the office has no copy of its own
    assert [bool(copy.acknowledged_at) for copy in officer.get(page).context["copies"]].count(True) == 1
    assert not one.get(page).context["mine_open"] and two.get(page).context["mine_open"]


def test_who_got_nothing_sees_nothing(world):
    gathering, sent = w.meeting(world, world.providers[0]), w.circular(world, world.providers[0])
    material = actions.add_material(gathering, "명단.xlsx", b"x", by=world.officer, now=NOON)
    other = signed_in(world.desks[1])
    for page in (f"{gathering.ref}/", f"circulars/{sent.ref}/", f"material/{material.ref}/"):
        assert other.get(f"/gatherings/{page}").status_code == 404
    assert other.post(f"/gatherings/circulars/{sent.ref}/acknowledge/").status_code == 404
    make.act(world.office.pk)
    assert not Circular.objects.get().copies.filter(acknowledged_at__isnull=False).exists()
