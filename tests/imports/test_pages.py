"""The whole way through the pages, as a browser goes it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dure import clock
from dure.health.actions import beat
from dure.imports import asking, tasks
from dure.imports.models import Upload
from dure.offices.acting import act
from dure.people.models import Person, Role
from dure.sheets.read import read

from .. import make
from ..sheets import horrible
from .staff import Staff
from .test_planted import GOOD, HEADER

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.imports.urls")]
BAD = ["이두리", "010-1", *GOOD[2:]]


@pytest.fixture(autouse=True)
def without_the_menu(settings):
    """The frame's menu leads to pages that this address list doesn't have."""
    (templates,) = settings.TEMPLATES
    processors = [p for p in templates["OPTIONS"]["context_processors"] if p != "dure.desk.frame.frame"]
    settings.TEMPLATES = [templates | {"OPTIONS": {"context_processors": processors}}]


@pytest.fixture
def officer(client: Client) -> Client:
    office = make.office()
    sign_in(client, make.person(office, "담당자"))
    return client


def sign_in(client: Client, person: Person) -> None:
    make.signed_in(person, client)


def upload(client: Client, content: bytes, name: str = "명단.xlsx") -> str:
    file = SimpleUploadedFile(name, content)
    answer = client.post("/imports/staff/", {"file": file, "organisation": ""})
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def act_for(client: Client) -> None:
    act(client.session["office"])


def test_from_the_file_to_its_undoing(officer):
    page = upload(officer, horrible.titled_list([GOOD, BAD], HEADER))
    assert page.endswith("/columns/")
    text = officer.get(page).content.decode()
    assert "열 이름은 4행" in text and "김하나" in text

    chosen = {f"c{i}": key for i, key in enumerate(["name", "phone", "post", "born", "days", "", "", "", "", "note"])}
    preview = officer.post(page, chosen).headers["Location"]
    text = officer.get(preview).content.decode()
    assert "<td>B7</td>" in text and "&#x27;010-1&#x27;은(는) 없는 전화번호입니다" in text and "1행 반영하기" in text
    act_for(officer)
    made = Upload.objects.get()
    digest = text.split('name="digest" value="')[1].split('"')[0]

    answer = officer.post(preview.replace("preview", "apply"), {"digest": digest, "how": "good"})
    result = officer.get(answer.headers["Location"]).content.decode()
    assert "명단을 반영했습니다" in result and "B7" in result
    act_for(officer)
    assert Person.objects.filter(name="김하나", left_at=None).exists()

    paper = officer.get(preview.replace("preview/", "refused.xlsx"))
    (sheet,) = read(paper.content)
    assert sheet.rows[1][0] == "이두리" and "B7" in str(sheet.rows[1][-1])
    assert len(sheet.rows) == 2 and list(sheet.rows[0])[:-1] == HEADER

    officer.post(preview.replace("preview", "undo"))
    assert "1행을 되돌렸습니다" in officer.get(answer.headers["Location"]).content.decode()
    act_for(officer)
    assert not Person.objects.filter(name="김하나", left_at=None).exists()
    assert made.name in officer.get("/imports/").content.decode()


def test_a_long_list_shows_that_it_is_worked_on_until_it_is_done(officer, monkeypatch):
    monkeypatch.setattr(asking, "SHORT", 0)
    monkeypatch.setattr(tasks, "import_string", lambda _: {"staff": Staff()})
    page = upload(officer, horrible.titled_list([GOOD], HEADER))
    chosen = {f"c{i}": key for i, key in enumerate(["name", "phone"])}
    preview = officer.post(page, chosen).headers["Location"]
    digest = officer.get(preview).content.decode().split('name="digest" value="')[1].split('"')[0]
    result = officer.post(preview.replace("preview", "apply"), {"digest": digest}).headers["Location"]

    text = officer.get(result).content.decode()
    assert (
        "명단을 반영하고 있습니다" in text and "지금은 처리가 멈춰 있습니다" in text
    )  # the jobs have never been heard of
    make.role("engine")
    beat("jobs", real=clock.real(), clock_at=make.NOON)
    make.role("app")
    progress = officer.get(result.replace("result", "progress"))
    assert "님이 시작했습니다" in progress.content.decode() and "멈춰" not in progress.content.decode()
    assert officer.get(preview).headers["Location"] == result
    assert "처리 중" in officer.get("/imports/").content.decode()

    act_for(officer)
    (made,) = Upload.objects.all()
    make.role("engine")
    tasks.carry_out(upload=str(made.ref), office=made.office_id, person=made.by_id, tries=0)
    make.role("app")
    assert "HX-Refresh" in officer.get(result.replace("result", "progress")).headers
    assert "명단을 반영했습니다" in officer.get(result).content.decode()


def test_a_header_that_cannot_be_guessed_is_pointed_at(officer):
    page = upload(officer, b"a;b\n1;2\n")
    page = page.replace("columns", "sheet")
    assert officer.get(page).status_code == 200
    answer = officer.post(page, {"sheet": "0", "first": "1", "last": ""})
    assert answer.headers["Location"].endswith("/columns/")
    assert officer.post(page, {"sheet": "9", "first": "x"}).status_code == 409


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"%PDF-1.7", "PDF입니다"), (b"", "빈 파일"), (b"PK\x03\x04x", "손상"), (b"x" * 10_485_761, "10MB")],
)
def test_a_file_that_cannot_be_read_is_answered_on_the_same_page(officer, content, says):
    answer = officer.post("/imports/staff/", {"file": SimpleUploadedFile("명단.xlsx", content), "organisation": ""})
    assert answer.status_code == 422 and says in answer.content.decode()


def test_missing_columns_are_asked_for(officer):
    page = upload(officer, horrible.titled_list([GOOD], HEADER))
    answer = officer.post(page, {"c0": "name"})
    assert answer.status_code == 422 and "고르세요: 휴대전화" in answer.content.decode()


def test_the_empty_form_comes_back_as_it_is_read(officer):
    answer = officer.get("/imports/staff/template.xlsx")
    sheet, guide = read(answer.content)
    assert list(sheet.rows[0]) == HEADER and guide.rows[0][0] == "열"
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]


def test_another_office_and_a_worker_get_nothing(officer, client):
    page = upload(officer, horrible.titled_list([GOOD], HEADER))
    office = make.office()
    stranger = make.person(office, "남의 담당자")
    worker = make.person(office, "조리장", as_=Role.WORKER, at=make.organisation(office))
    sign_in(client, stranger)
    assert client.get(page).status_code == 404
    act(office.pk)
    sign_in(client, worker)
    assert client.get("/imports/staff/").status_code == 403


def test_a_provider_uploads_its_own_list_only(client):
    office = make.office()
    mine, other = make.organisation(office), make.organisation(office, name="남의 복지관")
    sign_in(client, make.person(office, "수행기관", as_=Role.PROVIDER, at=mine))

    assert "남의 복지관" not in client.get("/imports/staff/").content.decode()
    file = SimpleUploadedFile("명단.xlsx", horrible.titled_list([GOOD], HEADER))
    assert client.post("/imports/staff/", {"file": file, "organisation": other.pk}).status_code == 422
    file.seek(0)
    assert client.post("/imports/staff/", {"file": file, "organisation": mine.pk}).status_code == 302
    assert client.get("/imports/nothing/").status_code == 404


def test_nothing_that_was_uploaded_breaks_a_page(officer):
    """Whatever stands in a list is shown as words."""
    rows = [["<script>alert(1)</script>", "010-1234-5678", *GOOD[2:]]]
    page = upload(officer, horrible.titled_list(rows, HEADER), name="<b>.xlsx")
    chosen = {f"c{i}": key for i, key in enumerate(["name", "phone"])}
    preview = officer.get(officer.post(page, chosen).headers["Location"]).content.decode()
    assert "<script>alert" not in preview and "&lt;script&gt;" in preview
