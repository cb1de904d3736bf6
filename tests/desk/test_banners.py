"""What stands on top of every page when a part of the product has fallen silent."""

import pytest
from tests import make
from tests.care.pages import signed_in

from dure import clock
from dure.health.actions import beat, fault
from dure.offices.models import Office

pytestmark = pytest.mark.django_db
UNSURE = "자동 알림을 확인하지 못했습니다"
TELLING, WORK = "자동 알림이 멈췄습니다", "자동 작업이 멈췄습니다"


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        (["watch", "sender", "jobs"], []),
        (["watch", "sender"], [WORK]),
        (["watch", "jobs"], [TELLING]),
        ([], [TELLING, WORK]),
    ],
)
def test_a_part_that_has_stopped_is_said_on_every_page(heard, said):
    client = signed_in(make.person(make.office()))
    make.role("engine")
    for name in heard:
        beat(name, real=clock.real(), clock_at=make.NOON)
    make.role("app")
    for address in ("/banners/", "/board/"):
        page = client.get(address).content.decode()
        assert [words for words in (TELLING, WORK) if words in page] == said


def test_what_could_not_be_confirmed_is_said_on_every_page_of_that_office():
    here, there = (signed_in(make.person(make.office())) for _ in range(2))
    fault("audit due", "x", now=make.NOON, office=Office.objects.latest("id").pk, outside=True)
    lives()
    for address in ("/banners/", "/board/"):
        assert UNSURE not in here.get(address).content.decode()
        assert UNSURE in there.get(address).content.decode()


@pytest.mark.parametrize("key", ["silent audit", "canary sms"])
def test_that_nobody_looks_a_second_time_or_no_trial_goes_out_is_said_to_every_office(key):
    client = signed_in(make.person(make.office()))
    lives()
    assert UNSURE not in client.get("/banners/").content.decode()
    make.role("engine")
    fault(key, "x", now=make.NOON, outside=True)
    make.role("app")
    assert UNSURE in client.get("/banners/").content.decode()


def lives():
    make.role("engine")
    for name in ("watch", "sender", "jobs"):
        beat(name, real=clock.real(), clock_at=make.NOON)
    make.role("app")
