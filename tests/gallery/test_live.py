"""Live parts: what is new appears, what somebody is doing stays, and standing still is said aloud."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.gallery import render

pytestmark = pytest.mark.browser

ROW = """<li class="exception" data-urgent="{ref}"><p class="what">{what}</p>
<time class="countdown" data-due="2026-11-23T12:10:00+09:00">12:10</time>
<details class="reveal" id="take-{ref}"><summary class="button">take</summary>
<form class="reveal-body" hx-post="/take"><label>why <input id="why-{ref}"></label><button>send</button>
<input type="hidden" name="csrfmiddlewaretoken" value="{token}"></form></details></li>"""


@dataclass
class Board:
    """What the server would say just now."""

    url: str = ""
    rows: dict[str, str] = field(default_factory=lambda: {"a": "first"})
    now: str = "2026-11-23T12:00:00+09:00"
    silent: bool = False
    answered: int = 0

    def html(self) -> str:
        self.answered += 1
        return "".join(ROW.format(ref=r, what=w, token=f"t{self.answered}") for r, w in self.rows.items())


@pytest.fixture
def board(pages: Path) -> Iterator[Board]:
    state = Board()

    class Handler(render.Handler):
        def answer(self, status: int, text: str) -> None:
            self.send_response(status)
            self.send_header("Dure-Now", state.now)
            self.end_headers()
            self.wfile.write(text.encode())

        def do_GET(self) -> None:
            if self.path != "/part":
                return super().do_GET()
            if not state.silent:
                self.answer(200, state.html())

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.answer(409, '<html><body><nav>Menu</nav><p class="notice">Somebody else has it.</p></body></html>')

    asking = 'id="exceptions" hx-get="/part" hx-trigger="load, every 300ms"'
    text = (pages / "board.html").read_text().replace('id="exceptions"', asking)
    (pages / "live.html").write_text(text)
    with render.serve(pages, handler=Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        state.url = f"http://127.0.0.1:{server.server_address[1]}/live.html"
        yield state
        server.shutdown()


@pytest.fixture
def page(browser: Browser, board: Board) -> Iterator[Page]:
    opened = browser.new_page()
    opened.clock.install()
    opened.goto(board.url)
    expect(opened.locator("#exceptions .what")).to_have_text(["first"])
    yield opened
    opened.close()


def after_some_answers(page: Page, board: Board) -> None:
    seen = board.answered
    for _ in range(100):
        if board.answered >= seen + 3:
            return
        page.wait_for_timeout(100)
    raise AssertionError("the part isn't asked for")


def test_an_answer_without_news_touches_nothing(page: Page, board: Board) -> None:
    page.evaluate("document.querySelector('.what').mark = 'same node'")
    page.focus("#take-a summary")
    after_some_answers(page, board)

    assert page.evaluate("document.querySelector('.what').mark") == "same node"
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_news_appears_around_what_somebody_is_typing(page: Page, board: Board) -> None:
    page.click("#take-a summary")
    page.fill("#why-a", "on my way")
    board.rows = {"b": "second", "a": "first, changed"}

    expect(page.locator("#exceptions .what")).to_have_text(["second", "first, changed"])
    assert page.input_value("#why-a") == "on my way"
    assert page.evaluate("document.activeElement.id") == "why-a"
    assert page.title().startswith("(2) ")


def test_a_refusal_is_said_at_the_head_and_what_was_typed_stays(page: Page, board: Board) -> None:
    page.click("#take-a summary")
    page.fill("#why-a", "on my way")
    page.click("#take-a button")

    expect(page.locator("#messages")).to_have_text("Somebody else has it.")
    assert page.input_value("#why-a") == "on my way"


def test_time_is_the_servers(page: Page, board: Board) -> None:
    board.now = "2026-11-23T12:12:00+09:00"  # a moved clock, or a wrong one on this desk

    expect(page.locator("#exceptions .countdown")).to_have_attribute("data-state", "over")
    expect(page.locator("#exceptions .countdown .value")).to_contain_text("02:0")


def test_a_board_that_stands_still_says_so_and_takes_it_back(page: Page, board: Board) -> None:
    board.silent = True
    page.wait_for_timeout(500)
    page.clock.fast_forward(25_000)

    expect(page.locator("#lost")).to_be_visible()
    board.silent = False
    expect(page.locator("#lost")).to_be_hidden(timeout=15_000)


def test_sound_is_off_until_a_person_switches_it_on(page: Page, board: Board) -> None:
    switch = page.locator("[data-sound-switch]")
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(switch).to_contain_text("소리 켜짐")
    page.reload()
    expect(page.locator("[data-sound-switch]")).to_have_attribute("aria-pressed", "true")
