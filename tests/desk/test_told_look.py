"""A number to ring by hand and the page behind a message's link, as people see them: on a phone and at a desk."""

import pytest
from playwright.sync_api import expect
from tests import make
from tests.field import world
from tests.field.server import serving
from tests.stories import screens

from dure import clock
from dure.care.alarms import cannot_reach
from dure.cases.models import Source
from dure.duty.models import Telling
from dure.duty.watch import sweep
from dure.health.actions import beat
from dure.outbox import links
from dure.outbox.models import Message
from dure.people.models import Address

SIZES = {"phone": screens.PHONE, "desk": (1280, 800)}
NUMBER = "062-000-0111"


def _build():
    day = world.day()
    Address.objects.filter(person=day.desk).update(channel="call", value=NUMBER)
    day.desk.name, day.desk.post = "수행기관 당직실", "유선전화"
    screens.with_password(day.desk), screens.with_password(day.officer)
    case = cannot_reach(day.visits[0].recipient, Source.WORKER, by=day.worker, now=make.NOON)
    made = [make.duty(day.officer, urgent=True, page="/board/", what="Somebody can't be reached in %(dong)s.",
                      values={"dong": "첨단1동"}) for _ in SIZES]  # fmt: skip
    make.role("engine")
    while sweep(make.NOON):
        pass
    Message.objects.update(
        try_at=None, sent_at=make.NOON, text="첨단1동: 연락 안 되는 분이 있습니다. 현장 확인이 필요합니다."
    )
    for process in ("watch", "sender", "jobs"):
        beat(process, real=clock.real(), clock_at=make.NOON, every=600)
    told = [Telling.objects.select_related("message").get(duty=each) for each in made]
    return day, case, [f"/l/{links.token(each.message)}" for each in told]


@pytest.fixture(scope="module")
def served(cluster, django_db_setup, django_db_blocker):
    with (
        serving(cluster, django_db_blocker, make.NOON, _build) as (address, built, _),
        screens.chromium() as browser,
    ):
        yield address, built, browser, screens.pictures("told")


@pytest.mark.parametrize("size", SIZES)
def test_the_number_and_its_three_buttons(served, size):
    address, (day, case, _), browser, shots = served
    shown = screens.desk(browser, address, day.officer, size=SIZES[size])
    for name, at in (("board", "/board/"), ("case", case.page)):
        shown.page.goto(at)
        ring = shown.page.locator(".ring").first
        expect(ring.get_by_role("link", name=NUMBER)).to_be_visible()
        buttons = ring.get_by_role("button")
        expect(buttons).to_have_text(["맡겠다고 함", "받지 않음", "없는 번호"])
        for button in buttons.all():
            assert button.bounding_box()["height"] >= 48
        shown.picture(shots, f"{name}-{size}")
        shown.is_sound()
        shown.can_be_read_by_all()


@pytest.mark.parametrize("size", SIZES)
def test_the_link_is_read_and_taken_on_with_the_keyboard(served, size):
    address, (_, _, at), browser, shots = served
    shown = screens.screen(browser, address, SIZES[size])
    shown.page.goto(at[list(SIZES).index(size)])
    shown.picture(shots, f"link-{size}")
    shown.is_sound()
    shown.can_be_read_by_all()
    shown.page.get_by_role("button", name="제가 맡겠습니다").focus()
    shown.page.keyboard.press("Enter")
    expect(shown.page.get_by_text("까지 맡으셨습니다")).to_be_visible()
    shown.picture(shots, f"link-mine-{size}")
    shown.is_sound()
    shown.can_be_read_by_all()
