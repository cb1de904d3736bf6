"""The Korean catalogues: compile, check, list what is missing."""

import sys
from pathlib import Path

import polib

SOURCE = Path(__file__).parent.parent / "src" / "dure"


def compile_all() -> None:
    """Make the .mo files that Django reads; they aren't kept in git."""
    for path in sorted(SOURCE.glob("**/locale/*/LC_MESSAGES/django.po")):
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))


if __name__ == "__main__":
    if sys.argv[1:] != ["compile"]:
        sys.exit("usage: tools/catalogue.py compile")
    compile_all()
