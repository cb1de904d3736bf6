"""The code of a text message: what is written is read back, and what is mistyped is never another report."""

import random
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dure.field import shortcode
from dure.field.shortcode import LETTERS, WHAT, find, is_about, is_from, key_of, made_at, phone_of, shown, torn, write

KEY = sha256(b"a phone's key").hexdigest()
NOON = datetime(2026, 11, 23, 3, tzinfo=UTC)
ABOUT = UUID("5b0c2e0e-9f41-4a37-9d0f-0d9d3f6c2a11")
CODE = write(0, KEY, ABOUT, 700, NOON)

keys = st.binary(max_size=40).map(lambda raw: sha256(raw).hexdigest())
moments = st.datetimes(datetime(2024, 1, 1), datetime(2090, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))


@given(st.integers(0, 31), keys, st.uuids() | st.none(), st.integers(0, 1023), moments, st.integers(0, 20 * 24 * 60))
def test_what_is_written_is_read_back(what, key, about, seed, made, later):
    code = write(what, key, about, seed, made)
    assert find(f"연락 안 됨: 3번째. {shown(code)}") == [code]
    assert (shortcode.what_of(code), phone_of(code)) == (what, key[:5])
    assert is_from(code, key) and is_about(code, about)
    assert made_at(code, made + timedelta(minutes=later)) == made.replace(second=0, microsecond=0)
    assert key_of(code, key).version == 8
    assert not is_from(code, sha256(key.encode()).hexdigest())


def test_the_worked_example_of_the_decision_is_right():
    assert shown(CODE) in Path("docs/decisions/0013-text-messages.md").read_text("utf-8")


@pytest.mark.parametrize("how", [
    lambda text: text.lower(), lambda text: text.replace("-", " "), lambda text: text.replace("-", ""),
    lambda text: " ".join(text), lambda text: text.replace("-", "\n"), lambda text: f"[국외발신]{text}입니다",
    lambda text: text.replace("0", "o").replace("1", "l"), lambda text: text.replace("0", "O").replace("1", "I"),
    lambda text: "".join(chr(ord(c) + 0xFEE0) for c in text), lambda text: f"문자 1 2 3 {text} 010",
    lambda text: f"{text} {text}",
])  # fmt: skip
def test_it_is_found_however_it_is_typed(how):
    assert set(find(how(shown(CODE)))) == {CODE}


def test_one_wrong_letter_or_two_that_changed_places_are_named_and_are_no_report():
    for at, letter in ((at, letter) for at in range(24) for letter in LETTERS if letter != CODE[at]):
        wrong = CODE[:at] + letter + CODE[at + 1 :]
        assert (find(shown(wrong)), torn(shown(wrong)).wrong) == ([], (at // 6,))
    for group in range(4):
        for one, other in ((6 * group + a, 6 * group + b) for a in range(6) for b in range(a)):
            letters = list(CODE)
            letters[one], letters[other] = letters[other], letters[one]
            if letters != list(CODE):
                assert (find("".join(letters)), torn("".join(letters)).wrong) == ([], (group,))


def test_ten_thousand_mistakes_are_never_another_report():
    chance = random.Random(7)
    for _ in range(10_000):
        code = write(chance.randrange(len(WHAT)), KEY, uuid4(), chance.randrange(1024), NOON)
        letters = list(shown(code))
        for _ in range(chance.choice([1, 1, 2, 3])):
            at, how = chance.randrange(len(letters) - 1), chance.randrange(4)
            if how == 0:
                letters[at] = chance.choice(LETTERS)
            elif how == 1:
                letters[at], letters[at + 1] = letters[at + 1], letters[at]
            elif how == 2:
                del letters[at]
            else:
                letters.insert(at, chance.choice(LETTERS))
        assert [each for each in find("".join(letters)) if is_from(each, KEY)] in ([], [code])


def test_a_letter_too_few_or_too_many_is_named():
    text = shown(CODE)
    assert torn(text[:8] + text[9:]).wrong == (1,)
    assert torn(text[:8] + "Z" + text[8:]).wrong == (1,)
    assert torn(text[:20]) == shortcode.Torn((3,), CODE[:6])
    assert torn(text[7:]).wrong == (0,)


@pytest.mark.parametrize(
    "text", ["", "1", "확인", "네, 지금 갑니다. 010-1234-5678", "Call me at 12:30 please", "1234567890" * 3]
)
def test_what_is_no_code_is_left_alone(text):
    assert (find(text), torn(text)) == ([], None)


@given(st.text(max_size=400) | st.text(LETTERS + " -", max_size=80))
def test_any_text_is_read_without_an_error(text):
    assert [each for each in find(text) if is_from(each, KEY)] == []
    torn(text)
