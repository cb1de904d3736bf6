"""The phone writes what is urgent as a text message, and the server reads it as the same report."""

import json
import random
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import unquote
from uuid import UUID, uuid4

import pytest
from django.utils import translation
from playwright.sync_api import Browser, Page, expect

from dure import clock, postgres
from dure.field import shortcode
from dure.field.actions import enrol
from dure.field.views.worker import words
from dure.outbox.signed import signature
from dure.people.models import Organisation
from tests import make
from tests.field.browsing import begin, unlock
from tests.field.server import serving
from tests.field.test_phone import SIGHTINGS, Served, browser, look  # noqa: F401
from tests.field.world import World, day

pytestmark = pytest.mark.browser
KEY, MOBILE = "our-secret", "010-0000-7777"
NOT_SENT = """window.texted = [];
addEventListener("click", (event) => {  // a headless browser has nothing that calls or writes text messages
  const text = event.target.closest?.('a[href^="sms:"], a[href^="tel:"]');
  if (text) { event.preventDefault(); texted.push(text.getAttribute('href')); }
});"""
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
COUNTS = """SELECT (SELECT count(*) FROM duty_report WHERE key = %s),
    (SELECT count(*) FROM cases_case WHERE subject = %s),
    (SELECT count(*) FROM duty_duty WHERE kind = 'field.unread')"""


def _build() -> tuple[World, list[str]]:
    world = day(6)
    Organisation.objects.filter(pk=world.provider.pk).update(phone=MOBILE)
    return world, [enrol(world.worker, by=world.desk, now=make.NOON) for _ in range(5)]


@pytest.fixture(scope="module")
def served(cluster: postgres.Server, django_db_setup: None, django_db_blocker: Any) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DURE_GATEWAY_KEY", KEY)
        with serving(cluster, django_db_blocker, make.NOON, _build) as (address, (world, codes), url):
            yield Served(address, world, codes, url)


def phone(browser: Browser, served: Served, **of: Any) -> Page:  # noqa: F811
    """A phone whose clock is the server's, and stands in the test's hand."""
    given = {"viewport": {"width": 390, "height": 844}, "locale": "ko-KR", "base_url": served.address, **of}
    page = browser.new_context(**given).new_page()
    page.clock.install(time=make.NOON)
    page.add_init_script(NOT_SENT)
    begin(page, served.codes.pop())
    return page


def hand_in(served: Served, text: str) -> dict[str, Any]:
    """What the gateway does with a text message that came."""
    body = json.dumps({"from": "010-0000-0001", "text": text, "at": make.NOON.isoformat()}).encode()
    stamp = str(int(clock.real().timestamp()))
    heads = {"Dure-Timestamp": stamp, "Dure-Signature": signature(KEY, stamp, body), "Content-Type": "application/json"}
    asked = urllib.request.Request(f"{served.address}/api/outbox/v1/replies", body, heads)
    with urllib.request.urlopen(asked, timeout=20) as answer:
        return dict(json.load(answer))


def text_of(page: Page) -> str:
    return unquote(str(page.get_by_role("link", name="문자로 보내기").get_attribute("href")).split("body=")[1])


def test_phone_and_server_write_the_same_code(browser, served):  # noqa: F811
    page = phone(browser, served)
    chance = random.Random(3)
    asked = [
        [chance.randrange(32), f"key {chance.random()}", chance.choice([None, str(uuid4())]), chance.randrange(1024),
         1_700_000_000_000 + chance.randrange(10**12)]
        for _ in range(300)
    ]  # fmt: skip
    asked.append([0, "a phone's key", "5b0c2e0e-9f41-4a37-9d0f-0d9d3f6c2a11", 700, int(make.NOON.timestamp() * 1000)])
    written = page.evaluate(
        """async (asked) => {
            const { code } = await import("/static/dure/field/texting.js");
            return Promise.all(asked.map((each) => code(...each)));
        }""",
        asked,
    )
    for (what, secret, about, seed, made), each in zip(asked, written, strict=True):
        key = sha256(secret.encode()).hexdigest()
        moment = datetime.fromtimestamp(made / 1000, UTC)
        expected = shortcode.write(what, key, UUID(about) if about else None, seed, moment)
        assert each == {"code": shortcode.shown(expected), "key": str(shortcode.key_of(expected, key))}


def test_without_a_network_a_no_reply_goes_as_a_text_message_and_counts_once(browser, served):  # noqa: F811
    page, visit = phone(browser, served), served.world.visits[0]
    page.context.set_offline(True)
    page.locator(".stop a", has_text=visit.recipient.name).click()
    page.get_by_role("button", name="연락 안 됨").click()
    expect(page.locator("#sent")).to_contain_text("보낼 기록 1건")
    expect(page.get_by_role("link", name="문자로 보내기")).to_have_count(0)

    page.clock.fast_forward("11:00")
    expect(page.get_by_role("link", name="문자로 보내기")).to_be_visible()
    look(page, "text-offered")
    href, text = str(page.get_by_role("link", name="문자로 보내기").get_attribute("href")), text_of(page)
    assert href.startswith("sms:01000007777?body=")
    assert text.startswith("연락 안 됨: 1번째, 첨단1동. 전화 주세요. 보고번호 ")
    assert visit.recipient.name not in text
    page.get_by_role("link", name="문자로 보내기").click()
    expect(page.get_by_text("문자를 열었습니다")).to_be_visible()
    assert page.evaluate("texted") == [href]
    look(page, "text-written")

    [code] = shortcode.find(text)
    [(sha,)] = served.rows("SELECT key_sha256 FROM people_device WHERE revoked_at IS NULL")
    key = shortcode.key_of(code, sha)
    assert hand_in(served, text) == {"taken": 1, "answered": 0, "reports": 1}
    served.until([("no_reply", "not_handed", False, False)], SIGHTINGS, visit.ref)
    page.context.set_offline(False)
    page.clock.run_for(60_000)
    expect(page.locator("#sent")).to_have_text("모두 보냄", timeout=20_000)
    served.until([(2, 1, 0)], COUNTS, key, visit.recipient.ref)
    served.until([("no_reply", "not_handed", False, False)], SIGHTINGS, visit.ref)
    expect(page.get_by_text("문자를 열었습니다")).to_have_count(0)


def test_a_locked_phone_offers_it_too_the_gravest_first(browser, served):  # noqa: F811
    page, visit = phone(browser, served), served.world.visits[1]
    page.context.route("**/api/**", lambda route: route.abort())
    page.locator(".stop a", has_text=visit.recipient.name).click()
    page.get_by_role("button", name="연락 안 됨").click()
    expect(page.locator(".clock")).to_be_visible()
    page.evaluate("document.getElementById('danger').click()")
    expect(page.locator("#sent")).to_contain_text("보낼 기록 2건")
    page.reload()
    page.clock.fast_forward("11:00")
    expect(page.get_by_label("PIN", exact=True)).to_be_visible()
    look(page, "text-locked")
    assert text_of(page).startswith("위험: 2번째, 첨단1동.")
    assert visit.recipient.name not in page.content()
    page.get_by_role("link", name="문자로 보내기").click()
    expect(page.get_by_text("연락 안 됨: 2번째")).to_be_visible()
    unlock(page)
    assert text_of(page).startswith("연락 안 됨: 2번째")


def test_an_iphone_is_asked_in_its_own_way(browser, served):  # noqa: F811
    page, visit = phone(browser, served, user_agent=IPHONE), served.world.visits[2]
    page.context.set_offline(True)
    page.locator(".stop a", has_text=visit.recipient.name).click()
    page.get_by_role("button", name="연락 안 됨").click()
    page.clock.fast_forward("11:00")
    expect(page.get_by_role("link", name="문자로 보내기")).to_be_visible()
    assert str(page.get_by_role("link", name="문자로 보내기").get_attribute("href")).startswith("sms:01000007777&body=")


def test_every_text_message_fits_into_one():
    with translation.override("ko"):
        said = {name: str(sentence) for name, sentence in words().items()}
    where = f"{said['textStop'].replace('{order}', '99')}, {'가' * 8}. "
    for name in ("textNoReply", "textDanger", "textCalled", "textArrived", "textSeen", "textPressed", "textHelp"):
        text = f"{said[name].replace('{where}', where)} {said['textCode']} {shortcode.shown('0' * 24)}"
        assert len(text.encode("euc-kr")) <= 90, text


def test_many_urgent_reports_of_one_minute_are_all_kept(browser, served):  # noqa: F811
    """A code has 1,024 chance numbers: with 120 reports of the same kind, thing and minute some meet."""
    page, visit = phone(browser, served), served.world.visits[3]
    page.context.set_offline(True)
    keys = page.evaluate(
        """async (about) => {
            const { report } = await import("/static/dure/field/sending.js");
            const { reports } = await import("/static/dure/field/store.js");
            for (let n = 0; n < 120; n += 1) await report("care.visit", about, "no_reply", { outcome: "no_reply", n });
            return (await reports()).map((each) => each.key);
        }""",
        str(visit.ref),
    )
    assert len(set(keys)) == 120
