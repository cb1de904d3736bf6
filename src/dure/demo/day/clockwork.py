"""Moving the clock of the whole product, and waiting until its processes have kept up."""

import time
from datetime import UTC, datetime

import psycopg

from dure.errors import Refused

PATIENCE = 60.0  # seconds of the machine that watch and sender have for one moment
PROCESSES = ["watch", "sender"]
TABLE = """
CREATE TABLE IF NOT EXISTS dure_clock (one boolean PRIMARY KEY DEFAULT true CHECK (one), at timestamptz NOT NULL);
GRANT SELECT ON dure_clock TO PUBLIC;
"""
MOVE = "INSERT INTO dure_clock (at) VALUES (%s) ON CONFLICT (one) DO UPDATE SET at = excluded.at"
QUIET = """
SELECT (SELECT count(*) FROM health_beat WHERE name = ANY(%(names)s) AND clock_at >= %(at)s) = %(many)s
   AND NOT EXISTS (SELECT FROM duty_duty WHERE closed_at IS NULL AND look_at <= %(at)s)
   AND NOT EXISTS (SELECT FROM outbox_message WHERE try_at <= %(at)s)
   AND NOT EXISTS (SELECT FROM outbox_message
                   WHERE risen_at IS NULL AND (failed_at IS NOT NULL OR acknowledged_at IS NOT NULL))
"""
NEXT = """
SELECT least((SELECT min(look_at) FROM duty_duty WHERE closed_at IS NULL AND look_at > %(at)s),
             (SELECT min(try_at) FROM outbox_message WHERE try_at > %(at)s))
"""


class Clock:
    """The row that everybody reads the time from, and that only the driver moves on."""

    def __init__(self, url: str, at: datetime) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        self._connection.execute(TABLE)
        self.at = at
        self.move(at)

    def move(self, at: datetime) -> None:
        """From here on it is this time for the whole product."""
        self._connection.execute(MOVE, [at])
        self.at = at

    def settle(self) -> None:
        """Wait until watch and sender have seen this moment, and nothing is due any more."""
        began, values = time.monotonic(), {"at": self.at, "names": PROCESSES, "many": len(PROCESSES)}
        while not self._one(QUIET, values):
            if time.monotonic() - began > PATIENCE:
                raise Refused(f"watch and sender did not keep up within {PATIENCE:.0f} s of {self.at:%H:%M}")
            time.sleep(0.01)

    def next_due(self) -> datetime | None:
        """The next moment at which something happens by itself."""
        found = self._one(NEXT, {"at": self.at})
        return found.astimezone(UTC) if isinstance(found, datetime) else None

    def _one(self, sql: str, values: dict[str, object]) -> object:
        row = self._connection.execute(sql, values).fetchone()
        return row[0] if row else None

    def close(self) -> None:
        """The driver is done."""
        self._connection.close()
