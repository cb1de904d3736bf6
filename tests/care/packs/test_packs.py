"""The papers of a day: made in time and anew when the plan has changed, kept for two weeks, seen by whose they are."""

import io
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from pypdf import PdfReader

from dure.audit.models import Entry
from dure.care.models import Contact, Recipient, Visit
from dure.care.opening import open_day
from dure.care.packs import actions, tasks
from dure.care.packs.models import Pack
from dure.care.packs.saying import say
from dure.files.models import Content
from dure.health.models import Fault
from dure.people.models import Role
from dure.sheets.paper import Pairs, Table
from tests import make
from tests.care import world as w
from tests.care.pages import signed_in
from tests.make import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TODAY, TOMORROW = w.DAY, w.DAY + timedelta(days=1)
EVENING, EARLY = NOON + 6 * HOUR, NOON - timedelta(hours=6, minutes=30)


@pytest.fixture
def world(moved):
    moved(EARLY)
    world = w.build()
    w.recipient(world, "홍길동", tier="red", diet="당뇨식", allergies="우유", phone="010-0000-0001")
    w.recipient(world, "남궁민수", tier="green")
    Contact.objects.create(
        office=world.office, recipient=Recipient.objects.get(name="홍길동"), name="딸", phone="010-1"
    )
    for day in (TODAY, TOMORROW):
        open_day(world.office.pk, day, now=EARLY)
    return world


def jobs(world, now: datetime, put=None) -> int:
    """The jobs have their turn."""
    make.role("engine")
    made = actions.make_due(world.office.pk, now, put)
    make.role("app")
    return made


def text(pack: Pack) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(bytes(pack.content.data))).pages)


def test_todays_are_there_at_any_hour_and_tomorrows_from_six_in_the_evening_on(world):
    assert jobs(world, EARLY) == 1
    assert jobs(world, EVENING - timedelta(minutes=1)) == 0
    assert jobs(world, EVENING) == 1

    assert [(p.day, p.version, p.stops, p.made_at) for p in Pack.objects.order_by("day")] == [
        (TODAY, 1, 2, EARLY), (TOMORROW, 1, 2, EVENING)
    ]  # fmt: skip


def test_all_that_a_desk_needs_stands_on_them(world):
    jobs(world, EARLY)

    said = text(Pack.objects.select_related("content").get()).replace("\u200b", "")
    for words in [
        "홍길동",
        "남궁민수",
        "당뇨식",
        "우유",
        "010-0000-0001",
        "1코스",
        "비상연락망",
        "119 신고 카드",
        "급식소장",
    ]:
        assert words in said, words
    assert said.count("□ 연락 안 됨") == 2


def test_only_those_at_high_risk_have_a_card(world):
    parts = say(world.provider, TODAY, now=EARLY).paper.parts

    assert len([part for part in parts if isinstance(part, Pairs)]) == 1


def test_the_same_plan_makes_nothing_new_and_another_plan_another_version(world):
    jobs(world, EARLY)
    assert jobs(world, EARLY + HOUR) == 0
    w.recipient(world, "새로운")
    open_day(world.office.pk, TODAY, now=EARLY + HOUR)
    assert jobs(world, EARLY + 2 * HOUR) == 1

    assert [(p.version, p.stops) for p in Pack.objects.order_by("version")] == [(1, 2), (2, 3)]
    assert Content.objects.count() == 2
    assert jobs(world, EARLY + 2 * HOUR) == 0


def test_a_colleague_who_takes_over_makes_another_version_and_stands_at_the_stop(world):
    jobs(world, EARLY)
    Visit.objects.filter(day=TODAY, recipient__name="홍길동").update(worker=world.other)

    assert jobs(world, EARLY + HOUR) == 1
    assert f"방문자: {world.other.name}" in text(Pack.objects.select_related("content").get(version=2))


def test_when_the_last_visit_is_due_nothing_is_made_any_more(world):
    assert jobs(world, NOON) == 0


def test_who_is_away_stands_apart_and_not_among_the_stops(world):
    from dure.care.models import Absence

    absence = Absence(
        office=world.office, recipient=Recipient.objects.get(name="홍길동"), why="hospital", since=TODAY, told_by="딸",
        entered_by=world.desk, told_at=EARLY,
    )  # fmt: skip
    absence.save()
    Visit.objects.filter(recipient__name="홍길동").update(excused_at=EARLY, excused_why="hospital stay")

    said = say(world.provider, TODAY, now=EARLY)

    away = [part for part in said.paper.parts if isinstance(part, Table) and part.rows[0][0] == "홍길동"]
    assert (said.stops, len(away)) == (1, 1)


def test_what_fails_for_one_provider_holds_up_no_other_and_is_said_until_it_is_made(world):
    broken, other = world.provider, make.organisation(world.office, "provider")
    w.recipient(world, "다른", provider=other, route=None)
    open_day(world.office.pk, TODAY, now=EARLY)

    def put(provider, day, *, now):
        with transaction.atomic():
            made = actions.make(provider, day, now=now)
            if provider == broken:
                Pack.objects.filter(pk=made.pk).update(version=0)  # the database refuses it
        return made

    assert jobs(world, EARLY, put) == 1
    fault = Fault.objects.get(office=world.office)
    assert fault.key == f"pack {broken.pk} {TODAY}" and "IntegrityError" in fault.values["why"]
    assert jobs(world, EARLY + HOUR) == 1
    assert not Fault.objects.filter(office=world.office, mended_at=None).exists()


def test_what_was_missing_on_a_day_that_is_over_is_said_no_more(world):
    jobs(world, EARLY, lambda *_, **__: 1 / 0)
    assert Fault.objects.filter(office=world.office, mended_at=None).count() == 1

    jobs(world, NOON + timedelta(days=1))

    assert not Fault.objects.filter(office=world.office, mended_at=None).exists()


def test_without_what_makes_pdf_they_are_kept_as_a_workbook_and_as_pdf_once_it_is_there(world, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    from dure.sheets import pdf

    pdf._fonts.cache_clear()
    jobs(world, EARLY)
    assert Pack.objects.get().kind == "xlsx"
    page = signed_in(world.desk).get("/care/packs/").content.decode()
    assert "make paper" in page
    monkeypatch.undo()
    make.act(world.office.pk)
    jobs(world, EARLY + HOUR)
    assert [p.kind for p in Pack.objects.order_by("version")] == ["xlsx", "pdf"]


def test_after_two_weeks_the_bytes_are_gone_and_that_they_were_made_stays(world):
    jobs(world, EARLY)
    for days, left in ((14, 1), (15, 0)):
        make.role("engine")
        actions.let_go(world.office.pk, EARLY + timedelta(days=days))
        make.role("app")
        assert Content.objects.count() == left
    pack = Pack.objects.get()
    assert pack.content_id is None and pack.let_go_at == EARLY + timedelta(days=15)
    assert signed_in(world.desk).get(f"/care/packs/{pack.ref}/").status_code == 404
    make.act(world.office.pk)
    assert list(Entry.objects.filter(about__startswith="pack").order_by("id").values_list("did", flat=True)) == [
        "made", "let go"
    ]  # fmt: skip


def test_the_jobs_do_it_by_the_clock(world, moved):
    moved(EVENING)
    make.role("engine")
    tasks.make_packs()
    tasks.let_packs_go()
    make.role("app")
    make.act(world.office.pk)
    assert Pack.objects.get().day == TOMORROW


def test_a_desk_downloads_its_own_and_every_download_is_on_the_record(world):
    jobs(world, EARLY)
    pack, stranger = Pack.objects.get(), make.organisation(world.office, "provider")
    their_desk = make.person(world.office, as_=Role.PROVIDER, at=stranger)

    answer = signed_in(world.desk).get(f"/care/packs/{pack.ref}/")

    assert answer.content.startswith(b"%PDF") and "attachment" in answer["Content-Disposition"]
    for person, status in ((world.officer, 200), (their_desk, 404), (world.centre, 403), (world.worker, 403)):
        assert signed_in(person).get(f"/care/packs/{pack.ref}/").status_code == status
    make.act(world.office.pk)
    downloads = Entry.objects.filter(did="downloaded", about=f"pack {pack.ref}").order_by("id")
    assert [line.who_id for line in downloads] == [world.desk.pk, world.officer.pk]


def test_an_officer_gets_all_providers_in_one_file_and_a_desk_only_its_own(world):
    other = make.organisation(world.office, "provider")
    w.recipient(world, "다른이", provider=other, route=None)
    open_day(world.office.pk, TODAY, now=EARLY)
    jobs(world, EARLY)

    for person, theirs in ((world.officer, True), (world.desk, False)):
        answer = signed_in(person).get(f"/care/packs/all/?day={TODAY}")
        said = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
        assert ("다른이" in said, "홍길동" in said) == (theirs, True)
    assert signed_in(world.officer).get("/care/packs/all/?day=2020-01-01").status_code == 409
    make.act(world.office.pk)
    assert Entry.objects.filter(did="downloaded").count() == 3


def test_the_list_asks_no_more_for_many_than_for_few(world, django_assert_max_num_queries):
    jobs(world, EARLY)
    client = signed_in(world.officer)
    page = client.get("/care/packs/").content.decode()
    assert "비상용 출력물" in page and "내려받기" in page
    with connection.execute_wrapper(count := Counting()):
        client.get("/care/packs/")
    few = count.queries
    make.act(world.office.pk)
    for n in range(5):
        provider = make.organisation(world.office, "provider")
        w.recipient(world, f"가상{n}", provider=provider, route=None)
    open_day(world.office.pk, TODAY, now=EARLY)
    jobs(world, EARLY + HOUR)
    assert Pack.objects.count() == 6
    count.queries = 0
    with connection.execute_wrapper(count):
        client.get("/care/packs/?day=nonsense")
    assert count.queries <= few


class Counting:
    queries = 0

    def __call__(self, execute, sql, params, many, context):
        self.queries += 1
        return execute(sql, params, many, context)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"version": 0}, "pack_versions_count_from_one"),
        ({"kind": "doc"}, "pack_kind_known"),
        ({"content": None}, "pack_has_its_bytes_until_let_go"),
        ({"let_go_at": EARLY}, "pack_has_its_bytes_until_let_go"),
        ({"version": 2}, "pack_version_once"),
    ],
)
def test_refuses(world, change, constraint):
    jobs(world, EARLY)
    first = Pack.objects.get()
    content = Content.objects.get()
    make.role("owner")
    Pack.objects.create(
        office=world.office, provider=world.provider, day=TODAY, version=2, kind="pdf", plan_sha256="x", stops=1,
        made_at=EARLY, content=content,
    )  # fmt: skip
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Pack.objects.filter(pk=first.pk).update(**change)


def test_the_web_makes_and_changes_none(world):
    jobs(world, EARLY)
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        Pack.objects.update(day=date(2020, 1, 1))
