"""The pages of certificates: a desk with a folder of paper, an officer, a worker, an administrator; and a list."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dure.care import fit
from dure.care.certificates.models import Certificate, Counted, Kind
from dure.care.models import Visit
from dure.gatherings import actions as gatherings
from dure.gatherings.models import Gathering
from dure.imports import actions as imports
from dure.imports.kinds import Scope
from dure.people.models import Role
from dure.rules.actions import rule
from dure.rules.models import Rule
from dure.sheets.write import Column, Page, write
from dure.urls import KINDS
from tests import make
from tests.care.certificates import world as c
from tests.care.pages import signed_in
from tests.files.hostile import photo
from tests.make import DAY, NOON

pytestmark = pytest.mark.django_db
HOME = "/care/certificates/"
HEADER = ["성명", "휴대전화", "구분", "일자", "시간"]


@pytest.fixture
def world(moved):
    moved(NOON)
    made = c.build()
    make.act(made.office.pk)
    return made


def day(before: int) -> str:
    return str(DAY - timedelta(days=before))


def test_a_desk_enters_a_folder_of_paper_and_one_with_its_photo(world):
    desk, worker, other = signed_in(world.desk), world.worker, world.other
    kind, hygiene = c.kind().pk, c.kind("hygiene").pk
    empty = desk.post(f"{HOME}enter/", {"kind": kind})
    assert empty.status_code == 422
    wrong = desk.post(f"{HOME}enter/", {"kind": kind, f"day_{worker.pk}": day(-1), f"day_{other.pk}": day(3)})
    assert set(wrong.context["form"].errors) == {f"day_{worker.pk}"} and day(3) in wrong.content.decode()
    hours = desk.post(f"{HOME}enter/", {"kind": hygiene, f"day_{worker.pk}": day(1)})
    assert set(hours.context["form"].errors) == {"hours"}
    desk.post(f"{HOME}enter/", {"kind": kind, f"day_{worker.pk}": day(1), f"day_{other.pk}": day(3)})
    make.act(world.office.pk)
    assert Certificate.objects.count() == 2
    twice = desk.post(f"{HOME}enter/", {"kind": kind, f"day_{worker.pk}": day(1)})
    assert twice.status_code == 422 and "이미 등록" in twice.content.decode()

    page = f"{HOME}people/{worker.ref}/"
    file = SimpleUploadedFile("보건증.jpg", photo())
    assert desk.post(f"{page}add/", {"kind": kind, "day": day(1)}).status_code == 422
    assert desk.post(f"{page}add/", {"kind": kind, "day": day(9), "file": file}).status_code == 302
    make.act(world.office.pk)
    kept = Certificate.objects.exclude(content=None).get()
    got = desk.get(f"{HOME}{kept.ref}/file/")
    assert got.content.startswith(b"\xff\xd8\xff") and "attachment" in got["Content-Disposition"]
    assert desk.post(f"{HOME}{kept.ref}/withdraw/", {"why": "다른 사람 것"}).status_code == 302
    assert "다른 사람 것" in desk.get(page).content.decode()
    assert desk.post(f"{page}food/", {"cooks": "on", "packed_only": "on"}).status_code == 422
    assert desk.post(f"{page}food/", {"packed_only": "on"}).status_code == 302


def test_who_lapsed_is_refused_with_names_of_others_and_stands_in_the_morning_check(world):
    c.examined(world, world.worker, DAY - timedelta(days=500))
    visit = world.visit
    desk = signed_in(world.desk)
    course = f"/care/courses/{visit.course.ref}/assign/"
    shown = desk.get(course).content.decode()
    assert f'value="{world.other.pk}"' in shown and f'value="{world.worker.pk}"' not in shown
    refused = desk.post(course, {"to": world.worker.pk, "stop": [visit.ref]})
    assert refused.status_code == 409 and world.other.name in refused.content.decode()
    assert desk.post(f"/care/visits/{visit.ref}/give/", {"to": world.worker.pk}).status_code == 409
    for page in ("/care/morning/", "/care/courses/"):
        assert "건강진단결과서 유효기간은" in desk.get(page).content.decode()
    assert f"{HOME}people/{world.worker.ref}/" in desk.get("/care/morning/").content.decode()
    make.act(world.office.pk)
    assert Visit.objects.get(pk=visit.pk).worker is None
    assert desk.post(course, {"to": world.other.pk, "stop": [visit.ref]}).status_code == 302


def test_an_officer_sees_every_provider_and_downloads_with_a_reason(world):
    c.examined(world, world.worker, DAY - timedelta(days=500))
    officer = signed_in(world.officer)
    shown = officer.get(HOME, {"state": "lapsed"})
    assert [line.person for line in shown.context["page"]] == [world.worker]
    assert officer.post(f"{HOME}download/", {"reason": ""}).status_code == 422
    book = officer.post(f"{HOME}download/", {"reason": "급식소 점검"})
    assert book.content[:2] == b"PK"
    assert officer.post(f"{HOME}providers/{world.provider.ref}/packed/", {"packed": "1"}).status_code == 302
    assert not officer.get(HOME, {"state": "lapsed"}).context["page"].paginator.count


def test_a_worker_sees_the_own_ones(world):
    c.examined(world, world.worker, DAY - timedelta(days=350))
    mine = signed_in(world.worker).get(f"{HOME}mine/").content.decode()
    assert str(DAY + timedelta(days=15)) in mine and world.other.name not in mine


def test_the_office_has_its_own_kinds_and_says_which_training_counts(world):
    officer = signed_in(world.officer)
    assert officer.post(f"{HOME}kinds/", {"name": "건강진단결과서(보건증)"}).status_code == 422
    assert officer.post(f"{HOME}kinds/", {"name": "응급처치", "months": "0"}).status_code == 422
    assert officer.post(f"{HOME}kinds/", {"name": "응급처치", "months": "24"}).status_code == 302
    make.act(world.office.pk)
    own = Kind.objects.get(name="응급처치")
    assert officer.post(f"{HOME}kinds/{own.ref}/retire/").status_code == 302
    training = Gathering(programme="care", kind="training", title="위생교육", begins_at=NOON - timedelta(hours=3),
                         ends_at=NOON)  # fmt: skip
    make.act(world.office.pk)
    gatherings.arrange(training, [world.provider], by=world.officer, now=NOON)
    assert "위생교육" in officer.get(f"{HOME}trainings/").content.decode()
    for said, there in (("-1", 0), ("3", 1), ("", 0)):
        officer.post(f"{HOME}trainings/{training.ref}/count/", {"hours": said})
        make.act(world.office.pk)
        assert Counted.objects.count() == there


def test_an_administrator_changes_a_rule_as_of_a_day_and_it_holds_at_once(world):
    c.examined(world, world.worker, DAY - timedelta(days=370))
    admin = signed_in(make.person(world.office, as_=Role.ADMIN))
    page = "/rules/health-after/"
    said = {"value": "0", "source": "구청 방침", "since": DAY}
    assert 'value="30"' in admin.get(page).content.decode()
    assert admin.post(page, {}).status_code == 422
    assert admin.post(page, said | {"since": DAY - timedelta(days=1)}).status_code == 422
    assert admin.post("/rules/health-bars/", said | {"value": "2"}).status_code == 422
    assert admin.post(page, said).status_code == 302
    assert "구청 방침" in admin.get("/rules/").content.decode()
    make.act(world.office.pk)
    assert rule(world.office.pk, "health-after", DAY) == 0 and Rule.objects.filter(name="health-after").count() == 2
    assert fit.hindered([world.worker.pk], DAY)


def test_a_list_is_taken_in_once_known_again_and_undone(world):
    for each, name in ((world.worker, "가람솔"), (world.other, "나루별")):
        each.name = name
        each.save()
    scope = Scope(world.desk, world.provider, NOON, DAY, whole=False)
    theirs = make.person(world.office, "남의 사람", "worker", make.organisation(world.office, "provider"))
    rows = [
        [world.worker.name, None, "보건증", day(500), None], [world.worker.name, None, "위생교육", day(10), 3],
        [world.other.name, None, "건강진단결과서", day(2), None], [world.other.name, None, "위생교육", day(2), None],
        [theirs.name, None, "보건증", day(2), None], [world.other.name, None, "보건증", day(-2), None],
    ]  # fmt: skip

    def looked():
        content = write([Page("명단", [Column(each) for each in HEADER], rows)])
        upload = imports.take_in("certificates", KINDS["certificates"], scope, "자격.xlsx", content)
        return upload, imports.look(upload, KINDS["certificates"], scope)

    upload, plan = looked()
    assert [each.row.number for each in plan.refused] == [5, 6, 7]
    imports.apply(upload, KINDS["certificates"], scope, digest=plan.digest, whole=False)
    assert Certificate.objects.filter(withdrawn_at=None).count() == 3 and fit.hindered([world.worker.pk], DAY)
    again, plan = looked()
    assert not plan.writes
    upload.refresh_from_db()
    imports.undo(upload, KINDS["certificates"], scope)
    assert not Certificate.objects.filter(withdrawn_at=None).exists() and not fit.hindered([world.worker.pk], DAY)
