"""Pictures (.png, .jpg, .tiff with its pages, .heic, .webp, .bmp, .gif): the text that is recognised in them, and what they say of
themselves."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from ingest.parse.encoding import decode
from ingest.parse.ocr import can_recognise, recognise
from ingest.parse.pdf_layout import lay_out
from ingest.parse.pdf_lines import PageLines
from ingest.parse.pdf_strings import xmp_strings
from ingest.parse.reading import Reading, Unreadable
from ingest.parse.within import Within

MOST_FRAMES = 500
SMALLEST_PIXELS = 40
"""Less high or wide than this there is no line of text in it."""

SMALL_WIDTH_PIXELS = 1_200
"""A picture of a page that is narrower is enlarged before its text is recognised."""

_USUAL_DOTS = 96.0
_TAGS = {
    269: "title",
    270: "description",
    315: "author",
    316: "metadata",
    33432: "metadata",
    40091: "title",
    40092: "comment",
    40093: "author",
    40094: "keywords",
    40095: "subject",
    37510: "comment",
    42032: "author",
}
"""EXIF tags that hold words of people: their kind."""

_IPTC = {(2, 5): "title", (2, 25): "keywords", (2, 80): "author", (2, 85): "author", (2, 105): "title", (2, 110): "author"}
_IPTC |= {(2, 116): "metadata", (2, 118): "author", (2, 120): "description", (2, 122): "author", (2, 90): "metadata"}
_WORD = re.compile(r"[^\W\d_]{2}")


def read_image(data: bytes, within: Within) -> Reading:
    """The lines of every page, laid out as those of a PDF, and EXIF, IPTC, XMP and text that the file carries as strings.

    Raises Unreadable: needs_tesseract, picture_too_large, damaged, no_text.
    """
    from PIL import Image, UnidentifiedImageError

    reading = Reading()
    try:
        with _opened(data) as picture:
            _strings(picture, reading)
            pages = list(_pages(picture, reading, within))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError) as error:
        raise Unreadable("damaged") from error
    except Image.DecompressionBombError as error:
        raise Unreadable("picture_too_large", limit=str(within.limits.pixels)) from error
    reading.pages = len(pages)
    reading.pages_with_text = sum(any(re.search(r"\w\w", line.text) for line in page.lines) for page in pages)
    if not reading.pages_with_text:
        raise Unreadable("no_text")
    if reading.pages_with_text < reading.pages:
        reading.warn("pages_without_text")
    reading.warn("recognised")
    reading.elements = lay_out(pages, {}).elements
    return reading


def _opened(data: bytes) -> Any:
    from PIL import Image

    if data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1", b"ftyphevc", b"ftypheim", b"ftypheis"):
        from pi_heif import register_heif_opener

        register_heif_opener(thumbnails=False)
    return Image.open(io.BytesIO(data))


def _pages(picture: Any, reading: Reading, within: Within) -> Iterator[PageLines]:
    from PIL import ImageSequence

    if not can_recognise():
        raise Unreadable("needs_tesseract")
    moving = picture.format in ("GIF", "WEBP", "PNG")
    for number, frame in enumerate(ImageSequence.Iterator(picture), start=1):
        if number > MOST_FRAMES or (moving and number > 1):
            break
        width, height = frame.size
        if width * height > within.limits.pixels:
            raise Unreadable("picture_too_large", limit=str(within.limits.pixels))
        dots = _dots(frame)
        if min(width, height) < SMALLEST_PIXELS or not within.may_recognise(reading):
            yield PageLines(number, width * 72 / dots, height * 72 / dots)
        else:
            ready = _made_ready(frame)
            yield recognise(ready, number, 72 / dots * min(frame.size) / min(ready.size), within)


def _dots(picture: Any) -> float:
    said = picture.info.get("dpi")
    try:
        dots = float(said[0]) if said else _USUAL_DOTS
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return _USUAL_DOTS
    return dots if 50 <= dots <= 1_200 else _USUAL_DOTS


def _made_ready(picture: Any) -> Any:
    """Grey, upright, on white where it is see-through, and large enough."""
    from PIL import Image, ImageOps

    upright = ImageOps.exif_transpose(picture)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        layered = upright.convert("RGBA")
        upright = Image.new("RGB", layered.size, "white")
        upright.paste(layered, mask=layered.getchannel("A"))
    if upright.mode.startswith(("I", "F")):  # sixteen bits of grey
        upright = ImageOps.autocontrast(upright.convert("F").point(lambda value: value / 256).convert("L"))
    grey = upright.convert("L")
    if grey.width < SMALL_WIDTH_PIXELS:
        grey = grey.resize((grey.width * 2, grey.height * 2), Image.Resampling.LANCZOS)
    return grey


def _strings(picture: Any, reading: Reading) -> None:
    for key, value in picture.info.items():
        if key in ("xmp", "XML:com.adobe.xmp"):
            xmp_strings(value if isinstance(value, bytes) else str(value).encode(), reading)
        elif isinstance(value, str) or key == "comment":
            text = decode(value)[0] if isinstance(value, bytes) else str(value)
            reading.add_string(_kind_of_key(str(key)), text if _WORD.search(text) else None)
    exif = picture.getexif()
    for tags in (exif, exif.get_ifd(0x8769), exif.get_ifd(0x8825)):
        for tag, value in tags.items():
            text = _of_exif(tag, value)
            reading.add_string(_TAGS.get(tag, "metadata"), text if _WORD.search(text) else None)
    from PIL import IptcImagePlugin

    found: Any = IptcImagePlugin.getiptcinfo(picture) if picture.format in ("JPEG", "TIFF") else None
    for key, value in (found or {}).items():
        for one in value if isinstance(value, list) else [value]:
            reading.add_string(_IPTC.get(key, "metadata"), decode(one)[0] if isinstance(one, bytes) and key in _IPTC else None)


def _kind_of_key(key: str) -> str:
    name = key.lower()
    return name if name in ("author", "title", "comment", "description") else "metadata"


def _of_exif(tag: int, value: object) -> str:
    if isinstance(value, bytes):
        if 40091 <= tag <= 40095:
            return value.decode("utf-16-le", "replace").rstrip("\x00")
        if tag == 37510:
            return decode(value[8:])[0] if value[:8].strip(b"\x00") in (b"ASCII", b"UNICODE", b"") else decode(value)[0]
        return ""
    return value if isinstance(value, str) else ""
