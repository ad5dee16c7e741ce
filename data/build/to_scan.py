"""A scan: pages of typed text as slightly turned, noisy images in a PDF without a text layer."""

from __future__ import annotations

import io
import random
import textwrap
from pathlib import Path

import reportlab
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas as pdf_canvas

from .common import Source
from .to_pdf import set_clock

_DPI = 150
_SIZE = (round(8.27 * _DPI), round(11.69 * _DPI))
_FONTS = Path(reportlab.__file__).parent / "fonts"


def _page(text: str, rng: random.Random, angle: float) -> Image.Image:
    """Render one page: typed lines, a stamp, a turn, grain, specks and a dark edge."""
    page = Image.new("L", _SIZE, 250)
    draw = ImageDraw.Draw(page)
    body = ImageFont.truetype(str(_FONTS / "Vera.ttf"), 23)
    bold = ImageFont.truetype(str(_FONTS / "VeraBd.ttf"), 30)
    y = 120
    for line in text.strip().splitlines():
        if line.startswith("# "):
            draw.text((120, y), line[2:], font=bold, fill=25)
            y += 62
            continue
        for piece in textwrap.wrap(line, 74) or [""]:
            draw.text((120 + rng.randint(-1, 1), y), piece, font=body, fill=rng.randint(25, 60))
            y += 36
    draw.ellipse((900, 1450, 1130, 1680), outline=110, width=5)
    draw.text((950, 1540), "GEZIEN", font=bold, fill=110)
    page = page.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=235)
    grain = Image.frombytes("L", _SIZE, rng.randbytes(_SIZE[0] * _SIZE[1]))
    page = Image.blend(page, grain.filter(ImageFilter.GaussianBlur(1.2)), 0.12)
    draw = ImageDraw.Draw(page)
    for _ in range(220):
        x, y = rng.randrange(_SIZE[0]), rng.randrange(_SIZE[1])
        draw.ellipse((x, y, x + rng.randint(1, 3), y + rng.randint(1, 3)), fill=rng.randint(60, 150))
    draw.rectangle((0, 0, 9, _SIZE[1]), fill=90)
    return page.filter(ImageFilter.GaussianBlur(0.5))


def build(source: Source) -> bytes:
    """Build the scan; pages are parted by a line with ``===``."""
    rng = random.Random(4711)
    set_clock(source)
    out = io.BytesIO()
    canvas = pdf_canvas.Canvas(out, pagesize=A4, invariant=1, pageCompression=1)
    canvas.setTitle(source.meta["title"])
    canvas.setAuthor(source.meta["author"])
    canvas.setCreator(source.meta["creator"])
    for text, angle in zip(source.body.split("\n===\n"), (0.8, -0.6, 0.4), strict=False):
        image = io.BytesIO()
        _page(text, rng, angle).save(image, "JPEG", quality=38, optimize=True)
        image.seek(0)
        canvas.drawImage(ImageReader(image), 0, 0, width=A4[0], height=A4[1])
        canvas.showPage()
    canvas.save()
    return out.getvalue()
