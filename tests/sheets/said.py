"""What stands in a paper that somebody has taken along, without spaces: where a line breaks is the page's matter."""

import io
import zipfile
from xml.etree import ElementTree

from pypdf import PdfReader


def letters(text: str) -> str:
    return "".join(text.replace("\u200b", "").split())


def said(made: bytes, kind: str) -> str:
    """All text of a PDF or of a Hangul file, in order."""
    if kind == "pdf":
        return letters("\n".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        return letters(" ".join(ElementTree.fromstring(archive.read("Contents/section0.xml")).itertext()))
