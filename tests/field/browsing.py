"""What a worker does at the phone's first screens."""

from playwright.sync_api import Page, expect

PIN = "739516"


def begin(page: Page, code: str, pin: str = PIN) -> None:
    """Make the phone known with a code, choose a PIN, and see the stops."""
    page.goto("/field/")
    type_code(page, code)
    choose(page, pin)
    expect(page.locator(".stop").first).to_be_visible()


def type_code(page: Page, code: str) -> None:
    page.get_by_label("등록번호").fill(code)
    page.get_by_role("button", name="시작").click()


def choose(page: Page, pin: str = PIN, again: str = "") -> None:
    page.get_by_label("새 PIN").fill(pin)
    page.get_by_label("PIN 한 번 더").fill(again or pin)
    page.get_by_role("button", name="이 PIN 쓰기").click()


def unlock(page: Page, pin: str = PIN) -> None:
    page.get_by_label("PIN", exact=True).fill(pin)
    page.get_by_role("button", name="잠금 풀기").click()
