"""The papers for a day without internet are made and let go by the jobs."""

from dure.care.packs import actions
from dure.care.tasks import in_every_office
from dure.health.jobs import every


@every("*/10 * * * *")
def make_packs() -> None:
    """Today's and tomorrow's papers of every provider, and anew what has changed."""
    in_every_office(actions.make_due)


@every("40 2 * * *")
def let_packs_go() -> None:
    """Papers whose time is over."""
    in_every_office(actions.let_go)
