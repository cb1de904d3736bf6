"""What doesn't have the hash of its lock isn't installed."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pip
import pytest

ROOT = Path(__file__).parents[2]


def wheel(folder: Path, says: str) -> str:
    """A tiny package as a file, and its hash."""
    path = folder / "rice-1.0-py3-none-any.whl"
    info = "rice-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("rice.py", f"says = {says!r}\n")
        file.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: rice\nVersion: 1.0\n")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{info}/RECORD", f"rice.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def tree(tmp_path):
    """What `tools/install` needs: itself, a project, and an environment in which there is only pip."""
    for name in ("tools/install", "pyproject.toml", "LICENSE", "README.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for name in ("wheels", "requirements"):
        (tmp_path / name).mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / ".venv"], check=True)
    (to,) = (tmp_path / ".venv").glob("lib/python*/site-packages")
    for folder in Path(pip.__file__).parents[1].glob("pip*"):
        shutil.copytree(folder, to / folder.name)
    return tmp_path


def install(tree: Path, digest: str) -> str:
    """Install by a lock that has this hash, without a network; what was said."""
    (tree / "requirements/base.txt").write_text(f"rice==1.0 \\\n    --hash=sha256:{digest}\n")
    alone = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tree / "wheels"), "PIP_CONFIG_FILE": os.devnull}
    done = subprocess.run(
        ["tools/install", "base"],
        cwd=tree,
        env=os.environ | alone | {"PYTHON": sys.executable},
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0  # with the right hash too: the project itself needs more than rice
    return done.stderr


def test_a_swapped_package_is_not_installed(tree):
    right = wheel(tree / "wheels", "right")
    swapped = wheel(tree / "wheels", "swapped")

    said = install(tree, right)
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in said
    assert right in said
    assert list((tree / ".venv").rglob("rice*")) == []

    assert "DO NOT MATCH" not in install(tree, swapped)
    assert len(list((tree / ".venv").rglob("rice.py"))) == 1
