"""A phone through 20 bad days, each made from a number: what was entered is there once, in its words, at its time."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from dure import postgres
from tests.field.chaos.ground import Ground, build, liver, phoned
from tests.field.chaos.life import Life
from tests.field.chaos.sabotaged import ON_THE_PHONE, on_the_phone
from tests.field.chaos.schedule import schedule
from tests.field.server import prepared
from tests.field.taps import TAKES, taken
from tests.field.world import MORNING

SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"  # each time other days
SEEDS = [int.from_bytes(os.urandom(3)) for _ in range(20)] if SOAK else list(range(1, 21))
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def lives(
    cluster: postgres.Server, django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Life, Ground]]:
    folder = tmp_path_factory.mktemp("phone")
    with (
        prepared(cluster, django_db_blocker, MORNING, build) as (environment, ground, url),
        phoned(environment, ground, url, folder) as life,
    ):
        yield life, ground


@pytest.fixture(scope="module")
def live(lives: tuple[Life, Ground]) -> Any:
    return liver(*lives)


def test_the_ways_at_a_door_take_as_many_taps_and_fields_as_was_promised(lives):
    assert taken(lives[0].phone.page) == TAKES


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happens_everything_arrives_once_and_as_it_was_entered(live, seed):
    found = live(seed)
    assert found.wrong == [], "\n".join(map(str, schedule(seed)))
    assert found.reports


@pytest.mark.parametrize("sabotage", ON_THE_PHONE)
def test_what_is_broken_on_purpose_still_fits_the_files(sabotage):
    folder = on_the_phone(sabotage)  # raises where it doesn't
    broken = (folder / "dure/field/sending.js").read_text()
    assert all(after in broken for _, after in ON_THE_PHONE[sabotage])
    shutil.rmtree(folder)
