"""A real browser: the first sign-in with codes on the phone, then with a passkey, and what a signed-out board shows."""

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from dure import postgres
from dure.people.models import Person, Role
from tests import make
from tests.field.server import serving
from tests.signing.people import PASSWORD, shown, with_password

pytestmark = pytest.mark.browser
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def _build() -> list[Person]:
    office = make.office("새시험구")
    return [
        with_password(make.person(office, name, as_=Role.ADMIN)) for name in ("최관리", "박관리", "한관리", "정관리")
    ]


@pytest.fixture(scope="module")
def served(cluster: postgres.Server, django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    with (
        serving(cluster, django_db_blocker, make.NOON, _build) as (address, people, url),
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        yield chromium, address.replace("127.0.0.1", "localhost"), people, url
        chromium.close()


def screen(browser: Browser, address: str) -> tuple[Page, list[str]]:
    """A page, and what it complained of."""
    context = browser.new_context(locale="ko-KR", base_url=address, viewport={"width": 360, "height": 740})
    page, problems = context.new_page(), []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if _matters(line) else None)
    return page, problems


def _matters(line: ConsoleMessage) -> bool:
    """Not what axe does by itself (styles, style sheets that it looks for), nor the 401 that is asked for."""
    own = "inline style" in line.text or ("404" in line.text and "/static/" not in line.location["url"])
    return line.type == "error" and not own and "401" not in line.text


def log_in(page: Page, person: Person) -> None:
    page.goto("/login/")
    page.get_by_label("로그인 이름").fill(person.username)
    page.get_by_label("비밀번호").fill(PASSWORD)
    page.get_by_role("button", name="로그인", exact=True).click()


def sound(page: Page) -> list[str]:
    """What of the page can't be read by machine, or doesn't fit."""
    found = [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in Axe().run(page).response["violations"]]
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*found, *(["wider than the screen"] if wide else [])]


def a_key(page: Page) -> Any:
    """A computer that recognises its owner by finger."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools, made["authenticatorId"]


def test_the_first_sign_in_with_an_app_and_the_second(served: Any) -> None:
    browser, address, (person, *_), _url = served
    page, problems = screen(browser, address)
    log_in(page, person)
    expect(page.get_by_role("heading", name="2차 인증 등록")).to_be_visible()
    assert page.locator("img.qr").evaluate("image => image.naturalWidth") > 100
    page.get_by_text("찍을 수 없나요?").click()
    letters = page.locator(".letters").inner_text().replace(" ", "")
    assert sound(page) == []
    page.goto("/board/")
    expect(page).to_have_url(re.compile("/login/"))
    page.goto("/login/set-up/")
    page.get_by_label("인증번호").fill(shown(letters))
    page.get_by_role("button", name="등록", exact=True).click()
    expect(page.locator(".recovery li")).to_have_count(10)
    assert sound(page) == []
    page.get_by_role("link", name="보관했습니다").click()
    expect(page).to_have_url(re.compile("/board/"))
    page.goto("/account/")
    assert sound(page) == []

    again, _ = screen(browser, address)
    log_in(again, person)
    assert sound(again) == []
    again.get_by_label("인증번호").fill(shown(letters, 1))
    again.get_by_role("button", name="다음").click()
    expect(again).to_have_url(re.compile("/board/"))
    assert problems == []


def test_a_passkey_is_set_up_at_the_first_sign_in_and_is_all_that_is_needed_afterwards(served: Any) -> None:
    browser, address, (_, person, *_), _url = served
    page, problems = screen(browser, address)
    a_key(page)
    log_in(page, person)
    page.get_by_label("이 패스키의 이름").fill("사무실 컴퓨터")
    page.get_by_role("button", name="패스키 등록").click()
    expect(page.locator(".recovery li")).to_have_count(10)
    page.get_by_role("link", name="보관했습니다").click()
    page.goto("/account/")
    expect(page.get_by_text("사무실 컴퓨터")).to_be_visible()
    page.locator("details.menu > summary").click()
    page.get_by_role("button", name="로그아웃", exact=True).click()

    page.goto("/login/?next=/people/")
    page.get_by_role("button", name="패스키로 로그인").click()
    expect(page).to_have_url(re.compile("/people/"))
    expect(page.get_by_role("cell", name="패스키").first).to_be_visible()
    assert problems == []


def test_a_finger_that_isn_t_the_owner_s_gets_nobody_in(served: Any) -> None:
    browser, address, (_, _, person, _), _url = served
    page, _ = screen(browser, address)
    devtools, key = a_key(page)
    log_in(page, person)
    page.get_by_role("button", name="패스키 등록").click()
    page.get_by_role("link", name="보관했습니다").click()
    page.context.clear_cookies()
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    page.goto("/login/")
    page.get_by_role("button", name="패스키로 로그인").click()
    expect(page.get_by_text("패스키를 쓰지 못했습니다")).to_be_visible()
    page.goto("/board/")
    expect(page).to_have_url(re.compile("/login/"))


def test_a_board_whose_sign_in_has_ended_says_so_at_once_and_shows_nobody_any_more(served: Any) -> None:
    browser, address, (*_, person), url = served
    page, problems = screen(browser, address)
    a_key(page)
    log_in(page, person)
    page.get_by_role("button", name="패스키 등록").click()
    page.get_by_role("link", name="보관했습니다").click()
    expect(page.locator("#exceptions, [data-live]").first).to_be_attached()
    with psycopg.connect(url("owner"), autocommit=True) as owner:
        owner.execute("UPDATE signing_signin SET ended_at = now() WHERE person_id = %s", [person.pk])
    expect(page.get_by_text("한동안 사용하지 않았거나")).to_be_visible(timeout=15_000)
    assert page.locator("[data-live]").count() == 0
    assert sound(page) == []
    page.get_by_role("link", name="다시 로그인").click()
    page.get_by_role("button", name="패스키로 로그인").click()
    expect(page).to_have_url(re.compile("/board/"))
    assert problems == []
