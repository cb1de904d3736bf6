"""The embedded PostgreSQL: a real server in a data folder, for a trial, a single office and the tests.

Only the programs of the wheel are used, never its Python layer. With `DATABASE_URL` given there is no
embedded server. Everybody who needs the server starts it and stops it; the last one out stops it really.
"""

import os
from pathlib import Path

from dure.postgres.copies import dump, load
from dure.postgres.place import url
from dure.postgres.programs import locate
from dure.postgres.server import Server

__all__ = ["Server", "dump", "ensure", "is_embedded", "load", "locate", "url"]


def is_embedded() -> bool:
    """Whether Dure brings its own PostgreSQL: unless a setting names another one."""
    return not os.environ.get("DATABASE_URL")


def ensure(folder: Path) -> Server:
    """The server of this data folder, running and furnished with roles and the database.

    Safe to call from any number of processes at once. Keep what you get: as long as you hold it, nobody
    else's `stop` takes the server from under you.
    """
    server = Server(folder)
    server.start()
    return server
