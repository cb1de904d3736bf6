"""The phone in a real browser: the PIN, what lies on the disk, a forgotten PIN, a phone that was taken away.

Everything that Chromium has written, the databases, the caches, the history, is searched for what must not be there.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from dure import postgres
from dure.care.models import Recipient, Visit
from dure.field.actions import enrol
from dure.field.hashed import key_sha256
from dure.places.models import Place
from dure.sealing.box import unseal
from tests import make
from tests.field.browsing import PIN, begin, choose, type_code, unlock
from tests.field.server import serving
from tests.field.test_phone import DIALLER, QUIET, Served, look
from tests.field.world import World, day

pytestmark = pytest.mark.browser
CODES, WORKERS = 2, 8
GRAVITY = "SELECT gravity FROM duty_report r JOIN people_person p ON p.id = by_id WHERE p.name = %s"
DOOR, NOTE = "DOORCODE4711", "MARKEDNOTE815"


def _build() -> tuple[World, list[list[str]]]:
    """A world whose people have marks by which they are found on a disk, and workers with codes for their phones."""
    world = day(3 * WORKERS)
    Place.objects.update(door_code=DOOR)
    Recipient.objects.update(planned_response="PLANNED2468")
    workers = [world.worker] + [
        make.person(world.office, f"{n}배달", as_="worker", at=world.provider) for n in range(1, WORKERS)
    ]
    for n, each in enumerate(workers):
        Visit.objects.filter(pk__in=[visit.pk for visit in world.visits[3 * n : 3 * n + 3]]).update(worker=each)
    codes = [[enrol(each, by=world.desk, now=make.NOON) for _ in range(CODES)] for each in workers]
    return world, codes


@pytest.fixture(scope="module")
def served(cluster: postgres.Server, django_db_setup: None, django_db_blocker: Any) -> Iterator[Served]:
    with serving(cluster, django_db_blocker, make.NOON, _build, "watch") as (address, (world, codes), url):
        yield Served(address, world, codes, url)


@contextmanager
def a_phone(served: Served, folder: Path | str) -> Iterator[tuple[BrowserContext, Page]]:
    """A browser with its own folder on the disk, which outlives it."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            folder, executable_path="/usr/bin/chromium", args=QUIET, viewport={"width": 360, "height": 780},
            locale="ko-KR", base_url=served.address, has_touch=True,
        )  # fmt: skip
        page = context.new_page()
        page.add_init_script(DIALLER)
        yield context, page
        context.close()


@pytest.fixture
def opened(served: Served, tmp_path: Path) -> Iterator[tuple[BrowserContext, Page]]:
    with a_phone(served, tmp_path) as made:
        yield made


def names(served: Served, worker: int) -> list[str]:
    """Whom this worker visits today."""
    return [visit.recipient.name for visit in served.world.visits[3 * worker : 3 * worker + 3]]


def found_on(folder: Path, marks: list[str]) -> set[str]:
    """Which of these stand in any file under the folder, in any way in which a browser writes text."""
    seen = set()
    for path in (each for each in folder.rglob("*") if each.is_file()):
        raw = path.read_bytes()
        for mark in marks:
            if any(mark.encode(how) in raw for how in ("utf-8", "utf-16-le", "utf-16-be")):
                seen.add(mark)
    return seen


def marks(served: Served) -> list[str]:
    people = {visit.recipient.name for visit in served.world.visits}
    return [*people, DOOR, NOTE, "PLANNED2468", "없는길", "우편함 안", "010-0000-11", "이배달", PIN]


def offline(page: Page, name: str) -> None:
    """A concern with a note, entered while there is no network."""
    page.locator(".stop a", has_text=name).tap()
    page.locator("#screen [data-go=concern]").tap()
    page.get_by_label("무엇을 보았습니까").fill(NOTE)
    page.get_by_role("button", name="보내기").tap()


def test_nothing_that_was_shown_or_entered_can_be_found_on_the_disk(served):
    with tempfile.TemporaryDirectory() as folder:
        with a_phone(served, folder) as (context, page):
            begin(page, served.codes[0][0])
            people = names(served, 0)
            offline(page, people[0])
            expect(page.locator("#sent")).to_have_text("모두 보냄")
            context.set_offline(True)
            offline(page, people[1])
            expect(page.locator("#sent")).to_contain_text("보낼 기록 1건")
            page.locator(".stop a", has_text=people[2]).tap()
            expect(page.get_by_text(DOOR)).to_be_visible()
            time.sleep(2)
            kept = page.evaluate(EVERYTHING)
            assert (kept["reports"], {"lock", "pack", "read", "identity"} - set(kept["kept"])) == (2, set())
            assert [mark for mark in marks(served) if mark in kept["text"]] == []
            assert '"ct"' in kept["text"] and '"sealed"' in kept["text"]
        assert found_on(Path(folder), marks(served)) == set()


def test_the_search_of_the_disk_finds_what_is_kept_in_the_clear(served, tmp_path):
    """Else it would find nothing whatever was kept."""
    with a_phone(served, tmp_path) as (_context, page):
        page.goto("/field/")
        page.evaluate(
            """async ([name, door]) => {
                localStorage.setItem("dure-test", door);
                const db = await new Promise((done) => { const r = indexedDB.open("test", 1);
                    r.onupgradeneeded = () => r.result.createObjectStore("kept");
                    r.onsuccess = () => done(r.result); });
                const t = db.transaction("kept", "readwrite", { durability: "strict" });
                t.objectStore("kept").put({ name }, "pack");
                await new Promise((done) => { t.oncomplete = done; }); }""",
            ["최순례", DOOR],
        )
        time.sleep(6)
    assert found_on(tmp_path, ["최순례", DOOR, "윤말순"]) == {"최순례", DOOR}


EVERYTHING = """async () => {
    const names = { reports: 0, kept: [] };
    const db = await new Promise((done) => { const r = indexedDB.open("dure"); r.onsuccess = () => done(r.result); });
    const all = [];
    for (const store of db.objectStoreNames) {
        const got = (how) => new Promise((done) => { const r = db.transaction(store).objectStore(store)[how]();
            r.onsuccess = () => done(r.result); });
        all.push(...await got("getAllKeys"), ...await got("getAll"));
        if (store === "reports") names.reports = (await got("getAllKeys")).length;
        else names.kept = await got("getAllKeys");
    }
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) all.push(request.url, await (await cache.match(request)).text());
    }
    all.push({ ...localStorage }, { ...sessionStorage }, location.href, document.cookie);
    const text = JSON.stringify(all, (_key, value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value)
        ? new TextDecoder("latin1").decode(value) : value);
    db.close();
    return { ...names, text };
}"""


def test_the_pin_locks_and_reports_go_out_while_it_is_locked(served, opened):
    context, page = opened
    page.goto("/field/")
    type_code(page, served.codes[1][0])
    for pin, again, said in [
        ("12345", "", "자리 이상"), ("123456", "", "쉽게"), ("777777", "", "쉽게"), ("191919", "", "쉽게"),
        ("850412", "", "날짜"), ("19850412", "", "날짜"), (PIN, "739517", "다릅니다"),
    ]:  # fmt: skip
        choose(page, pin, again)
        expect(page.get_by_role("alert").filter(has_text=said)).to_be_visible()
    look(page, "choose")
    choose(page)
    name = names(served, 1)[0]
    expect(page.locator(".stop").first).to_be_visible()
    context.set_offline(True)
    page.locator(".stop a", has_text=name).tap()
    page.get_by_role("button", name="연락 안 됨").tap()
    expect(page.locator("#sent")).to_contain_text("보낼 기록 1건")
    page.route("**/api/field/v1/reports**", lambda route: route.abort())
    context.set_offline(False)
    page.reload()
    expect(page.get_by_label("PIN", exact=True)).to_be_visible()
    expect(page.locator("#sent")).to_contain_text("보낼 기록 1건")  # also while locked, and nobody's name
    assert name not in page.content()
    look(page, "locked")
    page.unroute_all(behavior="wait")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#sent")).to_have_text("모두 보냄", timeout=20_000)
    served.until(
        [("no_reply",)],
        "SELECT gravity FROM duty_report r JOIN people_person p ON p.id = by_id WHERE p.name = %s",
        "1배달",
    )

    unlock(page, "000111")
    expect(page.get_by_role("alert")).to_contain_text("9번 더")
    unlock(page)
    expect(page.get_by_text("기다린 시간")).to_be_attached()  # back at the closed door


def test_119_can_be_dialled_while_locked_and_somebody_calls_the_worker(served, opened):
    _context, page = opened
    begin(page, served.codes[2][0])
    page.reload()
    expect(page.get_by_label("PIN", exact=True)).to_be_visible()
    page.locator("#danger").click(delay=2500)
    assert page.evaluate("dialled") == ["tel:119"]
    served.until([("2배달",)], "SELECT values->>'person' FROM duty_duty WHERE kind = 'field.danger'")


def test_unused_it_locks_but_not_at_a_closed_door(served, opened):
    _context, page = opened
    page.clock.install()
    begin(page, served.codes[3][0])
    name = names(served, 3)[1]
    page.locator(".stop a", has_text=name).tap()
    page.get_by_role("button", name="연락 안 됨").tap()
    expect(page.get_by_role("button", name="문 앞에서 확인한 것 보내기")).to_be_visible()
    page.clock.fast_forward("15:00")
    expect(page.get_by_role("button", name="문 앞에서 확인한 것 보내기")).to_be_visible()
    page.locator("#back").tap()
    expect(page.locator(".stop").first).to_be_visible()
    page.clock.fast_forward("11:00")
    expect(page.get_by_label("PIN", exact=True)).to_be_visible()
    assert name not in page.content()
    assert "name" not in page.evaluate("JSON.stringify(history.state ?? {})")


def test_ten_wrong_pins_take_the_stops_off_but_never_what_is_unsent(served, opened):
    context, page = opened
    page.clock.install()
    begin(page, served.codes[4][0])
    page.route("**/api/field/v1/reports**", lambda route: route.abort())
    offline(page, names(served, 4)[0])
    expect(page.locator("#sent")).to_contain_text("보낼 기록 1건")
    page.reload()
    for number in range(1, 11):
        unlock(page, f"48391{number % 10}")
        if number < 10:
            expect(page.get_by_role("alert")).to_contain_text(f"{10 - number}번 더")
        if 5 <= number < 10:
            unlock(page)  # the right one, too early: it waits
            expect(page.get_by_label("PIN", exact=True)).to_have_value("")
            expect(page.get_by_role("alert")).to_contain_text("뒤에 다시")
            page.clock.fast_forward("16:00")
    expect(page.get_by_text("PIN을 너무 많이 틀려")).to_be_visible()
    look(page, "wiped")
    kept = page.evaluate(EVERYTHING)
    assert (kept["reports"], {"lock", "pack", "read"} & set(kept["kept"])) == (1, set())
    query = """SELECT wiped_why, lost, read_sha256 FROM field_phone f JOIN people_device d ON d.id = device_id
        JOIN people_person p ON p.id = d.person_id WHERE p.name = '4배달'"""
    served.until([("pins", 1, "")], query)

    page.unroute_all(behavior="wait")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#sent")).to_have_text("모두 보냄", timeout=20_000)
    served.until([("seen_with_concern",)], GRAVITY, "4배달")


def test_a_forgotten_pin_loses_nothing(served, opened):
    context, page = opened
    begin(page, served.codes[5][0])
    page.route("**/api/field/v1/reports**", lambda route: route.abort())
    offline(page, names(served, 5)[0])
    expect(page.locator("#sent")).to_contain_text("보낼 기록 1건")
    page.reload()
    page.get_by_role("link", name="PIN을 잊었다면").tap()
    expect(page.get_by_label("등록번호")).to_be_visible()
    look(page, "forgotten")
    page.goto("about:blank")
    page.goto(f"/field/#code={served.codes[5][1]}")  # the link of the picture, opened on the phone
    expect(page.get_by_label("등록번호")).to_have_value(served.codes[5][1])
    assert "code" not in page.url
    page.get_by_role("button", name="시작").click()
    choose(page, "480275")
    expect(page.locator(".stop").first).to_be_visible()
    page.unroute_all(behavior="wait")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#sent")).to_have_text("모두 보냄", timeout=20_000)

    devices = """SELECT d.revoked_at IS NULL, f.replaced_by_id IS NULL, count(r.id)::int FROM people_device d
        JOIN field_phone f ON f.device_id = d.id JOIN people_person p ON p.id = d.person_id
        LEFT JOIN duty_report r ON r.device_id = d.id WHERE p.name = '5배달' GROUP BY d.id, f.id ORDER BY d.id"""
    served.until([(False, False, 1), (True, True, 0)], devices)  # under the old key, and not set apart
    assert served.rows("SELECT count(*)::int FROM field_setapart s JOIN duty_report r ON r.id = report_id "
                       "JOIN people_person p ON p.id = r.by_id WHERE p.name = '5배달'") == [(0,)]  # fmt: skip


def test_taken_away_with_three_unsent_it_shows_nobody_hands_them_in_and_is_empty(served, opened):
    context, page = opened
    begin(page, served.codes[6][0])
    context.set_offline(True)
    for name in names(served, 6):
        offline(page, name)
    expect(page.locator("#sent")).to_contain_text("보낼 기록 3건")
    with_it = "FROM people_device d JOIN people_person p ON p.id = d.person_id WHERE p.name = '6배달'"
    revoke = f"UPDATE people_device SET revoked_at = %s WHERE id IN (SELECT d.id {with_it})"
    with psycopg.connect(served.url("postgres"), autocommit=True) as database:
        database.execute(revoke, [make.NOON])
    page.route("**/api/field/v1/reports**", lambda route: route.abort())
    context.set_offline(False)
    expect(page.get_by_text("사용이 중지되었습니다")).to_be_visible(timeout=20_000)
    kept = page.evaluate(EVERYTHING)
    assert (kept["reports"], {"lock", "pack", "read"} & set(kept["kept"])) == (3, set())
    assert names(served, 6)[0] not in page.content()
    look(page, "taken-away")

    page.unroute_all(behavior="wait")
    page.evaluate("dispatchEvent(new Event('online'))")
    became = f"SELECT f.wiped_why, f.lost, f.unsent FROM field_phone f WHERE f.device_id IN (SELECT d.id {with_it})"
    served.until([("ended", 0, 0)], became)
    apart = "SELECT count(*)::int FROM field_setapart s JOIN duty_report r ON r.id = report_id "
    served.until([(3,)], f"{apart} WHERE r.device_id IN (SELECT d.id {with_it})")
    expect(page.get_by_label("등록번호")).to_be_visible()
    kept = page.evaluate(EVERYTHING)
    assert (kept["reports"], kept["kept"], page.evaluate("Object.keys(localStorage)")) == (0, [], [])


def test_an_enrolled_phone_of_before_goes_on_and_its_plain_records_are_sent(served, opened):
    """A phone with its one key, stops and a report in the clear, as the version before kept them."""
    _context, page = opened
    page.goto("/field/")
    visit, key = served.world.visits[3 * WORKERS - 1], "the one key of before"
    add = """INSERT INTO people_device (ref, office_id, person_id, name, key_sha256, enrolled_at)
        SELECT gen_random_uuid(), office_id, id, '', %s, %s FROM people_person WHERE name = %s"""
    with psycopg.connect(served.url("postgres"), autocommit=True) as database:
        database.execute(add, [key_sha256(key), make.NOON, f"{WORKERS - 1}배달"])
    page.evaluate(OLD, [key, str(visit.ref), NOTE])
    page.reload()
    expect(page.get_by_label("새 PIN")).to_be_visible()
    expect(page.locator("#sent")).to_have_text("모두 보냄", timeout=20_000)
    assert NOTE not in page.evaluate(EVERYTHING)["text"] and "PLAINPACK" not in page.evaluate(EVERYTHING)["text"]
    asked = (
        "SELECT {} FROM care_sighting s JOIN care_visit v ON v.id = visit_id"
        " WHERE v.ref = %s AND s.outcome = 'seen_with_concern' AND s.at = %s"
    )
    served.until([(1,)], asked.format("count(*)"), visit.ref, make.NOON)
    ((sealed,),) = served.rows(asked.format("s.note"), visit.ref, make.NOON)
    assert unseal(sealed, "care_sighting.note") == NOTE.encode()


OLD = """async ([key, about, note]) => {
    localStorage.setItem("dure-key", key);
    const db = await new Promise((done) => {
        const r = indexedDB.open("dure", 1); r.onsuccess = () => done(r.result); });
    const t = db.transaction(["reports", "kept"], "readwrite");
    t.objectStore("kept").put({ fetched: Date.now(), stops: [{ name: "PLAINPACK" }] }, "pack");
    const at = "2026-11-23T03:00:00Z";
    const body = JSON.stringify({ outcome: "seen_with_concern", handed: "in_person", note });
    t.objectStore("reports").put({ key: crypto.randomUUID(), kind: "care.visit", about, gravity: "seen_with_concern",
        seenAt: at, made: Date.now(), body });
    await new Promise((done) => { t.oncomplete = done; });
    db.close();
}"""


def test_without_https_it_says_what_to_do_and_keeps_nothing(served, opened):
    _context, page = opened
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false });"
                         "Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });")  # fmt: skip
    page.goto("/field/")
    expect(page.get_by_text("https://")).to_be_visible()
    look(page, "insecure")
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    assert page.evaluate("localStorage.length") == 0
