"""The look holds what it says: contrast, one vocabulary, nothing inline, readable by machine, finger and keyboard."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

BOXES = Path(__file__).parents[2] / "src" / "dure"
LOOK = BOXES / "desk" / "static" / "dure"
TEMPLATES = sorted(BOXES.glob("*/templates/**/*.html"))
GALLERY = sorted((Path(__file__).parent / "pages").glob("*.html"))

READ = 4.5  # WCAG 2.2 AA for text; 3 for what bounds a control or shows a focus
SEEN = 3.0
PAIRS = [
    *((ink, ground, READ) for ink in ("ink", "ink-soft", "ink-faint") for ground in ("paper", "surface", "sunken")),
    *(("ink-faint", ground, READ) for ground in ("hover",)),
    *(("accent", ground, READ) for ground in ("paper", "surface", "sunken", "hover", "accent-soft")),
    *((tone, "surface", READ) for tone in ("danger", "warn", "good", "info", "exercise")),
    *((tone, f"{tone}-soft", READ) for tone in ("danger", "warn", "good", "info", "exercise")),
    *(("ink", f"{tone}-soft", READ) for tone in ("danger", "warn", "good", "info", "exercise", "accent")),
    *((f"on-{tone}", f"{tone}-solid", READ) for tone in ("danger", "warn", "good", "exercise")),
    *((f"on-{tone}", f"{tone}-press", READ) for tone in ("danger", "good")),
    ("on-accent", "accent", READ),
    ("on-accent", "accent-press", READ),
    *((line, ground, SEEN) for line in ("edge", "focus") for ground in ("paper", "surface", "sunken")),
]


def tokens(*files: str) -> dict[str, str]:
    text = "".join((LOOK / file).read_text() for file in files)
    return dict(re.findall(r"--([\w-]+): #([0-9a-f]{6});", text))


def brightness(colour: str) -> float:
    """Relative luminance as WCAG defines it, 0 black to 1 white."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("files", [("tokens.css",), ("tokens.css", "dark.css")], ids=["light", "dark"])
def test_every_pair_of_colours_can_be_read(files: tuple[str, ...]) -> None:
    colours = tokens(*files)

    def contrast(one: str, other: str) -> float:
        low, high = sorted((brightness(colours[one]), brightness(colours[other])))
        return (high + 0.05) / (low + 0.05)

    assert [(a, b, round(contrast(a, b), 2)) for a, b, least in PAIRS if contrast(a, b) < least] == []


def test_dark_names_exactly_the_colours_of_light() -> None:
    assert tokens("tokens.css").keys() == tokens("dark.css").keys()


def classes(template: str) -> set[str]:
    """The class names that stand in a template; what a variable is or adds to is left out."""
    bare = re.sub(r"{%.*?%}|{#.*?#}", " ", re.sub(r"{{.*?}}", "?", template))
    return {name for value in re.findall(r'class="([^"]*)"', bare) for name in value.split() if "?" not in name}


def test_pages_are_built_from_the_vocabulary_alone() -> None:
    styled = set(re.findall(r"\.([a-z][\w-]*)", "".join(f.read_text() for f in LOOK.glob("*.css"))))
    hooks = {"word"}
    unknown = {f.name: strange for f in TEMPLATES + GALLERY if (strange := classes(f.read_text()) - styled - hooks)}
    assert unknown == {}


def test_every_icon_is_drawn() -> None:
    drawn = set(re.findall(r'symbol id="([\w-]+)"', (LOOK / "icons.svg").read_text()))
    asked = {
        (f.name, name)
        for f in TEMPLATES + GALLERY
        for name in re.findall(r'_icon.html" with name="([\w-]+)"', f.read_text())
    }
    assert {(where, name) for where, name in asked if name not in drawn} == set()


@pytest.mark.parametrize(
    "forbidden", [r"\sstyle=", r"<style", r"<script(?![^>]*\ssrc=)", r"\son[a-z]+=", r"https?://(?!www\.w3)"]
)
def test_nothing_stands_inline_and_nothing_comes_from_outside(forbidden: str) -> None:
    assert [f.name for f in TEMPLATES + GALLERY if re.search(forbidden, f.read_text())] == []


# --- In a real browser, under the policy of the product


PAGES = [f.stem for f in GALLERY] + ["login", "403", "404", "500"]


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_machines_can_read_every_page(browser: Browser, gallery: str, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    for name in PAGES:
        page.goto(f"{gallery}/{name}.html")
        page.wait_for_timeout(50)
        found = Axe().run(page, options={"preload": False}).response["violations"]
        complaints += [f"{name}: {each['id']} {each['nodes'][0]['target']}" for each in found]
    page.close()
    assert complaints == []


@pytest.mark.browser
@pytest.mark.parametrize(("width", "letters"), [(320, 16), (390, 32), (1280, 32)])
def test_nothing_is_cut_off_when_narrow_or_in_large_letters(
    browser: Browser, gallery: str, width: int, letters: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    session = page.context.new_cdp_session(page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": letters, "fixed": letters}})
    wide = []
    for name in PAGES:
        page.goto(f"{gallery}/{name}.html")
        if over := page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"):
            wide.append((name, over))
    page.close()
    assert wide == []


@pytest.mark.browser
def test_fingers_hit_on_the_phone(browser: Browser, gallery: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844}, has_touch=True)
    small = []
    for name in ("phone_stops", "phone_door", "phone_drill"):
        page.goto(f"{gallery}/{name}.html")
        small += page.evaluate(
            """name => [...document.querySelectorAll("main a, main button, main label.check, .help > *, .back")]
                .map(e => [name, e.textContent.trim(), Math.round(e.getBoundingClientRect().height)])
                .filter(([, , height]) => height < 48)""",
            name,
        )
    page.close()
    assert small == []


@pytest.mark.browser
def test_light_and_dark_are_chosen_and_kept(browser: Browser, gallery: str) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto(f"{gallery}/board.html")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    dark = page.evaluate(ground)
    page.click(".menu summary")
    page.click("[data-theme-choice=light]")

    assert (dark, page.evaluate(ground)) == ("rgb(19, 20, 22)", "rgb(244, 245, 246)")
    assert [(c["name"], c["value"]) for c in page.context.cookies()] == [("theme", "light")]
    page.keyboard.press("Escape")
    assert page.get_attribute(".menu", "open") is None
    page.close()


@pytest.mark.browser
def test_a_button_to_hold_ignores_a_slip_and_obeys_a_hold(browser: Browser, gallery: str) -> None:
    page = browser.new_page()
    page.goto(f"{gallery}/form.html")
    page.evaluate("window.pressed = 0; held.addEventListener('click', () => pressed++)")
    page.click("#held")
    page.focus("#held")
    page.keyboard.press("Enter")
    slips = page.evaluate("pressed")
    page.click("#held", delay=1000)
    by_hand = page.evaluate("pressed")
    for key in ("Enter", " "):
        page.keyboard.down(key)
        page.wait_for_timeout(1000)
        page.keyboard.up(key)
    by_keys = page.evaluate("pressed")
    page.evaluate("held.click()")  # as a screen reader does
    page.close()

    assert (slips, by_hand, by_keys) == (0, 1, 3)


@pytest.mark.browser
def test_a_hold_ends_when_the_pointer_leaves_not_when_the_page_is_drawn_anew(browser: Browser, gallery: str) -> None:
    page = browser.new_page()
    page.goto(f"{gallery}/form.html")
    page.evaluate("window.pressed = 0; held.addEventListener('click', () => pressed++)")
    page.hover("#held")
    page.mouse.down()  # then, as Chromium says when what is drawn under the pointer changes:
    page.evaluate("held.dispatchEvent(new PointerEvent('pointerout', {bubbles: true, relatedTarget: held}))")
    page.wait_for_timeout(1000)
    page.mouse.up()
    held = page.evaluate("pressed")
    page.mouse.down()
    page.mouse.move(1, 1)
    page.wait_for_timeout(1000)
    page.mouse.up()
    left = page.evaluate("pressed")
    page.close()

    assert (held, left) == (1, 1)


def tabbed_through(page: Page, steps: int) -> list[str]:
    found = []
    for _ in range(steps):
        page.keyboard.press("Tab")
        found.append(page.evaluate("document.activeElement.innerText.trim().split('\\n')[0]"))
    return found


@pytest.mark.browser
def test_the_keyboard_walks_in_reading_order_and_is_seen(browser: Browser, gallery: str) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{gallery}/case.html")
    page.evaluate("document.body.tabIndex = -1; document.body.focus()")  # from the top, whatever was scrolled into view
    walked = tabbed_through(page, 13)
    ring = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    page.close()

    assert walked[:3] == ["본문으로 바로 가기", "광산구청", "상황판"]
    assert walked[-1] == "지금 도착"
    assert ring == "3px"
