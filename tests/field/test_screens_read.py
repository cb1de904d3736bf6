"""Each screen of the phone can be read by all, at both widths, light and dark, and fits; so also while it is locked."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from dure import postgres
from dure.field.actions import enrol
from tests import make
from tests.field.server import serving
from tests.field.world import day
from tests.stories import screens

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def served(cluster: postgres.Server, django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Any, ...]]:
    def build() -> list[str]:
        world = day(3)
        return [enrol(world.worker, by=world.desk, now=make.NOON) for _ in range(4)]

    with (
        serving(cluster, django_db_blocker, make.NOON, build) as (address, codes, _url),
        screens.chromium() as browser,
    ):
        yield address, codes, browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(360, 740), (1280, 900)])
def test_each_screen_can_be_read_by_all(served: tuple[str, list[str], Browser], size: Any, scheme: Any):
    address, codes, browser = served
    phone = screens.phone(browser, address, codes.pop(), now=make.NOON, size=size)
    page = phone.page
    page.emulate_media(color_scheme=scheme)
    ref = (page.locator(".stop a").first.get_attribute("href") or "").partition("/")[2]
    for name in ("", f"stop/{ref}", f"concern/{ref}", f"away/{ref}", f"skipped/{ref}", f"drill/{ref}"):
        page.evaluate("to => { location.hash = to; }", name)
        expect(page.locator("#screen h1")).to_be_visible()
        expect(page.locator("#screen form")).to_have_count(1 if name else 0)
        phone.can_be_read_by_all()
        phone.is_sound()
    page.locator("#danger").click(delay=1500)
    expect(page.get_by_role("link", name="119에 전화")).to_be_visible()
    phone.can_be_read_by_all()
    page.reload()
    expect(page.get_by_role("button", name="잠금 풀기")).to_be_visible()
    phone.can_be_read_by_all()
    phone.is_sound()
    page.context.close()
