"""Is it what the locks say, and as it came?"""

import base64
import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import Distribution
from pathlib import Path

from packages import OWN, Found, in_it, plain, same


def installed(venv: Path, locks: dict[str, set[str]]) -> Found:
    """Every package is locked at its version, every file is as it came, and no file belongs to nobody."""
    found = Found()
    packages = in_it(venv)
    for it in packages:
        versions = locks.get(plain(it.name), set())
        if plain(it.name) == OWN or same(it.version) in versions:
            continue
        if versions:
            found.wrong.append(
                f"{it.name} is installed as {it.version}, but locked as {', '.join(sorted(versions))}. "
                "Take .venv away and run: make install"
            )
        else:
            found.wrong.append(
                f"{it.name} {it.version} is installed, but stands in no lock. Take it out: "
                f".venv/bin/python -m pip uninstall {it.name}   or lock it: requirements/*.in, make lock"
            )
    with ThreadPoolExecutor(os.cpu_count()) as together:
        for wrong in together.map(changed, packages):
            found.wrong += wrong
    found.wrong += [
        f"{path} belongs to no package. Find out who put it there; then take .venv away and run: make install"
        for path in of_nobody(venv, packages)
    ]
    found.looked_at = f"{len(packages)} packages with {sum(len(it.files or ()) for it in packages)} files"
    return found


def changed(it: Distribution) -> list[str]:
    """The files of a package that aren't as they came."""
    if not it.files:
        return [f"{it.name} {it.version} has no list of its files, so nobody can say whether they are as they came."]
    wrong = []
    for name in it.files:
        if name.hash is None:
            if name.suffix != ".pyc" and name.name != "RECORD":
                wrong.append(f"{it.name} {it.version}: no hash came with the file {name}.")
            continue
        try:
            digest = hashlib.new(name.hash.mode, Path(str(it.locate_file(name))).read_bytes()).digest()
        except OSError as error:
            wrong.append(f"{it.name} {it.version}: the file {name} can't be read ({error.strerror}).")
            continue
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != name.hash.value:
            wrong.append(f"{it.name} {it.version}: the file {name} was changed after it was installed.")
    return wrong


def of_nobody(venv: Path, packages: list[Distribution]) -> Iterator[Path]:
    """Files among the packages that none of them brought, but for what Python itself compiles."""
    known = {os.path.normpath(str(it.locate_file(name))) for it in packages for name in it.files or ()}
    for folder in venv.glob("lib/python*/site-packages"):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.parent.name != "__pycache__" and os.path.normpath(path) not in known:
                yield path
