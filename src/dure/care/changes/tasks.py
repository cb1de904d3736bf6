"""What is done by itself on the day of a change."""

from dure.care.changes.actions import carry_out
from dure.care.tasks import in_every_office
from dure.health.jobs import every


@every("*/5 * * * *")
def carry_out_changes() -> None:
    """Whoever goes to another provider as of today goes, and whose provider has ended as of today leaves."""
    in_every_office(carry_out)
