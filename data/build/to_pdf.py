"""Born-digital PDFs: cover, table of contents, running header and footer, tables, figures."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics.shapes import Circle, Drawing, Line, Rect, String
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.pdfgen import canvas as pdf_canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    ListFlowable,
    ListItem,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)
from reportlab.platypus.tableofcontents import TableOfContents

from .common import Block, Source, parse_blocks

_BLUE = colors.HexColor("#1f4e79")
_STYLES = getSampleStyleSheet()
_BODY = ParagraphStyle("body", parent=_STYLES["BodyText"], fontSize=11.5, leading=17, spaceAfter=8)
_CELL = ParagraphStyle("cell", parent=_BODY, fontSize=10, leading=13, spaceAfter=0)
_NOTE = ParagraphStyle(
    "note",
    parent=_BODY,
    backColor=colors.HexColor("#fff3d6"),
    borderColor=colors.HexColor("#c98a00"),
    borderWidth=0.7,
    borderPadding=6,
    spaceBefore=10,
    spaceAfter=14,
)
_HEADS = {
    2: ParagraphStyle("h1", parent=_STYLES["Heading1"], fontSize=17, leading=21, textColor=_BLUE),
    3: ParagraphStyle("h2", parent=_STYLES["Heading2"], fontSize=13, leading=17, textColor=_BLUE),
    4: ParagraphStyle("h3", parent=_STYLES["Heading3"], fontSize=11, leading=15),
}
_TITLE = ParagraphStyle("title", parent=_STYLES["Title"], fontSize=26, leading=32, textColor=_BLUE)
_CAPTION = ParagraphStyle("caption", parent=_BODY, fontSize=9, alignment=1, spaceAfter=12)


def _markup(text: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", escape(text))


def _rect(x: float, y: float, width: float, height: float, **look: Any) -> Rect:
    """Make a rectangle; its look is set afterwards, because the stubs of reportlab know no keywords."""
    rect = Rect(x, y, width, height)
    for name, value in look.items():
        setattr(rect, name, value)
    return rect


def _bike() -> Drawing:
    """Draw the side view of the cargo bike with numbered parts."""
    drawing = Drawing(150 * mm, 62 * mm)
    for x, radius in ((32, 15), (122, 19)):
        drawing.add(Circle(x * mm, 20 * mm, radius * mm, fillColor=None, strokeWidth=1.6))
        drawing.add(Circle(x * mm, 20 * mm, 1.6 * mm, fillColor=colors.black))
    drawing.add(_rect(40 * mm, 18 * mm, 46 * mm, 24 * mm, fillColor=colors.HexColor("#dbe7f3")))
    for x1, y1, x2, y2 in (
        (86, 20, 122, 20),
        (86, 20, 108, 46),
        (108, 46, 122, 20),
        (92, 46, 108, 46),
        (86, 20, 94, 54),
        (88, 55, 98, 55),
        (32, 20, 42, 26),
    ):
        drawing.add(Line(x1 * mm, y1 * mm, x2 * mm, y2 * mm, strokeWidth=2))
    marks = ((60, 29, "1"), (88, 13, "2"), (114, 47, "3"), (25, 37, "4"), (128, 42, "5"))
    for x, y, label in (*marks, (101, 57, "6")):
        drawing.add(String(x * mm, y * mm, label, fontSize=12, fontName="Helvetica-Bold"))
    return drawing


def _battery() -> Drawing:
    """Draw the battery indicator with its five lights."""
    drawing = Drawing(120 * mm, 24 * mm)
    drawing.add(_rect(10 * mm, 4 * mm, 96 * mm, 16 * mm, fillColor=None, strokeWidth=1.4))
    for index in range(5):
        fill = colors.HexColor("#3a9a3a") if index < 3 else colors.white
        drawing.add(_rect((16 + index * 18) * mm, 8 * mm, 12 * mm, 8 * mm, fillColor=fill))
    return drawing


_FIGURES: dict[str, Callable[[], Drawing]] = {"bike": _bike, "battery": _battery}


class _Template(BaseDocTemplate):
    """A document that tells the table of contents about its headings."""

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 (reportlab calls it so)
        """Note a heading of the first or second level for the contents and the outline."""
        style = getattr(getattr(flowable, "style", None), "name", "")
        if style in ("h1", "h2") and isinstance(flowable, Paragraph):
            level = 0 if style == "h1" else 1
            text = flowable.getPlainText()
            key = f"part-{self.seq.nextf('part')}" if hasattr(self, "seq") else text
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(text, key, level, closed=True)
            if level == 0:
                self.notify("TOCEntry", (level, escape(text), self.page, key))


def _table(rows: list[list[str]], width: float) -> Table:
    """Make a table whose columns are as wide as their longest text asks for."""
    longest = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    weights = [min(max(size, 7), 45) for size in longest]
    widths = [width * weight / sum(weights) for weight in weights]
    data = [[Paragraph(f"<b>{_markup(c)}</b>" if n == 0 else _markup(c), _CELL) for c in row] for n, row in enumerate(rows)]
    table = Table(data, colWidths=widths, repeatRows=1, spaceBefore=4, spaceAfter=12)
    style: list[Any] = [
        ("GRID", (0, 0), (-1, -1), 0.4, colors.HexColor("#8aa4bd")),
        ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#dbe7f3")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
    table.setStyle(TableStyle(style))
    return table


def _flow(blocks: list[Block], meta: dict[str, Any], width: float) -> list[Flowable]:
    flow: list[Flowable] = []
    items: list[tuple[str, str]] = []

    def close_list() -> None:
        if items:
            kind = "1" if items[0][0] == "number" else "bullet"
            dots = "%s." if kind == "1" else None
            entries: list[Any] = [ListItem(Paragraph(_markup(text), _BODY)) for _, text in items]
            flow.append(ListFlowable(entries, bulletType=kind, bulletFormat=dots, leftIndent=18))
            items.clear()

    for block in blocks:
        if block.kind in ("bullet", "number"):
            if items and items[0][0] != block.kind:
                close_list()
            items.append((block.kind, block.text))
            continue
        close_list()
        if block.kind == "heading" and block.level == 1:
            flow.append(Spacer(1, 60 * mm if meta.get("cover") else 0))
            flow.append(Paragraph(_markup(block.text), _TITLE))
        elif block.kind == "heading":
            if block.level == 2 and meta.get("chapter_pages") and flow:
                flow.append(PageBreak())
            flow.append(Paragraph(_markup(block.text), _HEADS[block.level]))
        elif block.kind == "table":
            flow.append(_table(block.rows, width))
        elif block.kind == "note":
            flow.append(Paragraph(_markup(block.text), _NOTE))
        elif block.kind == "pagebreak":
            flow.append(PageBreak())
        elif block.kind == "figure":
            name, caption = block.text.split("|", 1)
            if name == "contents":
                contents = TableOfContents()
                contents.levelStyles = [ParagraphStyle("toc1", parent=_BODY, leading=13, spaceAfter=0)]
                contents.dotsMinLevel = 0
                flow.append(contents)
            else:
                flow.append(_FIGURES[name]())
                flow.append(Paragraph(_markup(caption), _CAPTION))
        else:
            flow.append(Paragraph(_markup(block.text), _BODY))
    close_list()
    return flow


def build(source: Source) -> bytes:
    """Build one PDF; ``##`` is its first level of headings."""
    meta = source.meta
    set_clock(source)
    width = A4[0] - 44 * mm

    def decorate(canvas: pdf_canvas.Canvas, document: BaseDocTemplate) -> None:
        if meta.get("cover") and document.page == 1:
            return
        canvas.saveState()
        canvas.setFont("Helvetica", 8.5)
        canvas.setFillColor(colors.HexColor("#555555"))
        canvas.drawString(22 * mm, A4[1] - 14 * mm, meta["header"])
        canvas.line(22 * mm, A4[1] - 16 * mm, A4[0] - 22 * mm, A4[1] - 16 * mm)
        canvas.drawString(22 * mm, 12 * mm, meta["footer"])
        word = "page" if meta.get("language") == "en" else "pagina"
        canvas.drawRightString(A4[0] - 22 * mm, 12 * mm, f"{word} {document.page}")
        canvas.restoreState()

    out = io.BytesIO()
    template = _Template(
        out,
        pagesize=A4,
        title=meta["title"],
        author=meta["author"],
        subject=meta.get("subject", ""),
        keywords=meta.get("keywords", ""),
        creator=meta.get("creator", "Kwikwiel documenten"),
        invariant=1,
        lang="en-GB" if meta.get("language") == "en" else "nl-NL",
    )
    frame = Frame(22 * mm, 20 * mm, width, A4[1] - 42 * mm, leftPadding=0, rightPadding=0)
    template.addPageTemplates(PageTemplate(id="all", frames=[frame], onPage=decorate))
    template.multiBuild(_flow(parse_blocks(source.body), meta, width - 1))
    return out.getvalue()


def set_clock(source: Source) -> None:
    """Let reportlab write the source's own date as the moment at which the PDF was made."""
    key = "date" if "date" in source.meta else "Date"
    os.environ["SOURCE_DATE_EPOCH"] = str(int(source.when(key).timestamp()))


def build_letter(spec: dict[str, Any]) -> bytes:
    """Build a letter of one page, for an e-mail's attachment."""
    out = io.BytesIO()
    canvas = pdf_canvas.Canvas(out, pagesize=A4, invariant=1)
    canvas.setTitle(spec["title"])
    canvas.setAuthor(spec["author"])
    text = canvas.beginText(25 * mm, A4[1] - 40 * mm)
    text.setFont("Helvetica", 11)
    text.setLeading(16)
    for line in spec["text"].splitlines():
        text.textLine(line)
    canvas.drawText(text)
    canvas.save()
    return out.getvalue()
