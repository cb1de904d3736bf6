"""How many taps and fields the worker's ways take, counted by the page itself from real clicks."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

COUNT = """window.counted = { taps: 0, fields: 0 };
document.addEventListener("click", (event) => { if (event.isTrusted && event.detail) counted.taps += 1; }, true);
document.addEventListener("change", ({ target }) => {
    if (target.matches("textarea, input:not([type=checkbox], [type=radio], [type=file])")) counted.fields += 1;
}, true);"""


@dataclass(frozen=True)
class Way:
    """What is done at a door, from the list on."""

    taps: int
    fields: int


def _well(page: Page) -> None:
    page.locator("[data-send=seen_well]").click()


def _left_over(page: Page) -> None:
    page.locator("#screen [name=leftover]").click()
    page.locator("[data-send=seen_well]").click()


def _concern(page: Page) -> None:
    page.locator("#screen [data-go=concern]").click()
    page.locator("#screen [name=signs][value=vigour]").click()
    page.locator("#screen form button.primary").click()


def _no_reply(page: Page) -> None:
    page.locator("[data-send=no_reply]").click()


def _danger(page: Page) -> None:
    page.locator("#danger").click(delay=2500)


WAYS: dict[str, Callable[[Page], None]] = {
    "well": _well, "well, a meal left over": _left_over, "a concern": _concern, "can't be reached": _no_reply,
    "danger, 119": _danger,
}  # fmt: skip
GOALS = {"well": Way(2, 0), "well, a meal left over": Way(3, 0)}  # care.md 11
TAKES = {**GOALS, "a concern": Way(4, 0), "can't be reached": Way(2, 0), "danger, 119": Way(2, 0)}


def taken(page: Page) -> dict[str, Way]:
    """Each way at a stop of its own; the page shows the list, and nothing was reported yet."""
    found = {}
    for at, (name, way) in enumerate(WAYS.items()):
        page.evaluate("location.hash = ''")
        page.locator("ol.stops").wait_for()
        page.evaluate("counted.taps = counted.fields = 0")
        page.locator(".stop a").nth(at).click()
        way(page)
        page.locator("[data-waiting]" if name in {"can't be reached", "danger, 119"} else "ol.stops").wait_for()
        found[name] = Way(**page.evaluate("counted"))
    return found
