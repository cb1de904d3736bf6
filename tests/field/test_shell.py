"""The page without a network: opened anew, by a killed browser, by a server of a newer version."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Page, Playwright, expect, sync_playwright

from dure import postgres
from dure.field import shell
from dure.field.actions import enrol
from tests import make
from tests.field.browsing import begin, unlock
from tests.field.server import Web, prepared
from tests.field.test_phone import QUIET
from tests.field.world import World, day

KEPT, WELL = "네트워크가 없어도", re.compile("전달, 이상 없음")


def _build() -> tuple[World, list[str]]:
    world = day(3)
    return world, [enrol(world.worker, by=world.desk, now=make.NOON) for _ in range(6)]


@pytest.fixture(scope="module")
def served(cluster: postgres.Server, django_db_setup: Any, django_db_blocker: Any) -> Iterator[tuple[Web, Any, Any]]:
    with prepared(cluster, django_db_blocker, make.NOON, _build) as (environment, built, url):
        yield Web(environment), built, url


@pytest.fixture
def web(served: tuple[Web, Any, Any]) -> Iterator[Web]:
    served[0].start()
    yield served[0]
    served[0].stop()


@pytest.fixture
def play() -> Iterator[Playwright]:
    with sync_playwright() as play:
        yield play


def phone(play: Playwright, folder: Path, web: Web) -> BrowserContext:
    return play.chromium.launch_persistent_context(
        folder, executable_path="/usr/bin/chromium", args=QUIET, locale="ko-KR", base_url=web.address,
        viewport={"width": 360, "height": 740},
    )  # fmt: skip


def ready(page: Page, code: str) -> None:
    begin(page, code)
    expect(page.get_by_text(KEPT)).to_be_visible()


@pytest.mark.browser
def test_without_a_server_the_page_opens_anew_with_its_stops(served, web, play, tmp_path):
    context = phone(play, tmp_path, web)
    page = context.new_page()
    ready(page, served[1][1][0])
    web.stop()
    page.reload()
    unlock(page)
    expect(page.locator(".stop")).to_have_count(3)
    expect(page.get_by_text("통신이 끊겼습니다")).to_be_visible()
    page.locator(".stop a").first.click()
    page.get_by_role("button", name=WELL).click()
    context.close()  # the browser is gone, and comes back without a network
    context = phone(play, tmp_path, web)
    page = context.new_page()
    page.goto("/field/")
    expect(page.locator("#sent")).to_contain_text("1건")
    web.start()
    expect(page.locator("#sent")).to_contain_text("모두 보냄", timeout=20_000)
    context.close()


@pytest.mark.browser
def test_a_new_version_begins_before_the_pin_and_never_at_a_door(served, web, play, tmp_path):
    context = phone(play, tmp_path, web)
    page = context.new_page()
    ready(page, served[1][1][1])
    page.locator(".stop a").first.click()
    page.locator("[data-go=concern]").click()
    page.locator("[name=note]").fill("쓰는 중입니다")
    web.stop()
    web.environment["DURE_PIN_DIGITS"] = "7"  # the page differs, as that of a newer version does
    web.start()
    del web.environment["DURE_PIN_DIGITS"]
    page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
    page.wait_for_function("navigator.serviceWorker.getRegistration().then((one) => Boolean(one.waiting))")
    page.wait_for_timeout(6000)
    assert page.locator("[name=note]").input_value() == "쓰는 중입니다"
    assert page.evaluate("JSON.parse(document.getElementById('settings').textContent).digits") != 7
    page.reload()
    expect(page.get_by_label("PIN", exact=True)).to_be_visible()
    page.wait_for_function("JSON.parse(document.getElementById('settings').textContent).digits === 7")
    unlock(page)
    expect(page.locator("[name=note]")).to_be_visible()
    context.close()


@pytest.mark.browser
def test_files_of_two_versions_are_never_kept_together(served, web, play, tmp_path):
    context = phone(play, tmp_path, web)
    page = context.new_page()
    page.goto("/field/")
    mixed = "const SHELL = {version: 'x', language: 'ko', files: {'/field/': 'of another version'}};"
    found = page.request.get("/field/sw.js").text()
    assert mixed.split("{")[0] in found
    page.context.route("**/field/sw.js*", lambda route: route.fulfill(
        body=re.sub(r"^const SHELL = .*", mixed, found), content_type="text/javascript"))  # fmt: skip
    refused = page.evaluate(
        "navigator.serviceWorker.ready.then((one) => one.unregister())"
        ".then(() => navigator.serviceWorker.register('/field/sw.js', {scope: '/field/'}))"
        ".then((one) => new Promise((done) => {"
        " const made = one.installing ?? one.waiting ?? one.active;"
        " const look = () => { const state = made?.state ?? 'redundant';"
        "   if (state === 'redundant' || state === 'activated') done(state); else setTimeout(look, 50); };"
        " look(); }))"
    )
    assert refused == "redundant"
    context.close()


@pytest.mark.browser
def test_when_the_course_is_over_nobodys_data_stays_on_the_phone(served, web, play, tmp_path):
    context = phone(play, tmp_path, web)
    page = context.new_page()
    ready(page, served[1][1][2])
    if page.get_by_role("button", name="코스 시작").is_visible():
        page.get_by_role("button", name="코스 시작").click()
    for number in range(3):
        page.locator(".stop a").nth(number).click()
        page.get_by_role("button", name=WELL).click()
        expect(page.locator(".stop").first).to_be_visible()
    page.get_by_role("button", name="코스 마침").click()
    expect(page.get_by_text("이 휴대전화에서 지웠습니다")).to_be_visible(timeout=20_000)
    kept = page.evaluate("""() => new Promise((done) => {
      indexedDB.open('dure').onsuccess = ({ target: { result: db } }) => {
        const all = db.transaction(['kept', 'reports']);
        const names = all.objectStore('kept').getAllKeys();
        const reports = all.objectStore('reports').getAllKeys();
        all.oncomplete = () => done([names.result.filter((name) => ['pack', 'day'].includes(name)), reports.result]);
      }; })""")
    assert kept == [[], []]
    page.get_by_role("button", name="방문 목록 다시 보기").click()
    expect(page.locator(".stop")).to_have_count(3)
    context.close()


def test_what_the_phone_keeps_is_small_whole_and_the_same_for_everybody(db, client: Client):
    page = client.get("/field/")
    script = client.get("/field/sw.js").content.decode()
    files = json.loads(script.split("\n")[0].removeprefix("const SHELL = ").removesuffix(";"))["files"]
    assert files[shell.PAGE] == shell._digest(page.content)
    assert {"/static/dure/field/phone.js", "/static/dure/tokens.css", "/static/dure/field/words.js"} <= set(files)
    weight = len(page.content) + sum(len(shell._read(name[8:])) for name in files if name.startswith("/static/"))
    assert weight <= 150_000
    person = make.person(make.office(), "한담당")
    client.cookies["theme"] = "dark"
    client.force_login(person, backend="dure.people.signing_in.ByName")
    assert client.get("/field/sw.js").content.decode() == script


def test_what_installs_the_page_among_the_apps(db, client: Client):
    made = client.get("/field/app.webmanifest")
    assert made["Content-Type"] == "application/manifest+json"
    assert {icon["sizes"] for icon in made.json()["icons"]} == {"192x192", "512x512"}
    assert all(client.get(icon["src"]).status_code == 200 for icon in made.json()["icons"])
