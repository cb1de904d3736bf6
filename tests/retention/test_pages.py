"""The pages for who administers the office: what is due, masked; confirming, stopping, holding back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dure.duty.opening import publish_ladder
from dure.offices.acting import act
from dure.people.models import Role
from dure.retention.models import Hold, Run
from tests import make
from tests.care import world as w
from tests.make import NOON
from tests.retention.lives import SECRET, YEAR, ended, served, tonight

pytestmark = pytest.mark.django_db
LATER = NOON + 6 * YEAR


@pytest.fixture
def world(moved):
    moved(NOON)
    world = w.build()
    rung = [{"who": "officer", "of": "office", "wait": 3600, "channels": []}]
    publish_ladder(world.office.pk, "paper", rung, by=None, now=NOON)
    return world


@pytest.fixture
def client(world):
    return make.signed_in(make.person(world.office, as_=Role.ADMIN))


@pytest.fixture
def waiting(world, client, moved, tmp_path):
    """Somebody's data are due, and a run waits."""
    ended(served(world), world)
    moved(LATER)
    return tonight(world.office, LATER, tmp_path)


def test_the_page_counts_what_is_due_and_names_nobody(waiting, client):
    page = client.get("/retention/").content.decode()
    assert "이 기관에서 처음 하는 파기입니다." in page
    assert "대상자 이름과 생년월일" in page and "2031-11-23" in page
    assert SECRET not in page


def test_the_rows_of_a_purpose_are_masked(waiting, client):
    page = client.get("/retention/due/identity/").content.decode()
    assert "비***디" in page and SECRET not in page
    assert client.get("/retention/due/nothing/").status_code == 404


def test_confirming_and_then_it_goes(waiting, world, client, tmp_path):
    answer = client.post(f"/retention/runs/{waiting.ref}/confirm/", follow=True)
    assert "오늘 밤 여기 나온 만큼만 파기합니다." in answer.content.decode()
    tonight(world.office, LATER, tmp_path)
    act(world.office.pk)
    client = make.signed_in(make.person(world.office, as_=Role.ADMIN))  # sign-ins of years ago are gone too
    page = client.get(f"/retention/runs/{waiting.ref}/").content.decode()
    gone_on = (LATER + timedelta(days=36)).date()
    assert f"{gone_on}부터는 백업에도 남아 있지 않습니다." in page
    assert "대상자 이름과 생년월일" in page
    assert str(waiting.ref) in client.get("/retention/runs/").content.decode()


def test_stopping(waiting, client):
    client.post(f"/retention/runs/{waiting.ref}/stop/")
    act(waiting.office_id)
    assert (Run.objects.get().ended_at, Run.objects.get().gone) == (LATER, {})


def test_holding_somebody_back_and_ending_it(waiting, client):
    where = client.post("/retention/holds/new/", {"find": "비밀"})["Location"]
    page = client.get(where).content.decode()
    assert "비***디" in page
    about = page.split('value="recipient ')[1].split('"')[0]
    said = {"about": f"recipient {about}", "why": "소송", "until": "2033-01-01"}
    assert client.post(where, said).status_code == 302
    act(waiting.office_id)
    held = Hold.objects.get()
    assert (str(held.about), held.why, held.ended_at) == (about, "소송", None)
    assert "소송" in client.get("/retention/").content.decode()
    client.post(f"/retention/holds/{held.ref}/end/")
    act(waiting.office_id)
    assert Hold.objects.get().ended_at == LATER


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"why": ""}, "필수"),
        ({"until": "2020-01-01"}, "지난 날짜입니다"),
        ({"about": "recipient 00000000-0000-0000-0000-000000000000"}, "올바르게 선택"),
    ],
)
def test_a_hold_that_is_asked_wrongly_says_so_at_its_field(waiting, client, change, said):
    where = client.post("/retention/holds/new/", {"find": "비밀"})["Location"]
    page = client.get(where).content.decode()
    about = "recipient " + page.split('value="recipient ')[1].split('"')[0]
    answer = client.post(where, {"about": about, "why": "x", "until": "2033-01-01"} | change)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not Hold.objects.exists()


def test_each_page_asks_a_fixed_number_of_times(world, client, moved, tmp_path):
    def asked(path: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(path).status_code == 200
        return len(found)

    ended(served(world), world)
    moved(LATER)
    tonight(world.office, LATER, tmp_path)
    paths = ["/retention/", "/retention/due/identity/", "/retention/runs/"]
    before = [asked(path) for path in paths]
    before = [asked(path) for path in paths]
    act(world.office.pk)
    for _ in range(5):
        ended(served(world), world)
    assert [asked(path) for path in paths] == before
