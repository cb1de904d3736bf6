"""What is installed is looked at by the real tool, in little environments; the registry is a real server here."""

import base64
import contextlib
import hashlib
import json
import os
import re
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[2]
WITH_NONE = "Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
NETWORKLESS = {key: value for key, value in os.environ.items() if "proxy" not in key.lower() and key[:4] != "PIP_"}


def hashed(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")


class Place:
    """A virtual environment and its locks, as small as they may be."""

    def __init__(self, folder: Path):
        self.requirements, self.venv = folder / "requirements", folder / "venv"
        self.site = self.venv / "lib/python3.11/site-packages"
        self.site.mkdir(parents=True)
        self.requirements.mkdir()
        self.excuse("")

    def excuse(self, text: str) -> None:
        (self.requirements / "excused.toml").write_text(text)

    def has(self, name: str, version: str = "1.0", *says: str, lock: str | None = "") -> None:
        """A package is installed, locked at its version unless said otherwise, and says something in its metadata."""
        info = f"{name}-{version}.dist-info"
        metadata = WITH_NONE.format(name=name, version=version) + "".join(f"{line}\n" for line in says)
        files = {f"{name}.py": b"there = True\n", f"{info}/METADATA": metadata.encode()}
        lines = [f"{path},{hashed(data)},{len(data)}" for path, data in files.items()]
        files[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,", ""]).encode()
        for path, data in files.items():
            (self.site / path).parent.mkdir(exist_ok=True)
            (self.site / path).write_bytes(data)
        if lock is not None:
            with (self.requirements / "base.txt").open("a") as file:
                file.write(f"{name}=={lock or version} \\\n    --hash=sha256:{'0' * 64}\n")

    def audited(self, *arguments: object, **settings: str) -> SimpleNamespace:
        done = subprocess.run(
            [sys.executable, "-I", "-S", ROOT / "tools/audit", "--venv", self.venv, "--requirements", self.requirements]
            + [str(it) for it in arguments],
            capture_output=True,
            text=True,
            env=NETWORKLESS | settings,
        )
        assert done.stderr == ""
        return SimpleNamespace(code=done.returncode, said=done.stdout)


@pytest.fixture
def place(tmp_path):
    place = Place(tmp_path)
    place.has("rice", "1.0", "License-Expression: MIT")
    place.has("soup", "2.1", "License-Expression: Apache-2.0 OR GPL-2.0-only")
    return place


def test_what_is_as_it_should_be_passes_and_what_was_not_asked_is_not_called_all_right(place):
    audited = place.audited()

    assert audited.code == 0
    assert "Installed: 2 packages with 6 files. All right." in audited.said
    assert "Licences: 2 packages, 0 of them excused by name. All right." in audited.said
    assert audited.said.endswith("Known vulnerabilities: not asked for, so nothing is known; make audit asks.\n")


# -- installed


def tampered(place):
    (place.site / "rice.py").write_text("there = False\n")


def taken_away(place):
    (place.site / "rice.py").unlink()


def slipped_in(place):
    (place.site / "first.pth").write_text("import rice\n")


def unhashed(place):
    record = place.site / "rice-1.0.dist-info/RECORD"
    record.write_text(re.sub(r"^rice\.py,.*$", "rice.py,,", record.read_text(), flags=re.MULTILINE))


def without_a_list(place):
    (place.site / "rice-1.0.dist-info/RECORD").unlink()


@pytest.mark.parametrize(
    ("sabotage", "told"),
    [
        (tampered, "rice 1.0: the file rice.py was changed after it was installed."),
        (taken_away, "rice 1.0: the file rice.py can't be read (No such file or directory)."),
        (unhashed, "rice 1.0: no hash came with the file rice.py."),
        (without_a_list, "rice 1.0 has no list of its files"),
        (slipped_in, "first.pth belongs to no package."),
        (
            lambda it: it.has("stone", "1.0", "License: MIT", lock=None),
            "stone 1.0 is installed, but stands in no lock.",
        ),
        (lambda it: it.has("tea", "1.0", "License: MIT", lock="1.1"), "tea is installed as 1.0, but locked as 1.1."),
    ],
)
def test_what_is_not_as_locked_is_named(place, sabotage, told):
    sabotage(place)
    audited = place.audited()

    assert audited.code == 1
    assert told in audited.said
    assert "Installed: 2 packages with 6 files. All right." not in audited.said


def test_what_python_compiles_and_dure_itself_are_let_be(place):
    (place.site / "__pycache__").mkdir()
    (place.site / "__pycache__/rice.cpython-311.pyc").write_bytes(b"x")
    place.has("dure", "0.1", "License-Expression: Apache-2.0", lock=None)

    assert place.audited().code == 0


# -- licences

OSI = "Classifier: License :: OSI Approved :: "


@pytest.mark.parametrize(
    "says",
    [
        ["License-Expression: MIT AND (GPL-3.0-only OR PSF-2.0)"],
        ["License-Expression: Apache-2.0 WITH LLVM-exception"],
        [OSI + "BSD License", OSI + "Mozilla Public License 2.0 (MPL 2.0)", "License: Dual License"],
        ["Classifier: License :: OSI Approved", "License: BSD-3-Clause"],
    ],
)
def test_a_licence_of_the_list_passes_however_it_is_written(place, says):
    place.has("tea", "1.0", *says)
    assert place.audited().code == 0


@pytest.mark.parametrize(
    ("says", "told"),
    [
        (
            ["License-Expression: AGPL-3.0-or-later"],
            "tea 1.0 is under AGPL-3.0-or-later, under which nothing is used here.",
        ),
        (
            ["License-Expression: MIT AND GPL-2.0-only WITH Classpath-exception-2.0"],
            "under which nothing is used here.",
        ),
        ([OSI + "GNU Affero General Public License v3"], "under which nothing is used here."),
        ([OSI + "MIT License", "License: GPLv3"], "tea 1.0 is under MIT; GPLv3, under which nothing is used here."),
        (["License-Expression: LGPL-3.0-only"], "under which nothing is used here."),
        (
            ["License: Beerware"],
            "tea 1.0 is under 'Beerware', which isn't on the list. Read the licence; if it may be used",
        ),
        (["License-Expression: MIT OR"], "isn't on the list"),
        ([], "tea 1.0 states no licence. Read it in its files; if it may be used, excuse it by name"),
    ],
)
def test_any_other_licence_is_refused_with_what_to_do(place, says, told):
    place.has("tea", "1.0", *says)
    audited = place.audited()

    assert audited.code == 1
    assert told in audited.said


def test_an_excuse_holds_by_name_and_for_what_was_stated_alone(place):
    place.has("tea", "1.0", "License-Expression: LGPL-3.0-only")
    place.excuse('[licences.tea]\nstates = "LGPL-3.0-only"\nwhy = "Unchanged."\n')
    assert place.audited().code == 0

    place.excuse('[licences.tea]\nstates = ""\nwhy = "MIT, read in LICENSE."\n')
    assert "tea 1.0 states 'LGPL-3.0-only'; the excuse in" in place.audited().said


@pytest.mark.parametrize(
    ("excuse", "told"),
    [
        ('[licences.milk]\nstates = ""\nwhy = "MIT"', "licences.milk is for milk, which no lock has. Delete it."),
        ('[licences.rice]\nstates = "MIT"\nwhy = " "', "licences.rice has no why. Say it."),
        (
            '[vulnerabilities.CVE-1]\npackage = "rice"\nwhy = "x"\nuntil = "soon"',
            "vulnerabilities.CVE-1 has no until (a day, like 2027-01-31). Say it.",
        ),
    ],
)
def test_an_excuse_without_a_reason_an_end_or_a_use_is_told(place, excuse, told):
    place.excuse(excuse)
    audited = place.audited()

    assert audited.code == 1
    assert told in audited.said


# -- known vulnerabilities


def entry(name: str, **more: object) -> dict[str, object]:
    return {"id": name, "aliases": [], "fixed_in": [], "summary": None, "withdrawn": None} | more


@contextlib.contextmanager
def registry(answers):
    """A server that answers as a registry does: with what is known, with a status, or as a function likes."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            _, _, name, version, _ = self.path.split("/")
            told = answers.get(name, 404)
            if callable(told):
                return told(self)
            status, body = (told, {}) if isinstance(told, int) else (200, told)
            if isinstance(body, list):
                body = {"info": {"name": name, "version": version}, "vulnerabilities": body}
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        server.daemon_threads = True
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/simple/"
        server.shutdown()


def asked(place, answers, *more: object) -> SimpleNamespace:
    with registry(answers) as address:
        return place.audited("--ask", "--registry", address, *more)


def test_none_known(place):
    taken_back = entry("PYSEC-1", withdrawn="2026-01-01T00:00:00Z")
    audited = asked(place, {"rice": [], "soup": [taken_back]})

    assert audited.code == 0
    assert re.search(
        r"Known vulnerabilities: none known of 2 packages, 127.0.0.1 was asked on 2\d{3}-\d\d-\d\d. All right.",
        audited.said,
    )


FOUND = {
    "rice": [entry("PYSEC-2", aliases=["CVE-2026-1"], fixed_in=["1.1"], summary="Boils over."), entry("CVE-2026-1")],
    "soup": [],
}
EXCUSE = '[vulnerabilities.CVE-2026-1]\npackage = "rice"\nuntil = {until}\nwhy = "Nobody cooks here."\n'


def test_what_is_found_fails_until_it_is_excused_with_a_reason_and_an_end(place):
    audited = asked(place, FOUND)
    assert audited.code == 1
    assert "1 known of 2 packages" in audited.said
    assert (
        "  - rice 1.0: PYSEC-2, CVE-2026-1 Boils over. Mended in 1.1. Update it (make lock), or excuse" in audited.said
    )

    place.excuse(EXCUSE.format(until="2999-12-31"))
    audited = asked(place, FOUND)
    assert audited.code == 0
    assert "1 known of 2 packages" in audited.said
    assert "PYSEC-2, CVE-2026-1 Boils over. Excused until 2999-12-31: Nobody cooks here." in audited.said

    place.excuse(EXCUSE.format(until="2020-12-31"))
    audited = asked(place, FOUND)
    assert audited.code == 1
    assert "It was excused until 2020-12-31, and that is over." in audited.said

    place.excuse(EXCUSE.format(until="2999-12-31").replace("rice", "soup"))
    audited = asked(place, FOUND)
    assert audited.code == 1
    assert "or excuse it in requirements/excused.toml." in audited.said
    assert "excuses CVE-2026-1 of soup, of which it isn't known any more. Delete it." in audited.said


def hang(request):
    time.sleep(30)


def drip(request):
    request.send_response(200)
    request.end_headers()
    with contextlib.suppress(OSError):
        for _ in range(300):
            request.wfile.write(b" ")
            time.sleep(0.1)


def words(request):
    request.send_response(200)
    request.end_headers()
    request.wfile.write(b"<html>Please sign in</html>")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (404, "because it doesn't have them"),
        (503, "because it answers 503"),
        (401, "because it answers 401"),
        (words, "because its answer says nothing about vulnerabilities"),
        ({"info": {"name": "rice", "version": "1.0"}}, "because its answer says nothing about vulnerabilities"),
        ({"info": {"name": "rice", "version": "9"}, "vulnerabilities": []}, "because it answered about something else"),
        ([{"no": "id"}], "because its answer says nothing about vulnerabilities"),
        (hang, "because it was silent for 3 seconds"),
    ],
)
def test_where_there_is_no_answer_nothing_is_said_to_be_known(place, answer, why):
    audited = asked(place, {"rice": answer, "soup": []})

    assert audited.code == 0
    assert "none known of 1 packages" in audited.said
    assert f"could not be asked about 1 packages (rice), {why}: of these nothing is known." in audited.said
    assert not audited.said.endswith("All right.\n")


def test_a_registry_that_is_away_or_never_ends_holds_nobody_up(place):
    with registry({}) as address:
        pass
    audited = place.audited("--ask", "--registry", address)
    assert audited.code == 0
    assert (
        "could not be asked about all, because it can't be reached (Connection refused): of these nothing"
        in audited.said
    )
    assert "none known" not in audited.said

    began = time.monotonic()
    audited = asked(place, {"rice": drip, "soup": drip}, "--patience", 1)
    assert time.monotonic() - began < 6
    assert audited.code == 0
    assert "because there was no answer within 1 seconds: of these nothing is known." in audited.said


def test_a_finding_fails_although_others_could_not_be_asked_about(place):
    audited = asked(place, FOUND | {"soup": 503})

    assert audited.code == 1
    assert "PYSEC-2" in audited.said
    assert "(soup), because it answers 503: of these nothing is known" in audited.said


def test_the_registry_of_pip_is_asked_without_its_password(place):
    (place.venv / "bin").mkdir()
    (place.venv / "bin/python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (place.venv / "bin/python").chmod(0o755)
    with registry({"rice": [], "soup": []}) as address:
        audited = place.audited("--ask", PIP_INDEX_URL=address.replace("//", "//cook:secret@"))
    assert "none known of 2 packages, 127.0.0.1 was asked on" in audited.said
    assert "secret" not in audited.said

    audited = place.audited("--ask", PIP_INDEX_URL="/nowhere/simple")
    assert audited.code == 0
    assert "could not be asked about all, because it isn't on the web: of these nothing is known." in audited.said
