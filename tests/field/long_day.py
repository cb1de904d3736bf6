"""Ten hours without a network: 80 stops, 400 facts, 40 photographs; then it is back, slow as in a cellar.

And how soon the page can be used on a slow phone with a slow network, at the first visit and later.
"""

import time
from dataclasses import dataclass
from typing import Any

import psycopg
from playwright.sync_api import CDPSession, Page

from tests.field.chaos.judging import is_waiting, judge, kept
from tests.field.chaos.life import Life
from tests.field.chaos.phone import MODULES
from tests.field.test_phone import QUIET

STOPS, FACTS, PHOTOS = 80, 400, 40
HOURS = 10
URGENT = 10  # of the facts: nobody answered
PICTURE = 100_000  # bytes of a photograph, made small on the phone
CELLAR = {"offline": False, "latency": 200, "downloadThroughput": 50_000, "uploadThroughput": 50_000}  # 400 kbit/s
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 204_800, "uploadThroughput": 96_000}  # 1.6 Mbit/s
SMALL = {"width": 360, "height": 740}
SLOWER = 4  # times, the phone's processor

TAKE = f"""async (bytes) => {{ {MODULES}
    const photos = await import("/static/dure/field/photos.js");
    const noise = new Uint8Array(bytes);
    for (let at = 0; at < bytes; at += 65536) crypto.getRandomValues(noise.subarray(at, Math.min(bytes, at + 65536)));
    const canvas = Object.assign(document.createElement("canvas"), {{ width: 320, height: 320 }});
    const drawing = canvas.getContext("2d");
    for (let at = 0; at < 300; at += 1) {{
        drawing.fillStyle = `rgb(${{noise[at]}}, ${{noise[at + 300]}}, ${{noise[at + 600]}})`;
        drawing.fillRect(noise[at + 900], noise[at + 1200], 40, 40);
    }}
    const small = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.9));
    // after the end of the picture: as heavy as a real one, and as little to be packed
    const picture = new Blob([small, noise.subarray(0, Math.max(0, bytes - small.size))], {{ type: "image/jpeg" }});
    const report = (await store.reports()).at(-1);
    return photos.keep([picture], {{ report, about: report.about, abuse: false }}); }}"""
LEFT = f"async () => {{ {MODULES} return (await sending.waiting()).map((each) => Boolean(each.urgent)); }}"
PICTURES = "SELECT count(*)::int, count(DISTINCT key)::int FROM photos_photo"


@dataclass
class Came:
    """Seconds after the network was back until all of a sort had arrived, as the phone says, and until the last was
    acted on; and what was wrong."""

    urgent: float
    text: float
    photos: float
    acted: float
    wrong: list[str]


def session(page: Page, network: dict[str, Any], slower: int = 1) -> CDPSession:
    """The page's network and processor are like that from here on."""
    made = page.context.new_cdp_session(page)
    made.send("Network.enable")
    made.send("Network.emulateNetworkConditions", network)
    made.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    return made


def lived(life: Life, photos: int = PHOTOS, facts: int = FACTS) -> None:
    """The day goes by without a network; each fact with its own words."""
    for hour in range(HOURS):
        life.wait(60)
        here = range(hour * facts // HOURS, (hour + 1) * facts // HOURS)
        life.enter([_fact(n, facts) for n in here])
        for _ in range(photos * (hour + 1) // HOURS - photos * hour // HOURS):
            assert life.phone.page.evaluate(TAKE, PICTURE) == 0


def _fact(n: int, facts: int) -> dict[str, Any]:
    gone = n % (facts // URGENT) == 0
    outcome = "no_reply" if gone else ("seen_well", "seen_with_concern", "known_safe")[n % 3]
    return {
        "kind": "visit", "stop": n % STOPS, "outcome": outcome, "signs": ["walking", "mind"] if n % 3 == 1 else [],
        "leftover": n % 5 == 0, "worried": False, "handed": "in_person" if outcome.startswith("seen") else "not_handed",
    }  # fmt: skip


def came(life: Life, photos: int = PHOTOS, facts: int = FACTS, patience: float = 300.0) -> Came:
    """A day without a network, and what happens when it is back, as in a cellar."""
    assert life.phone.context
    life.phone.context.unroute_all()
    page = life.phone.page
    line = session(page, CELLAR | {"offline": True})
    lived(life, photos, facts)
    began, times = time.monotonic(), [0.0, 0.0, 0.0, 0.0]
    line.send("Network.emulateNetworkConditions", CELLAR)
    while not all(times) and time.monotonic() - began < patience:
        page.wait_for_timeout(100)
        left = page.evaluate(LEFT)
        pictures, _keys = _pictures(life)
        acted = bool(not left and (times[3] or not is_waiting(life.url)))
        for at, over in enumerate((not any(left), not left, pictures == photos, acted)):
            times[at] = times[at] or (time.monotonic() - began if over else 0.0)
    wrong = judge(life.entered, kept(life.url, 0)).wrong
    wrong += [] if _pictures(life) == (photos, photos) else [f"PHOTOS: {_pictures(life)} of {photos}"]
    wrong += [] if all(times) else [f"NOT SENT within {patience:.0f} s: {len(page.evaluate(LEFT))} reports"]
    return Came(*times, wrong)


def _pictures(life: Life) -> tuple[int, int]:
    with psycopg.connect(life.url("postgres")) as database:
        (found,) = database.execute(PICTURES).fetchall()
    return int(found[0]), int(found[1])


def first_visits(life: Life, times: int) -> list[float]:
    """Seconds until the page of somebody who has never been here can be used, on a slow phone with a slow network."""
    seen = []
    for _ in range(times):
        browser = life.phone.play.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        page = browser.new_context(base_url=life.web.address, locale="ko-KR", viewport=SMALL).new_page()
        seen.append(_until_usable(page))
        browser.close()
    return seen


def later_visits(life: Life, times: int) -> list[float]:
    """Seconds until the page of a known phone asks for its PIN, as above."""
    assert life.phone.context
    seen = []
    for _ in range(times):
        page = life.phone.context.new_page()
        seen.append(_until_usable(page))
        page.close()
    return seen


def _until_usable(page: Page) -> float:
    session(page, SLOW_4G, SLOWER)
    began = time.monotonic()
    page.goto("/field/", wait_until="commit")
    page.locator("#screen input").first.wait_for()
    return time.monotonic() - began
