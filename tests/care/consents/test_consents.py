"""Consents: versions of the text, what each recipient said, who is to be asked again; nothing is ever overwritten."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import Error, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dure.care.consents import actions
from dure.care.consents.models import Consent, Text
from dure.care.consents.standing import states
from dure.care.models import Recipient
from dure.errors import Refused
from dure.offices.acting import act
from tests import make
from tests.care import world as w
from tests.care.pages import signed_in
from tests.care.world import DAY
from tests.make import NOON

pytestmark = pytest.mark.django_db
PURPOSES = ("meals", "emergency", "family", "photos")


@pytest.fixture
def world(moved):
    moved(NOON)
    made = w.build()
    made.recipient  # noqa: B018
    for purpose in PURPOSES:
        actions.publish(made.office.pk, purpose, "첫 동의서", DAY - timedelta(days=90), by=made.officer, now=NOON)
    return made


def said(world, purpose="meals", what="given", on=DAY, recipient=None, **values) -> Consent:
    consent = Consent(recipient=recipient or world.recipient, purpose=purpose, said=what, on=on,
                      **({"how": "paper"} | values))  # fmt: skip
    return actions.say(consent, by=world.desk, now=NOON)


def state(world, purpose="meals", day=DAY):
    return next(s for s in states([world.recipient], world.office.pk, day)[world.recipient.pk] if s.purpose == purpose)


def test_what_was_agreed_keeps_its_version_and_a_new_one_is_to_be_asked_from_its_day_on(world):
    said(world)
    assert not state(world).to_ask and state(world, "emergency").to_ask and not state(world, "photos").to_ask
    actions.publish(world.office.pk, "meals", "둘째 동의서", DAY + timedelta(days=3), by=world.officer, now=NOON)
    assert not state(world).old and state(world, day=DAY + timedelta(days=3)).old
    assert Consent.objects.get().text.text == "첫 동의서"
    with pytest.raises(Refused):
        actions.publish(world.office.pk, "meals", "x", DAY, by=world.officer, now=NOON)


def test_the_newest_day_holds_and_lists_know_it_as_the_consent(world):
    said(world, on=DAY - timedelta(days=2))
    known = Recipient.objects.get(pk=world.recipient.pk)
    assert (known.consent_on, known.consent_version) == (DAY - timedelta(days=2), "1")
    said(world, what="withdrawn")
    said(world, on=DAY - timedelta(days=9))  # entered later, said before
    known.refresh_from_db()
    assert (known.consent_on, known.consent_version, state(world).newest.said) == (None, "", "withdrawn")
    assert "no meals" in str(state(world).means) or "급식" in str(state(world).means)


@pytest.mark.parametrize(
    ("values", "why"), [({"on": DAY + timedelta(days=1)}, "date"), ({"on": DAY - timedelta(days=91)}, "text")]
)
def test_it_cannot_be_said_in_days_to_come_or_to_a_text_that_was_not_there(world, values, why):
    with pytest.raises(Refused):
        said(world, **values)
    assert said(world, what="refused", on=DAY - timedelta(days=91)).text is None


def test_the_signed_paper_is_kept_and_shown_to_those_who_see_the_person(world):
    client, page = signed_in(world.desk), f"/care/consents/recipients/{world.recipient.ref}/"
    form = {"purpose": "meals", "said": "given", "on": str(DAY), "how": "paper"}
    scan = SimpleUploadedFile("홍길동.pdf", b"%PDF-1.7 x %%EOF")
    assert client.post(page, form | {"file": scan}).status_code == 302
    act(world.office.pk)
    kept = Consent.objects.get()
    assert (kept.name, bytes(kept.content.data)) == ("서명한 동의서.pdf", b"%PDF-1.7 x %%EOF")
    address = f"/care/consents/{kept.ref}/file/"
    assert client.get(address).content == b"%PDF-1.7 x %%EOF"
    assert signed_in(world.centre).get(address).status_code == 200
    act(world.office.pk)
    stranger = make.person(world.office, as_="provider", at=make.organisation(world.office, "provider"))
    assert signed_in(stranger).get(address).status_code == signed_in(stranger).get(page).status_code == 404


@pytest.mark.parametrize("change", [{"how": "oral"}, {"how": "guardian"}, {"on": "2026-11-24"}, {"said": "x"},
                                    {"file": SimpleUploadedFile("x.exe", b"MZ")}])  # fmt: skip
def test_bad_input_gets_a_sentence(world, change):
    form = {"purpose": "meals", "said": "given", "on": str(DAY), "how": "paper"} | change
    answer = signed_in(world.desk).post(f"/care/consents/recipients/{world.recipient.ref}/", form)
    assert answer.status_code == 422 and not Consent.objects.exists()
    assert 'class="error"' in answer.content.decode()


def test_the_list_has_who_is_to_be_asked_and_asks_the_database_as_often_for_many(world):
    client, counts = signed_in(world.desk), []
    for more in (0, 5):
        act(world.office.pk)
        for _ in range(more):
            w.recipient(world)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get("/care/consents/")
        counts.append(len(queries))
        assert answer.context["page"].paginator.count == 1 + more
    assert counts[0] == counts[1]
    act(world.office.pk)
    for purpose in ("meals", "emergency"):
        said(world, purpose)
    assert client.get("/care/consents/").context["page"].paginator.count == 5
    act(world.office.pk)
    actions.publish(world.office.pk, "family", "둘째", DAY, by=world.officer, now=NOON)
    said(world, "family")
    assert client.get("/care/consents/").context["page"].paginator.count == 5
    act(world.office.pk)
    actions.publish(world.office.pk, "emergency", "둘째", DAY, by=world.officer, now=NOON)
    assert client.get("/care/consents/").context["page"].paginator.count == 6


def test_the_recipients_page_says_what_to_ask_and_only_officers_make_texts(world):
    body = signed_in(world.desk).get(f"/care/recipients/{world.recipient.ref}/").content.decode()
    assert "받지 않음" in body
    assert signed_in(world.desk).get("/care/consents/texts/").status_code == 403
    office = signed_in(world.officer)
    answer = office.post("/care/consents/texts/", {"purpose": "photos", "since": str(DAY), "text": "새 글"})
    assert answer.status_code == 302 and "2판" in office.get("/care/consents/texts/").content.decode()


def test_an_emergency_never_waits_for_it(world):
    said(world, "emergency", "refused")
    assert w.reached_by_nobody(world, danger=True).danger_at == NOON


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"purpose": "x"}, "consent_purpose_known"),
        ({"said": "x"}, "consent_said_known"),
        ({"how": "x", "who": "y"}, "consent_how_known"),
        ({"text": None}, "consent_given_names_its_version"),
        ({"how": "oral"}, "consent_not_on_paper_names_who"),
        ({"name": "x"}, "consent_file_has_a_name"),
    ],
)
def test_refuses(world, change, constraint):
    kept = said(world)
    for name, value in {"pk": None, "ref": w.uuid.uuid4(), **change}.items():
        setattr(kept, name, value)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        kept.save(force_insert=True)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [({"purpose": "x"}, "consent_text_purpose_known"), ({"text": ""}, "consent_text_isnt_empty"),
     ({"version": 1}, "consent_text_version_once")],
)  # fmt: skip
def test_refuses_a_text(world, change, constraint):
    text = Text.objects.filter(purpose="meals").get()
    for name, value in {"pk": None, "version": 2, **change}.items():
        setattr(text, name, value)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        text.save(force_insert=True)


@pytest.mark.parametrize("role", ["app", "engine"])
@pytest.mark.parametrize("what", ["UPDATE consents_consent SET said = 'given'", "DELETE FROM consents_consent",
                                  "UPDATE consents_text SET text = 'x'", "DELETE FROM consents_text"])  # fmt: skip
def test_nothing_said_is_changed_or_deleted(world, role, what):
    said(world)
    make.role(role)
    with pytest.raises(Error, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(what)
    make.role("app")
