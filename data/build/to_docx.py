"""Word documents: headings, lists, tables, header and footer, comments and tracked changes."""

from __future__ import annotations

import copy
import io
import re
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from .common import Block, Source, fixed_zip, moment, parse_blocks

_BOLD = re.compile(r"\*\*(.+?)\*\*")


def _add_text(paragraph: Paragraph, text: str) -> None:
    """Add text to a paragraph, with **bold** parts as bold runs."""
    for index, part in enumerate(_BOLD.split(text)):
        if part:
            run = paragraph.add_run(part)
            run.bold = True if index % 2 else None


def _split_run(paragraph: Paragraph, phrase: str) -> Run:
    """Split the run that holds a phrase, so that the phrase is a run of its own, and return it."""
    for run in paragraph.runs:
        if phrase not in run.text:
            continue
        before, after = run.text.split(phrase, 1)
        for text, place in ((before, "addprevious"), (after, "addnext")):
            if text:
                element = copy.deepcopy(run._r)
                getattr(run._r, place)(element)
                Run(element, paragraph).text = text
        run.text = phrase
        return run
    raise ValueError(f"no single run holds {phrase!r}")


def _find(document: DocumentType, phrase: str) -> Paragraph:
    for paragraph in document.paragraphs:
        if phrase in paragraph.text:
            return paragraph
    raise ValueError(f"no paragraph holds {phrase!r}")


def _add_comment(document: DocumentType, spec: dict[str, Any]) -> None:
    run = _split_run(_find(document, spec["phrase"]), spec["phrase"])
    comment = document.add_comment(run, text=spec["text"], author=spec["author"], initials=spec["initials"])
    stamp = moment(spec["date"]).strftime("%Y-%m-%dT%H:%M:%SZ")
    comment._comment_elm.set(qn("w:date"), stamp)


def _add_change(document: DocumentType, spec: dict[str, Any], number: int) -> None:
    """Turn a phrase into a tracked change: the old words deleted, the new words inserted."""
    run = _split_run(_find(document, spec["delete"]), spec["delete"])
    stamp = moment(spec["date"]).strftime("%Y-%m-%dT%H:%M:%SZ")
    marks = {}
    for offset, name in enumerate(("w:del", "w:ins")):
        mark = OxmlElement(name)
        mark.set(qn("w:id"), str(900 + 2 * number + offset))
        mark.set(qn("w:author"), spec["author"])
        mark.set(qn("w:date"), stamp)
        marks[name] = mark
    inserted = copy.deepcopy(run._r)
    run._r.addprevious(marks["w:del"])
    marks["w:del"].addnext(marks["w:ins"])
    marks["w:del"].append(run._r)
    for text in run._r.findall(qn("w:t")):
        text.tag = qn("w:delText")
        text.set(qn("xml:space"), "preserve")
    marks["w:ins"].append(inserted)
    Run(inserted, document.paragraphs[0]).text = spec["insert"]


def _restart_numbering(document: DocumentType) -> int:
    """Make a numbering that starts at one and return its number."""
    style: Any = document.styles["List Number"]
    style_number = style.element.pPr.numPr.numId.val
    numbering: Any = document.part.numbering_part.element
    abstract = numbering.num_having_numId(style_number).abstractNumId.val
    number = numbering.add_num(abstract)
    number.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(number.numId)


def _add_table(document: DocumentType, rows: list[list[str]]) -> None:
    table = document.add_table(rows=0, cols=len(rows[0]))
    table.style = document.styles["Light Grid Accent 1"]
    for row in rows:
        cells = table.add_row().cells
        for cell, text in zip(cells, row, strict=True):
            _add_text(cell.paragraphs[0], text)
    document.add_paragraph()


def _add_page_number(paragraph: Paragraph) -> None:
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run = paragraph.add_run()
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)


def _add_block(document: DocumentType, block: Block, number: int) -> None:
    if block.kind == "heading":
        document.add_heading(block.text, level=block.level - 1 if block.level > 1 else 0)
    elif block.kind == "table":
        _add_table(document, block.rows)
    elif block.kind == "pagebreak":
        document.add_page_break()  # type: ignore[no-untyped-call]
    elif block.kind == "number":
        paragraph = document.add_paragraph(style="List Number")
        properties: Any = paragraph._p.get_or_add_pPr()
        properties.get_or_add_numPr().get_or_add_numId().val = number
        properties.numPr.get_or_add_ilvl().val = 0
        _add_text(paragraph, block.text)
    else:
        style = {"bullet": "List Bullet", "note": "Intense Quote"}.get(block.kind, "Normal")
        _add_text(document.add_paragraph(style=style), block.text)


def build(source: Source) -> bytes:
    """Build one Word document; ``#`` is its title, ``##`` its first level of headings."""
    meta = source.meta
    document = Document()
    normal: Any = document.styles["Normal"]
    normal.font.name = "Calibri"
    normal.font.size = Pt(11)
    previous, number = "", 0
    for block in parse_blocks(source.body):
        if block.kind == "number" and previous != "number":
            number = _restart_numbering(document)
        _add_block(document, block, number)
        previous = block.kind
    section = document.sections[0]
    if meta.get("header"):
        section.header.paragraphs[0].text = meta["header"]
    footer = section.footer.paragraphs[0]
    footer.add_run(meta.get("footer", "Rijwielfabriek Kwikwiel B.V.") + "  |  ")
    _add_page_number(footer)
    for spec in meta.get("comments", []):
        _add_comment(document, spec)
    for index, spec in enumerate(meta.get("changes", [])):
        _add_change(document, spec, index)
    core = document.core_properties
    core.title = meta["title"]
    core.author = meta["author"]
    core.last_modified_by = meta.get("last_modified_by", meta["author"])
    core.subject = meta.get("subject", "")
    core.keywords = meta.get("keywords", "")
    core.comments = meta.get("description", "")
    core.language = meta.get("language", "nl-NL")
    core.revision = int(meta.get("revision", 1))
    core.created = source.when().replace(tzinfo=None)
    core.modified = moment(meta.get("modified", meta["date"])).replace(tzinfo=None)
    out = io.BytesIO()
    document.save(out)
    return fixed_zip(out.getvalue(), moment(meta.get("modified", meta["date"])))
