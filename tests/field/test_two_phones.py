"""Two phones, one person, different words: both are kept, the graver counts, the desk sees both."""

import pytest

from dure.care import settling
from tests import make
from tests.field.two_phones import SABOTAGES, Two, build, live

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(moved) -> Two:
    moved(make.NOON)
    return build()


def test_whatever_two_phones_say_of_one_person_both_are_kept_and_the_graver_counts(two):
    assert {seed: wrong for seed in range(50) if (wrong := live(two, seed))} == {}


@pytest.mark.parametrize("sabotage", SABOTAGES)
def test_a_silent_overwrite_is_noticed(two, sabotage, monkeypatch):
    for name in ("what_counts", "contradicted", "_keep"):
        monkeypatch.setattr(settling, name, getattr(settling, name))  # put back afterwards
    SABOTAGES[sabotage]()
    assert any(live(two, seed) for seed in range(30))
