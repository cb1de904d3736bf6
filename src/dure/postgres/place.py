"""Where the data lie, where the socket is, and as which user of the machine the server runs.

PostgreSQL refuses to run as root. Started by root, Dure runs the server, and nothing else, as the owner of
the data folder: at first `nobody` (or `DURE_PG_USER`). Where that user can't reach the folder, the data go to
a folder in /var/lib and the data folder becomes a link to it: the rights of folders that aren't ours stay.
"""

import hashlib
import os
import pwd
import stat
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

from dure.errors import Refused

STATE = Path("/var/lib")
CLEAN = {"PATH": os.defpath, "LC_ALL": "C"}  # no PGPORT, PGDATA or LANG of the caller's reaches the server


def run(user: pwd.struct_passwd, *command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program as this user with a clean environment; its output is kept."""
    drops = os.geteuid() == 0 and user.pw_uid != 0
    return subprocess.run(
        [str(part) for part in command],
        env=CLEAN,
        cwd="/",
        umask=0o077,
        user=user.pw_uid if drops else None,
        group=user.pw_gid if drops else None,
        extra_groups=[] if drops else None,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
    )


def absolute(folder: Path) -> Path:
    """The one name of a data folder, whichever way it was reached; the folder itself may be a link."""
    folder = folder.absolute()
    return folder.parent.resolve() / folder.name


def socket_folder(folder: Path) -> Path:
    """Where the server listens: always a short path, as a socket's may have 107 bytes at most."""
    return Path("/tmp") / f"dure-{hashlib.sha256(bytes(absolute(folder))).hexdigest()[:16]}"


def url(folder: Path, role: str, database: str = "dure") -> str:
    """How to connect to the embedded server of this folder. No password: the machine says who asks."""
    socket = quote(str(socket_folder(folder)), "")
    return f"postgresql://{role}@/{quote(database, '')}?host={socket}&port=5432"


def server_user(folder: Path) -> pwd.struct_passwd:
    """As whom the server of this folder runs."""
    uid = os.geteuid()
    try:
        if uid:
            return pwd.getpwuid(uid)
        owner = folder.stat().st_uid if folder.exists() else 0
        return pwd.getpwuid(owner) if owner else pwd.getpwnam(os.environ.get("DURE_PG_USER", "nobody"))
    except KeyError as missing:
        raise Refused(
            f"PostgreSQL needs a user that this machine knows ({missing}). Add it to /etc/passwd, "
            "or name another with DURE_PG_USER, or set DATABASE_URL to a PostgreSQL of your own."
        ) from None


def can_enter(user: pwd.struct_passwd, folder: Path) -> bool:
    """Whether this user gets into the folder past all folders above it."""
    return run(user, "test", "-x", folder).returncode == 0


def prepare(folder: Path) -> pwd.struct_passwd:
    """Make the data folder if need be, so that only the server's user (and root) can enter it."""
    user = server_user(folder)
    if folder.is_symlink() and not folder.exists():
        raise Refused(f"{folder} points to {os.readlink(folder)}, which isn't there. Bring it back or remove the link.")
    if not folder.exists():
        _make(folder, user)
    owner = folder.stat().st_uid
    if owner != user.pw_uid and os.geteuid() != 0:
        raise Refused(f"{folder} belongs to another user. Start Dure as that user or as root, or set DURE_DATA.")
    if owner != user.pw_uid:
        if any(folder.iterdir()) and folder.stat().st_uid != user.pw_uid:  # nobody else has made it ours meanwhile
            raise Refused(f"{folder} holds files that aren't Dure's. Empty it, or set DURE_DATA to another folder.")
        os.chown(folder, user.pw_uid, user.pw_gid)
    folder.chmod(0o700)
    return user


def _make(folder: Path, user: pwd.struct_passwd) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    if can_enter(user, folder.parent):
        folder.mkdir(0o700, exist_ok=True)
        return
    elsewhere = Path(tempfile.mkdtemp(prefix="dure-", dir=STATE))
    os.chown(elsewhere, user.pw_uid, user.pw_gid)
    try:
        folder.symlink_to(elsewhere)
    except FileExistsError:  # somebody else was faster
        elsewhere.rmdir()


def prepare_socket(folder: Path, user: pwd.struct_passwd) -> Path:
    """Make the socket's folder. In a folder open to all somebody else may have made one of that name."""
    path = socket_folder(folder)
    path.mkdir(0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {user.pw_uid, os.geteuid()}:
        raise Refused(f"{path} is in the way and belongs to somebody else. Have it removed, then start again.")
    if os.geteuid() == 0:
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
    path.chmod(0o700)
    return path
