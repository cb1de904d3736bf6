"""Files that mean no good, at every door that takes a file: a sentence, nothing kept, nothing lost, memory bounded."""

import io
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import F
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from dure.care.changes.models import Certificate, Change
from dure.duty.models import Duty
from dure.files.models import LARGEST, Content
from dure.files.photos import LONGEST, drawn
from dure.files.sorts import DOCUMENTS, SCANS, named, taken
from dure.gatherings.models import Material
from dure.imports.models import Upload
from dure.offices.acting import acting
from tests import make
from tests.files import hostile
from tests.files.hostile import ANYWHERE, LISTS, NAMES
from tests.test_permissions import as_app, built, undone

SRC = Path(__file__).parents[2] / "src" / "dure"
KOREAN = re.compile(r"[가-힣]{2,}")
MEMORY = 1_200 << 20  # what reading any file may take, with Python and Django themselves (addresses, not use)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock(), built() as found:
        make.role("owner")
        Certificate.objects.all().delete()  # the matrix has one already; here it is owed and handed in
        own, owed = found["own"], Duty.objects.values("pk").filter(ref=found["own"]["duties/ref"])
        Change.objects.filter(ref=own["changes/ref"]).update(
            owed=owed[:1], ends=True, confirmed_at=make.NOON, confirmed_by=F("made_by")
        )
        make.role("app")
        yield found


def doors(world: dict[str, Any]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Every address that takes a file, and what else is entered there."""
    own = world["own"]
    return {
        "imports/views.py": ("/imports/recipients/", {"organisation": ""}),
        "gatherings/views/circulars.py new": (
            "/gatherings/circulars/new/", {"title": "표제어", "text": "본문글", "answer_by": "2099-01-01"},
        ),
        "gatherings/views/circulars.py file": (f"/gatherings/circulars/{own['circulars/ref']}/add/", {}),
        "gatherings/views/gatherings.py": (f"/gatherings/{own['gatherings/ref']}/add/", {}),
        "desk/views/frame.py": ("/map/boundaries/", {}),
        "care/certificates/views/entering.py": (
            f"/care/certificates/people/{own['people/ref']}/add/", {"day": "2026-01-05", "hours": "3.5"},
        ),
        "care/changes/views/returns.py": (
            f"/care/changes/{own['changes/ref']}/return/certificate/", {"signed_by": "서명인", "data": "자료명"},
        ),
        "care/consents/views.py": (
            f"/care/consents/recipients/{own['recipients/ref']}/",
            {"purpose": "meals", "said": "refused", "on": "2026-01-05", "how": "paper"},
        ),
    }  # fmt: skip


def test_every_door_is_tried(world: dict[str, Any]):
    taking = {str(p.relative_to(SRC)) for p in SRC.rglob("*.py") if "request.FILES" in p.read_text()}
    taking -= {"middleware.py"}  # looks only whether there is a file, and counts it
    reading = {str(p.relative_to(SRC)) for p in SRC.rglob("*.py") if "request.read(" in p.read_text()}
    assert reading == {"field/api.py"}  # photos of phones: each of these is tried there by tests/field/test_photos.py
    assert taking == {name.split()[0] for name in doors(world)}, "Add the new door to doors() of this test."
    fields = {str(p.relative_to(SRC)) for p in SRC.rglob("*.py") if re.search(r"\b(File|Image)Field\(", p.read_text())}
    assert fields == {"imports/forms.py"}, "A form takes a file by `dure.files.forms.KeptFile`."


def send(world: dict[str, Any], address: str, said: dict[str, Any], name: str, data: bytes) -> tuple[int, str]:
    """What the office's administrator is answered, and the sentences on the page that follows."""
    client: Client = world["clients"]["admin"]
    answer = client.post(address, said | {"file": SimpleUploadedFile(name, data)})
    if answer.status_code == 302 and not answer["Location"].startswith("/imports/"):
        return 302, client.get(answer["Location"]).content.decode()
    return answer.status_code, answer.content.decode()


def kept() -> tuple[set[int], set[int], set[int]]:
    """Everything that is kept anywhere."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE postgres")
        found = tuple(set(model.objects.values_list("pk", flat=True)) for model in (Content, Material, Upload))
        cursor.execute("SET LOCAL ROLE dure_app")
    return found


def handed_out(world: dict[str, Any], before: tuple[set[int], ...]) -> HttpResponse:
    """The one file that came in since, as it goes out again."""
    (number,) = kept()[1] - before[1]
    with acting(world["office"]):
        ref = Material.objects.get(pk=number).ref
    return world["clients"]["admin"].get(f"/gatherings/material/{ref}/")


@pytest.mark.parametrize("what", ANYWHERE)
def test_no_door_takes_it(what: str, world: dict[str, Any]):
    name, data = ANYWHERE[what]
    for door, (address, said) in doors(world).items():
        if what == "a script" and door.startswith("imports"):
            continue  # words in one column: they are shown as such, and no column is found in them
        with undone():
            as_app()
            before = kept()
            code, page = send(world, address, said, name, data)
            assert code in (302, 409, 422) and kept() == before, f"{what} at {door}: {code}"
            wrong = re.findall(r'class="(?:error|notice (?:danger|warn))"(.*?)</(?:div|p)>', page, re.S)
            assert any(map(KOREAN.search, wrong)), f"{what} at {door}"
            for value in said.values():
                assert str(value) in page, f"{what} at {door}: {value} was lost"


@pytest.mark.parametrize("what", LISTS)
def test_no_list_gets_in(what: str, world: dict[str, Any]):
    name, data = LISTS[what]
    with undone():
        as_app()
        before = kept()
        code, page = send(world, "/imports/recipients/", {"organisation": ""}, name, data)
        assert code == 422 and kept() == before and KOREAN.search(page)


def test_there_are_more_than_twenty_of_them():
    assert len(ANYWHERE) >= 20 and len(LISTS) >= 10


READS = """
import resource, sys, os
resource.setrlimit(resource.RLIMIT_AS, ({most}, {most}))
os.environ["DJANGO_SETTINGS_MODULE"] = "dure.settings"
sys.path.insert(0, {root!r})
import django; django.setup()
from dure.errors import Refused
from dure.files.sorts import DOCUMENTS, taken
from dure.sheets.read import read
from tests.files.hostile import ANYWHERE, LISTS
for what, (name, data) in (ANYWHERE | LISTS).items():
    for door in (lambda: taken(name, data, DOCUMENTS), lambda: read(data)):
        try:
            door()
        except Refused:
            pass
        except MemoryError:
            print("no memory left:", what)
print("done", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_none_of_them_takes_more_memory_than_a_process_has():
    root = str(SRC.parents[1])
    ran = subprocess.run(
        [sys.executable, "-c", READS.format(most=MEMORY, root=root)], capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0 and ran.stdout.startswith("done"), ran.stdout + ran.stderr[-2000:]
    assert int(ran.stdout.split()[-1]) < 700, "MB in use at most"


def test_a_photo_loses_where_and_when_it_was_taken_and_stands_upright():
    before = hostile.located()
    name, after = taken("보건증.JPEG", before, SCANS)
    assert b"SECRET" in before and b"SECRET" not in after and b"Exif" not in after
    with Image.open(io.BytesIO(after)) as found:
        assert (name, found.size, dict(found.getexif())) == ("보건증.jpg", (60, 80), {})


def test_what_hides_behind_a_photo_is_gone():
    both = hostile.photo(kind="PNG") + hostile.archive({"a.html": b"<script>alert(1)</script>"})
    name, after = taken("사진.html", both, SCANS)
    assert (name, b"PK" in after, b"script" in after) == ("사진.png", False, False)


def test_a_large_photo_is_kept_no_larger_than_a_sheet_of_paper():
    ending, after = drawn(hostile.photo((8160, 6120)))
    with Image.open(io.BytesIO(after)) as found:
        assert (ending, max(found.size)) == ("jpg", LONGEST)


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP", "JPEG"])
def test_a_picture_stays_the_same_picture(kind: str):
    _, after = drawn(hostile.photo(kind=kind))
    with Image.open(io.BytesIO(after)) as found:
        red, green, blue = found.convert("RGB").getpixel((5, 5))
    assert abs(red) < 6 and abs(green - 128) < 6 and abs(blue - 128) < 6


@pytest.mark.parametrize(
    ("name", "data", "ending"),
    [
        ("협약서.exe", hostile.PDF, "pdf"),
        ("명단.pdf", hostile.workbook(), "xlsx"),
        ("공문", hostile.archive({"mimetype": b"application/hwp+zip", "Contents/section0.xml": b"x"}), "hwpx"),
        ("공문.hwp", hostile.ole("HwpSummaryInformation"), "hwp"),
        ("글.docx", hostile.archive({"word/document.xml": b"x"}), "docx"),
        ("명단.csv", "성명,전화".encode("cp949"), "csv"),
        ("메모.html", "메모입니다".encode(), "txt"),
    ],
)
def test_a_file_is_named_after_what_it_is(name: str, data: bytes, ending: str):
    assert taken(name, data, DOCUMENTS)[0] == f"{name.rsplit('.', 1)[0]}.{ending}"


@pytest.mark.parametrize("name", NAMES)
def test_a_name_leads_nowhere(name: str, world: dict[str, Any]):
    found = named(name, "jpg")
    assert found.endswith(".jpg") and len(found) < 130 and found.isprintable() and not re.search(r'[/\\<>:"|?*]', found)
    address = doors(world)["gatherings/views/gatherings.py"][0]
    with undone():
        as_app()
        before = kept()
        assert send(world, address, {}, name, hostile.photo())[0] == 302
        got = handed_out(world, before)
        assert got["Content-Disposition"].startswith('attachment; filename="')
        assert "sandbox" in got["Content-Security-Policy"]
        assert got["Content-Type"] == "application/octet-stream" and got["X-Content-Type-Options"] == "nosniff"


def test_what_is_too_large_is_said_and_never_read(world: dict[str, Any]):
    for door, (address, said) in doors(world).items():
        with undone():
            as_app()
            code, page = send(world, address, said, "명단.csv", b"1," * (LARGEST // 2 + 1))
            assert code in (302, 409, 422) and re.search("10 ?MB(보다| 이하의 GeoJSON)", page), door


def test_pdfs_with_programs_in_them_only_ever_go_out_as_files(world: dict[str, Any]):
    with undone():
        as_app()
        address = doors(world)["gatherings/views/gatherings.py"][0]
        before = kept()
        assert send(world, address, {}, "x.pdf", hostile.PDF)[0] == 302
        got = handed_out(world, before)
        assert got.content == hostile.PDF and got["Content-Disposition"].startswith("attachment")
