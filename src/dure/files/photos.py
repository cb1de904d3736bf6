"""Photos are drawn anew: what the camera wrote into them (where, when), and what hides in them, stays out."""

import io
from struct import error as TornApart

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from dure.errors import Refused

MOST_PIXELS = 52_000_000  # the largest photo that today's phones take by themselves
LONGEST = 3600  # pixels of the longer side that are kept: a sheet of A4 at 300 dpi
QUALITY = 85
MOST_SCANS = 200  # of a JPEG that comes in passes: each costs as much as the whole picture
DRAWN = {"JPEG": ("jpg", "JPEG"), "WEBP": ("jpg", "JPEG"), "PNG": ("png", "PNG"), "GIF": ("png", "PNG")}
BROKEN = (OSError, ValueError, SyntaxError, EOFError, OverflowError, MemoryError, TornApart)


def drawn(data: bytes) -> tuple[str, bytes]:
    """The ending and the bytes of the same picture, upright, without anything that isn't picture.

    Refuses what can't be drawn, and what would unpack to more than a phone's photo.
    """
    try:
        with Image.open(io.BytesIO(data), formats=list(DRAWN)) as found:
            if found.width * found.height > MOST_PIXELS or data.count(b"\xff\xda") > MOST_SCANS:
                raise _too_large()
            return _again(found)
    except Image.DecompressionBombError as bomb:
        raise _too_large() from bomb
    except BROKEN as broken:
        raise Refused(
            _("This picture is damaged, or isn't one. Take the photo again, or save it as JPG or PNG.")
        ) from broken


def _again(found: Image.Image) -> tuple[str, bytes]:
    ending, sort = DRAWN["JPEG" if found.format == "MPO" else str(found.format)]
    found.draft("RGB", (LONGEST, LONGEST))  # a JPEG is unpacked no larger than it is kept
    found.thumbnail((LONGEST, LONGEST))
    upright = ImageOps.exif_transpose(found)
    plain = upright.convert("RGB" if sort == "JPEG" or "A" not in upright.mode and not _is_clear(upright) else "RGBA")
    out, bare = io.BytesIO(), Image.new(plain.mode, plain.size)
    bare.paste(plain)
    bare.save(out, sort, quality=QUALITY)
    return ending, out.getvalue()


def _is_clear(picture: Image.Image) -> bool:
    return "transparency" in picture.info


def _too_large() -> Refused:
    return Refused(_("This picture has too many dots to be kept. Take it again with the phone's usual setting."))
