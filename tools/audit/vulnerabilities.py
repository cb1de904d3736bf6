"""Are vulnerabilities known?"""

import json
import os
import re
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import urlsplit

from packages import Found, plain, same

ONE_ANSWER = 3.0  # seconds without a byte
LONGEST = 8_000_000  # bytes of one answer
AT_ONCE = 8


def vulnerabilities(
    registry: str, packages: dict[str, str], excused: dict[str, Any], patience: float, today: date
) -> Found:
    """What the registry knows of each package at its version; where it gives no answer, that nothing is known."""
    who = urlsplit(registry).hostname or registry
    known, unknown = ask(registry, packages, patience)
    found = Found(unknown=bool(unknown))
    used, let_pass = set(), []
    for name, entry in [(it, entry) for it in sorted(known) for entry in known[it]]:
        names = [entry["id"], *entry["aliases"]]
        which = next((it for it in names if plain(excused.get(it, {}).get("package", "")) == name), "")
        excuse = excused.get(which, {})
        used.add(which)
        after = f"Mended in {', '.join(entry['fixed_in'])}." if entry["fixed_in"] else "No version mends it yet."
        what = f"{name} {packages[name]}: {', '.join(names)} {entry['summary']}".rstrip(" .")
        if not excuse:
            found.wrong.append(f"{what}. {after} Update it (make lock), or excuse it in requirements/excused.toml.")
        elif today > excuse["until"]:
            found.wrong.append(f"{what}. {after} It was excused until {excuse['until']}, and that is over.")
        else:
            let_pass.append(f"{what}. Excused until {excuse['until']}: {excuse['why'].rstrip('.')}")
    said = []
    if known:
        many = len(found.wrong) + len(let_pass)
        said.append(f"{many or 'none'} known of {len(known)} packages, {who} was asked on {today}")
    found.wrong += [
        f"excused.toml excuses {it} of {excused[it]['package']}, of which it isn't known any more. Delete it."
        for it in sorted(excused.keys() - used)
        if plain(excused[it]["package"]) in known
    ]
    for why, names in sorted(unknown.items()):
        which = "all" if not known and len(unknown) == 1 else f"{len(names)} packages ({', '.join(sorted(names))})"
        said.append(f"{who} could not be asked about {which}, because {why}: of these nothing is known")
    found.looked_at = ". ".join([*said, *let_pass])
    return found


def ask(
    registry: str, packages: dict[str, str], patience: float
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, list[str]]]:
    """What is known of each package, and of which nothing, by reason. It takes `patience` seconds at most."""
    waiting: SimpleQueue[str] = SimpleQueue()
    answers: SimpleQueue[tuple[str, list[dict[str, Any]] | str]] = SimpleQueue()
    for name in packages:
        waiting.put(name)

    def work() -> None:
        while time.monotonic() < end:
            try:
                name = waiting.get_nowait()
            except Empty:
                return
            answers.put((name, answer(registry, name, packages[name], trust)))

    trust = ssl.create_default_context(cafile=os.environ.get("PIP_CERT") or None)
    end = time.monotonic() + patience
    for _ in range(AT_ONCE):
        threading.Thread(target=work, daemon=True).start()  # whoever hangs is left behind
    known: dict[str, list[dict[str, Any]]] = {}
    unknown: dict[str, list[str]] = defaultdict(list)
    open_ = set(packages)
    while open_ and (left := end - time.monotonic()) > 0:
        try:
            name, told = answers.get(timeout=left)
        except Empty:
            break
        open_.remove(name)
        if isinstance(told, str):
            unknown[told].append(name)
        else:
            known[name] = told
    if open_:
        unknown[f"there was no answer within {patience:g} seconds"] += open_
    return known, unknown


def answer(registry: str, name: str, version: str, trust: ssl.SSLContext) -> list[dict[str, Any]] | str:
    """What the registry knows of one package, or why there is no answer, as the end of a sentence."""
    base = registry.rstrip("/").removesuffix("/simple")
    if urlsplit(base).scheme not in {"http", "https"}:
        return "it isn't on the web"
    try:
        with urllib.request.urlopen(f"{base}/pypi/{name}/{version}/json", timeout=ONE_ANSWER, context=trust) as page:
            body = page.read(LONGEST)
        told = json.loads(body)
        info, entries = told["info"], told["vulnerabilities"]
        if (plain(info["name"]), same(info["version"])) != (name, same(version)):
            return "it answered about something else"
        return list(sort_out(entries))
    except urllib.error.HTTPError as error:
        return "it doesn't have them" if error.code == 404 else f"it answers {error.code}"
    except TimeoutError:
        return f"it was silent for {ONE_ANSWER:g} seconds"
    except OSError as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, TimeoutError):
            return f"it was silent for {ONE_ANSWER:g} seconds"
        return f"it can't be reached ({getattr(reason, 'strerror', None) or type(reason).__name__})"
    except Exception:  # whatever stands there, it is no answer to this question
        return "its answer says nothing about vulnerabilities"


def sort_out(entries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each vulnerability once, under all its names, without those that were taken back."""
    seen: set[str] = set()
    for entry in entries:
        names = {entry["id"], *(entry.get("aliases") or [])}
        if entry.get("withdrawn") or names & seen:
            continue
        seen |= names
        yield {
            "id": entry["id"],
            "aliases": sorted(names - {entry["id"]}),
            "fixed_in": [str(version) for version in entry.get("fixed_in") or []],
            "summary": (entry.get("summary") or "").strip().split("\n")[0][:200],
        }


def registry_of(venv: Path) -> str:
    """The address of the package registry that pip asks, as pip itself tells it, or nothing."""
    told = subprocess.run(
        [venv / "bin" / "python", "-m", "pip", "install", "--help"],
        env={**os.environ, "COLUMNS": "1000"},
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    address = re.search(r"--index-url <url>.*?\(default:? (\S+)\)", told)
    return re.sub(r"//[^/]*@", "//", address[1]) if address else ""  # pip shows no password, and none is sent
