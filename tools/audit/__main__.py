"""What is installed: is it what the locks say, may it be used, does it have known vulnerabilities?

tools/audit         what lies in .venv against requirements/*.txt, and the licences; asks nobody
tools/audit --ask   also asks the package registry of pip what vulnerabilities are known

It runs on Python alone and loads nothing of what it looks at. requirements/excused.toml says what is let pass, and why.
That every file fits the list which came with its package shows damage and careless changes. Who changes the list as
well isn't found: take .venv away and install anew, then every package is held against the hash of its lock.
"""

import argparse
import sys
import time
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from licences import licences
from packages import OWN, Found, in_it, locked, plain
from vulnerabilities import registry_of, vulnerabilities

from files import installed

ROOT = Path(__file__).parents[2]


def excuses(path: Path, locks: dict[str, set[str]]) -> tuple[dict[str, Any], Found]:
    """What is let pass by name, and what isn't right in the reasons."""
    told = tomllib.loads(path.read_text())
    needs: dict[str, dict[str, type]] = {
        "licences": {"states": str, "why": str},
        "vulnerabilities": {"package": str, "until": date, "why": str},
    }
    wrong = []
    for kind, keys in needs.items():
        for name, excuse in told.get(kind, {}).items():
            package = plain(excuse.get("package") or name)
            wrong += [
                f"{kind}.{name} has no {key}{' (a day, like 2027-01-31)' if of is date else ''}. Say it."
                for key, of in keys.items()
                if type(excuse.get(key)) is not of or (key == "why" and not excuse[key].strip())
            ] or [f"{kind}.{name} is for {package}, which no lock has. Delete it." for _ in range(package not in locks)]
    return told, Found(f"{path.name} says what is let pass", wrong)


def main(arguments: list[str], today: date) -> int:
    """Say what was found, in sentences. 1 when something isn't right."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ask", action="store_true", help="ask the registry for known vulnerabilities")
    parser.add_argument("--registry", default="", help="address of another registry than pip's")
    parser.add_argument("--patience", type=float, default=8, help="seconds, for all its answers together")
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv")
    parser.add_argument("--requirements", type=Path, default=ROOT / "requirements")
    given = parser.parse_args(arguments)
    locks = locked(given.requirements)
    looks: dict[str, Found] = {}
    excused, looks["Excuses"] = excuses(given.requirements / "excused.toml", locks)
    looks["Installed"] = installed(given.venv, locks)
    if not looks["Excuses"].wrong:  # else what follows would be said of half an excuse
        looks["Licences"] = licences(given.venv, excused.get("licences", {}))
        looks["Known vulnerabilities"] = known(given, excused.get("vulnerabilities", {}), today)
    for name, found in looks.items():
        verdict = "NOT RIGHT:" if found.wrong else "" if found.unknown else "All right."
        print(f"{name}: {found.looked_at}. {verdict}".rstrip())
        for sentence in found.wrong:
            print(f"  - {sentence}")
    return int(any(found.wrong for found in looks.values()))


def known(given: argparse.Namespace, excused: dict[str, Any], today: date) -> Found:
    """What the registry says, if it is to be asked and there is one."""
    if not given.ask:
        return Found("not asked for, so nothing is known; make audit asks", unknown=True)
    registry = given.registry or registry_of(given.venv)
    if not registry:
        return Found("could not be asked for, because pip names no registry: nothing is known", unknown=True)
    packages = {plain(it.name): it.version for it in in_it(given.venv) if plain(it.name) != OWN}
    return vulnerabilities(registry, packages, excused, given.patience, today)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], date(*time.localtime()[:3])))
