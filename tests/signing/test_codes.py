"""Codes of an app, against what the standard says and what was written apart."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dure.signing import codes, sealing
from dure.signing.models import CodeApp, Second
from tests.signing.people import somebody

SECRET = b"12345678901234567890"
# RFC 6238, appendix B: moment and code (the last six digits of its eight)
PUBLISHED = [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")]


@pytest.mark.parametrize(("at", "code"), PUBLISHED)
def test_as_the_standard_says(at, code):
    assert codes.step(SECRET, code, datetime.fromtimestamp(at, UTC)) == at // 30


@pytest.mark.parametrize(("late", "holds"), [(-61, False), (-31, True), (0, True), (30, True), (61, False)])
def test_a_clock_that_is_half_a_minute_off_does_no_harm(late, holds):
    at = datetime.fromtimestamp(1234567890 // 30 * 30 + 15, UTC) + timedelta(seconds=late)
    assert (codes.step(SECRET, "005924", at) is not None) == holds


@given(st.text(max_size=8))
def test_anything_may_be_typed(text):
    assert codes.step(SECRET, text, datetime.fromtimestamp(59, UTC)) in (None, 0, 1, 2)


@pytest.mark.django_db
def test_a_code_holds_once_and_none_before_it_holds_afterwards():
    officer, at = somebody(), datetime.fromtimestamp(1234567890, UTC)
    assert codes.set_up(officer, SECRET, "005924", real=at)
    assert codes.check(officer, "005924", real=at) == Second.NONE
    later = at + timedelta(seconds=30)
    after = _code(later)
    assert codes.check(officer, after, real=later) == Second.CODE
    assert codes.check(officer, after, real=later) == Second.NONE
    assert codes.check(officer, _code(at), real=later) == Second.NONE


def _code(at: datetime) -> str:
    return next(f"{n:06}" for n in range(10**6) if codes.step(SECRET, f"{n:06}", at) == int(at.timestamp()) // 30)


@pytest.mark.django_db
def test_after_a_new_installation_secret_apps_go_on_if_the_earlier_one_is_named(settings):
    officer, at = somebody(), datetime.fromtimestamp(1234567890, UTC)
    codes.set_up(officer, SECRET, "005924", real=at)
    paper = codes.new_recovery_codes(officer, real=at)
    before, settings.SECRET_KEY = settings.SECRET_KEY, "another"
    kept = CodeApp.objects.get().sealed
    assert sealing.unseal(kept) is None and codes.check(officer, paper[0], real=at) == Second.NONE
    settings.SECRET_KEY_FALLBACKS = [before]
    assert sealing.unseal(kept) == SECRET and codes.check(officer, paper[0], real=at) == Second.RECOVERY
