"""What every builder shares: front matter, a small Markdown subset, zip files that never change."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).resolve().parent.parent
SOURCES = DATA / "build" / "sources"
DOCUMENTS = DATA / "documents"
QUESTIONS = DATA / "questions" / "questions.yaml"

ZIP_TIME = (2025, 1, 1, 0, 0, 0)


@dataclass
class Block:
    """One block of text: a heading, paragraph, list item, table, note, figure or page break."""

    kind: str
    text: str = ""
    level: int = 0
    rows: list[list[str]] = field(default_factory=list)


@dataclass
class Source:
    """A source file: what its front matter says, and the text below it."""

    meta: dict[str, Any]
    body: str

    def when(self, key: str = "date") -> datetime:
        """Return a date of the front matter as a moment in UTC."""
        return moment(self.meta[key])


def moment(value: object) -> datetime:
    """Turn a date or ISO text into an aware moment in UTC (a bare date: nine in the morning)."""
    text = str(value)
    if len(text) == 10:
        text += " 09:00:00"
    stamp = datetime.fromisoformat(text)
    return stamp.replace(tzinfo=UTC) if stamp.tzinfo is None else stamp.astimezone(UTC)


def read_source(path: Path) -> Source:
    """Read a source file that opens with YAML front matter between two lines of three dashes."""
    text = path.read_text(encoding="utf-8")
    if not text.startswith("---\n"):
        raise ValueError(f"{path}: no front matter")
    head, body = text[4:].split("\n---\n", 1)
    return Source(meta=yaml.safe_load(head), body=body.strip() + "\n")


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def parse_blocks(body: str) -> list[Block]:
    """Parse the Markdown subset of the sources; lines that follow each other form one paragraph."""
    blocks: list[Block] = []
    open_block: Block | None = None
    for line in body.splitlines():
        stripped = line.strip()
        if not stripped:
            open_block = None
            continue
        if stripped == "<!-- pagebreak -->":
            blocks.append(Block("pagebreak"))
            open_block = None
        elif match := re.fullmatch(r"<!-- figure: (\w+) \| (.+) -->", stripped):
            blocks.append(Block("figure", text=f"{match[1]}|{match[2]}"))
            open_block = None
        elif match := re.fullmatch(r"(#{1,4}) (.+)", stripped):
            blocks.append(Block("heading", text=match[2], level=len(match[1])))
            open_block = None
        elif stripped.startswith("|"):
            if open_block is None or open_block.kind != "table":
                open_block = Block("table")
                blocks.append(open_block)
            if not re.fullmatch(r"[|\-: ]+", stripped):
                open_block.rows.append(_cells(stripped))
        elif match := re.fullmatch(r"(- |> |\d+\. )(.+)", stripped):
            kind = {"- ": "bullet", "> ": "note"}.get(match[1], "number")
            open_block = Block(kind, text=match[2])
            blocks.append(open_block)
        elif open_block is not None and open_block.kind != "table":
            open_block.text += " " + stripped
        else:
            open_block = Block("paragraph", text=stripped)
            blocks.append(open_block)
    return blocks


def fixed_zip(data: bytes, modified: datetime) -> bytes:
    """Write an Office file again with fixed times, so that a rebuild gives the same bytes.

    The time of last change in the core properties is set to ``modified`` too, because openpyxl
    always writes the present moment there.
    """
    stamp = modified.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            content = old.read(name)
            if name == "docProps/core.xml":
                pattern = rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)"
                content = re.sub(pattern, rb"\g<1>" + stamp + rb"\g<2>", content)
            info = zipfile.ZipInfo(name, date_time=ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            info.create_system = 3
            new.writestr(info, content)
    return out.getvalue()
