"""A browser, and the gallery served under the product's policy."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.gallery import render

OFF_SCREEN = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    chromium = Path("/usr/bin/chromium")
    if not chromium.exists():
        pytest.skip("needs /usr/bin/chromium (apt-get install chromium)")
    with sync_playwright() as playwright:
        yield (opened := playwright.chromium.launch(executable_path=chromium, args=OFF_SCREEN))
        opened.close()


@pytest.fixture(scope="package")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the rendered pages."""
    folder = tmp_path_factory.mktemp("gallery")
    subprocess.run([sys.executable, render.__file__, str(folder)], check=True, stdout=subprocess.DEVNULL)
    return folder


@pytest.fixture(scope="package")
def gallery(pages: Path) -> Iterator[str]:
    with render.serve(pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
