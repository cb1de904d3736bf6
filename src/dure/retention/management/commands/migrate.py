from typing import Any

from django.core.management.commands import migrate
from django.db import connection

from dure.offices.retention import purposes
from dure.retention.install import install
from dure.retention.models import Hold


class Command(migrate.Command):
    """As Django's own; afterwards what lets go of personal data is made anew, as the boxes declare it."""

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not options["plan"] and not options["check_unapplied"] and _is_there():
            install()


def _is_there() -> bool:
    """Whether all tables that it is about are there: not when somebody migrates one box, or back."""
    with connection.cursor() as cursor:
        known = set(connection.introspection.table_names(cursor))
    return known >= {Hold._meta.db_table, *(each.table for each in purposes())}
