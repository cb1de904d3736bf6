"""Start and stop the embedded server, from any number of processes."""

import fcntl
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from dure.errors import Refused
from dure.postgres import cluster, moving, place, programs, running


class Server:
    """The embedded PostgreSQL of one data folder, as this process uses it."""

    def __init__(self, folder: Path) -> None:
        self.folder = place.absolute(folder)
        self._in_use: IO[bytes] | None = None

    def url(self, role: str = "dure_owner", database: str = "dure") -> str:
        """How this role connects."""
        return place.url(self.folder, role, database)

    def answers(self) -> bool:
        """Whether the server takes connections at this moment."""
        return running.answers(place.socket_folder(self.folder))

    def start(self) -> None:
        """Have the server running: made at the first start, brought back after a crash, else as it is."""
        user = place.prepare(self.folder)
        with self._alone(user):
            if not self.answers():
                self._start(user)
            cluster.furnish(self.url("postgres", "postgres"))
            self._use(user)

    def stop(self) -> None:
        """We don't need the server any more: it stops, unless somebody else does."""
        user = place.prepare(self.folder)
        with self._alone(user):
            if self._in_use is not None:
                self._in_use.close()
                self._in_use = None
            if not self._is_used(user):
                for major in cluster.majors(self.real):
                    if running.process(self.real / str(major)) is not None:
                        running.halt(programs.find(major), self.real / str(major), user)
                with suppress(OSError):
                    place.socket_folder(self.folder).rmdir()

    @property
    def real(self) -> Path:
        """Where the data lie, past a link."""
        return self.folder.resolve()

    def _start(self, user: pwd.struct_passwd) -> None:
        chosen = programs.reachable(programs.find(), user, self.real)
        found = cluster.majors(self.real)
        if found and found[-1] > chosen.major:
            raise Refused(
                f"The data in {self.folder} are PostgreSQL {found[-1]}'s, and only {chosen.version} is here, "
                f"which can't read them. Install PostgreSQL {found[-1]} (make install, or DURE_PG_BIN)."
            )
        socket = place.prepare_socket(self.folder, user)
        if not found:
            cluster.make(chosen, self.real / str(chosen.major), user)
        elif found[-1] < chosen.major:
            moving.move(self.folder, found[-1], chosen, user)
        running.run(chosen, self.real / str(chosen.major), socket, user)

    @contextmanager
    def _alone(self, user: pwd.struct_passwd) -> Iterator[None]:
        """One process at a time starts or stops."""
        fd = _open(self.real / "lock", user)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)

    def _use(self, user: pwd.struct_passwd) -> None:
        """Others see that we use the server, until we say that we don't or until this process ends."""
        if self._in_use is None:
            self._in_use = os.fdopen(_open(self.real / "used", user), "r+b", buffering=0)
            fcntl.flock(self._in_use, fcntl.LOCK_SH)

    def _is_used(self, user: pwd.struct_passwd) -> bool:
        fd = _open(self.real / "used", user)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(fd)
        return False


def _open(path: Path, user: pwd.struct_passwd) -> int:
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    if os.geteuid() == 0:
        os.fchown(fd, user.pw_uid, user.pw_gid)
    return fd
