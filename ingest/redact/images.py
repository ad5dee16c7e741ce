"""Pictures: the words that are recognised in them are covered, and everything that they say of themselves goes."""

from __future__ import annotations

import io
from typing import Any

from ingest.parse.limits import Limits
from ingest.redact.blackener import Blackener
from ingest.redact.recognised import areas_of, cover

_FORMATS = {"PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF"}
_SMALL_WIDTH_PIXELS = 1_200


def redact_image(data: bytes, blackener: Blackener) -> bytes | None:
    """The picture in its format, every page; None where it cannot be read or written. Whoever calls reads it again and looks."""
    from PIL import Image, ImageSequence, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as opened:
            kind = opened.format
            if kind not in _FORMATS or opened.width * opened.height > Limits().pixels:
                return None
            pages = [_covered(page.copy(), blackener) for page in ImageSequence.Iterator(opened)]
            return _saved(pages, str(kind))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError, EOFError, TypeError):
        return None


def _covered(page: Any, blackener: Blackener) -> Any:
    from PIL import ImageOps

    # Turned as it is shown, since the note that says how is a piece of metadata and goes.
    page = ImageOps.exif_transpose(page)
    page = page.convert("RGB") if page.mode not in ("1", "L", "RGB", "RGBA") else page
    scale = 2 if page.width < _SMALL_WIDTH_PIXELS else 1
    larger = page.resize((page.width * scale, page.height * scale)) if scale > 1 else page
    areas = areas_of(larger, blackener)
    cover(larger, areas)
    return larger.resize(page.size) if scale > 1 and areas else (page if scale > 1 else larger)


def _saved(pages: list[Any], kind: str) -> bytes:
    from PIL import Image

    clean = []
    for page in pages:
        bare = Image.new(page.mode, page.size)
        bare.paste(page)
        clean.append(bare)
    out = io.BytesIO()
    first = clean[0].convert("RGB") if kind in ("JPEG", "WEBP") and clean[0].mode not in ("L", "RGB") else clean[0]
    more = {"save_all": True, "append_images": clean[1:]} if len(clean) > 1 and kind in ("TIFF", "GIF", "PNG", "WEBP") else {}
    first.save(out, kind, **more, **({"quality": 92} if kind in ("JPEG", "WEBP") else {}))
    return out.getvalue()
