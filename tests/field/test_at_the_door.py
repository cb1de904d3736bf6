"""At the door in a real browser: photographs, drafts, calls, stops that others have, large letters and sunlight."""

import io
import re
from contextlib import suppress
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Error, Page, expect

from dure.care.models import Visit
from tests.field import test_phone
from tests.field.browsing import unlock
from tests.field.test_phone import Served, look
from tests.files import hostile

pytestmark = pytest.mark.browser
served, browser, page = test_phone.served, test_phone.browser, test_phone.page
ARRIVED = "SELECT count(*) FROM care_sighting s JOIN care_visit v ON v.id = visit_id WHERE v.ref = %s"
PHOTOS = """SELECT p.report = r.key, p.by_id, p.received_at >= r.received_at FROM photos_photo p
    JOIN duty_report r ON r.key = p.report JOIN care_visit v ON v.id = p.visit_id WHERE v.ref = %s"""
STEPS = """SELECT e.step, e.who, e.values->>'result' FROM cases_entry e JOIN cases_case c ON c.id = e.case_id
    WHERE c.subject = %s AND e.step = 'called' ORDER BY e.id"""
CALLS = "**/api/field/v1/**"


def camera() -> bytes:
    """A photo as a phone takes it: large, noisy, and it says where it was taken."""
    out = io.BytesIO()
    picture = Image.effect_noise((3000, 2000), 80).convert("RGB")
    picture.save(out, "JPEG", quality=92, exif=Image.open(io.BytesIO(hostile.located())).getexif().tobytes())
    assert out.tell() > 1_000_000 and b"SECRET" in out.getvalue()
    return out.getvalue()


def take(page: Page, data: bytes | None = None) -> None:
    shots = page.locator("[data-photos] li").count()
    file: Any = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": data or camera()}
    page.locator("[data-photos] input[type=file]").set_input_files(file)
    expect(page.locator("[data-photos] li")).to_have_count(shots + 1, timeout=30_000)


def open_concern(page: Page, visit: Visit) -> None:
    page.locator(".stop a", has_text=visit.recipient.name).tap()
    page.locator("#screen [data-go=concern]").tap()


def test_photos_are_small_survive_a_reload_go_after_the_words_and_from_a_locked_phone(page: Page, served: Served):
    visit = served.world.visits[0]
    open_concern(page, visit)
    page.locator("[data-take]").tap()
    expect(page.locator("[data-photos] .error")).to_contain_text("표시하지 않으면")
    page.get_by_label("본인이 동의했고").tap()
    page.get_by_label("기력·안색").tap()
    page.locator("#concern-note").fill("얼굴빛이 나쁩니다")
    for _ in range(3):
        take(page)
    page.get_by_role("button", name="사진 2: 빼기").tap()
    expect(page.locator("[data-photos] li")).to_have_count(2)
    look(page, "photos")
    page.wait_for_timeout(600)

    page.reload()  # the browser was killed while the camera had the phone
    unlock(page)
    expect(page.locator("#concern-note")).to_have_value("얼굴빛이 나쁩니다")
    expect(page.get_by_label("기력·안색")).to_be_checked()
    expect(page.locator("[data-photos] li")).to_have_count(2)
    page.route(CALLS, lambda route: route.abort())
    page.get_by_role("button", name="보내기").tap()
    expect(page.locator("#sent")).to_contain_text(re.compile("보낼 기록 1건.*사진 2장"))
    open_concern(page, visit)
    expect(page.locator("#concern-note")).to_have_value("")  # what was sent is no draft any more

    page.reload()
    expect(page.get_by_role("heading", name="PIN")).to_be_visible()
    page.unroute_all(behavior="wait")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#sent")).to_have_text("모두 보냄", timeout=30_000)
    done = "SELECT did FROM audit_entry WHERE did IN ('reported', 'photographed') ORDER BY id"
    served.until([("reported",), ("photographed",), ("photographed",)], done)
    served.until([(True, served.world.worker.pk, True)] * 2, PHOTOS, visit.ref)
    sizes = served.rows("SELECT size FROM files_content WHERE id IN (SELECT content_id FROM photos_photo)")
    assert all(size < 200_000 for (size,) in sizes)


def test_a_photo_that_is_no_use_blocks_no_other_and_one_without_room_takes_no_report_along(page: Page, served: Served):
    visit = served.world.visits[1]
    page.route(
        "**/photos/*", lambda route: route.fulfill(status=422, json={"message": "열 수 없는 사진입니다."}), times=1
    )
    open_concern(page, visit)
    page.get_by_label("본인이 동의했고").tap()
    take(page)
    take(page)
    page.get_by_role("button", name="보내기").tap()
    expect(page.locator("#sent")).to_have_text("모두 보냄", timeout=20_000)
    expect(page.locator("#notices")).to_contain_text("열 수 없는 사진입니다.")
    served.until([(True, served.world.worker.pk, True)], PHOTOS, visit.ref)
    page.get_by_role("button", name="확인했습니다").tap()
    expect(page.locator("#notices")).not_to_contain_text("열 수 없는")

    page.evaluate("""() => { const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (value, key) {
          if (value.ct && value.head) throw new DOMException("full", "QuotaExceededError");
          return put.call(this, value, key);
        }; }""")
    visit = served.world.visits[2]
    open_concern(page, visit)
    page.get_by_label("본인이 동의했고").tap()
    take(page)
    page.get_by_role("button", name="보내기").tap()
    expect(page.locator("#notices")).to_contain_text("사진 1장은 남기지 못했습니다")
    expect(page.locator("#sent")).to_have_text("모두 보냄", timeout=20_000)
    served.until([(1,)], ARRIVED, visit.ref)
    served.until([], PHOTOS, visit.ref)


def test_a_report_made_meanwhile_goes_before_the_photo_that_is_being_sent(page: Page, served: Served):
    first, second = served.world.visits[3:5]
    held: list[Any] = []
    page.route("**/photos/*", lambda route: held.append(route))  # the network is slow: it never ends by itself
    open_concern(page, first)
    page.get_by_label("본인이 동의했고").tap()
    take(page)
    page.get_by_role("button", name="보내기").tap()
    expect(page.locator("#sent")).to_contain_text("보낼 사진 1장")
    page.wait_for_timeout(300)
    assert held
    page.locator(".stop a", has_text=second.recipient.name).tap()
    page.get_by_role("button", name="전달, 이상 없음").tap()
    served.until([(1,)], ARRIVED, second.ref)
    page.unroute_all(behavior="ignoreErrors")
    for route in held:
        with suppress(Error):  # the page gave it up already
            route.abort()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#sent")).to_have_text("모두 보냄", timeout=30_000)


def test_what_came_of_a_call_goes_to_the_case_and_how_it_stood_is_known_without_a_network(page: Page, served: Served):
    visit = served.world.visits[5]
    page.locator(".stop a", has_text=visit.recipient.name).tap()
    page.get_by_role("button", name="연락 안 됨").tap()
    expect(page.locator("[data-state]")).to_contain_text("15분", timeout=20_000)
    page.get_by_role("link", name="최딸").tap()
    expect(page.locator(".called")).to_contain_text("최딸 (딸): 통화 결과")
    look(page, "called")
    page.get_by_role("button", name="받지 않음").tap()
    expect(page.locator(".called")).to_have_text("최딸 (딸): 받지 않음")
    served.until([("called", "최딸 (딸)", "no_answer")], STEPS, visit.recipient.ref)
    page.get_by_label("얼굴과 이웃집").tap()
    take(page)
    page.get_by_role("button", name="문 앞에서 확인한 것 보내기").tap()
    expect(page.locator("#sent")).to_have_text("모두 보냄", timeout=20_000)
    served.until([(True, served.world.worker.pk, True)], PHOTOS, visit.ref)

    page.locator("#drill-note").fill("텔레비전 소리")
    page.wait_for_timeout(600)
    page.route(CALLS, lambda route: route.abort())
    page.get_by_role("link", name=re.compile(f"{visit.recipient.name}.*전화")).tap()
    page.get_by_role("button", name="없는 번호").tap()
    expect(page.get_by_text(f"{visit.recipient.name}: 없는 번호")).to_be_visible()
    page.reload()
    unlock(page)
    expect(page.locator("#drill-note")).to_have_value("텔레비전 소리")
    expect(page.locator("[data-state]")).to_contain_text(re.compile(r"15분.*\(\d\d:\d\d 기준\)"), timeout=20_000)
    page.unroute_all(behavior="wait")
    page.evaluate("dispatchEvent(new Event('online'))")
    served.until(
        [("called", "최딸 (딸)", "no_answer"), ("called", visit.recipient.name, "dead")], STEPS, visit.recipient.ref
    )


def test_stops_that_others_have_are_named_until_read_and_nothing_is_taken_from_under_a_hand(page: Page, served: Served):
    mine, given = served.world.visits[0], served.world.visits[4]
    served.change("UPDATE care_visit SET worker_id = %s WHERE ref = %s", served.world.desk.pk, given.ref)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#notices")).to_contain_text(f"1곳이 목록에서 빠졌습니다: {given.recipient.name}")
    expect(page.locator(".stop")).to_have_count(5)
    look(page, "moved")
    open_concern(page, mine)
    page.locator("#concern-note").fill("쓰는 중")
    served.change("UPDATE care_visit SET worker_id = %s WHERE ref = %s", served.world.desk.pk, mine.ref)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#notices")).to_contain_text("2곳이 목록에서 빠졌습니다")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#concern-note")).to_have_value("쓰는 중")
    page.reload()
    unlock(page)
    expect(page.locator("#notices")).to_contain_text("2곳이 목록에서 빠졌습니다")
    page.get_by_role("button", name="보내기").tap()
    expect(page.locator(".stop")).to_have_count(4, timeout=20_000)
    page.get_by_role("button", name="확인했습니다").tap()
    expect(page.locator("#notices")).to_be_empty()
    for visit in (mine, given):
        served.change("UPDATE care_visit SET worker_id = %s WHERE ref = %s", served.world.worker.pk, visit.ref)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#notices")).to_contain_text("2곳이 새로 들어왔습니다")
    page.get_by_role("button", name="확인했습니다").tap()
    expect(page.locator("#notices")).to_be_empty()


SMALL = """() => [...document.querySelectorAll('a[href], button, input, textarea, summary')].flatMap((each) => {
  const hit = ['checkbox', 'radio', 'file'].includes(each.type) ? each.closest('label') : each;
  const box = hit.getBoundingClientRect();
  if (!each.checkVisibility() || box.width === 0) return [];
  return box.width < 47.5 || box.height < 47.5 ? [`${each.outerHTML.slice(0, 90)} ${box.width}×${box.height}`] : [];
})"""
PALE = """() => {
  const parts = (color) => (color.match(/[\\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
  const light = (color) => {
    const one = (c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = parts(color).map((part) => one(part / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (each) => {
    for (let at = each; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if ((parts(color)[3] ?? 1) > 0.99) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  return [...document.querySelectorAll('body *')].flatMap((each) => {
    const words = [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!words || !each.checkVisibility() || each.closest('.visually-hidden, :disabled')) return [];
    const [a, b] = [light(getComputedStyle(each).color), light(behind(each))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const said = each.textContent.trim().slice(0, 20);
    return ratio < 7 ? [`${each.tagName}.${each.className} ${said} ${ratio.toFixed(2)}`] : [];
  });
}"""


def fits(page: Page, name: str) -> list[str]:
    """What is too small to hit, too pale for sunlight, or, with letters twice as large, wider than the screen."""
    wrong = [f"{name} small: {each}" for each in page.evaluate(SMALL)]
    wrong += [f"{name} pale: {each}" for each in page.evaluate(PALE)]
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    width = page.evaluate("document.documentElement.scrollWidth")
    wrong += [f"{name}: {width} wide"] if width > 360 else []
    look(page, f"large-{name}")
    page.evaluate("document.documentElement.style.fontSize = ''")
    return wrong


def test_every_target_is_large_every_word_stands_out_and_letters_may_be_twice_as_large(page: Page, served: Served):
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme="light")
    visit, other = served.world.visits[0], served.world.visits[5]
    wrong = fits(page, "list")
    for screen in ("stop", "concern", "away", "skipped"):
        page.evaluate(f"location.hash = '{screen}/{visit.ref}'")
        expect(page.locator("#screen form")).to_be_visible()
        page.wait_for_timeout(200)
        wrong += fits(page, screen)
    page.evaluate(f"location.hash = 'drill/{other.ref}'")
    page.get_by_role("link", name="최딸").tap()
    wrong += fits(page, "drill")
    page.reload()
    expect(page.get_by_role("heading", name="PIN")).to_be_visible()
    wrong += fits(page, "locked")
    assert wrong == [], "\n".join(wrong)
