"""The master test: a person put in every corner, erased, and looked for in every byte; also after kill -9 wherever something is written."""

from __future__ import annotations

import base64
import io
import shutil
import signal
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from api.bootstrap import Kennisbank, init_directory, open_kennisbank
from ingest.parse.ocr import can_recognise
from kb.authorise import OWNER
from kb.privacy.residue import scan_here
from kb.privacy.types import Decision, Hit
from kb.settings import Settings, load_settings
from kb.types import Done, Upload
from tests.erasing import Erasure, approved, person
from tests.unit.ingest.made_files import rewritten, word_file

NAME, MAIL = "Xandrine Quist", "x.quist@example.org"
CANARIES = ("xandrine", "quist")
WHO = person(NAME, MAIL)
BYSTANDER = "De kantine van het oude pakhuis gaat om half negen open, zegt Jan de Vries van inkoop tegen Jan de Vries van verkoop."


def word() -> bytes:
    """With the name as author, over two runs of a sentence, and in a deleted word."""
    split = "Opgesteld door Xan</w:t></w:r><w:r><w:t>drine Quist, "
    author = rewritten(word_file(), {"docProps/core.xml": lambda xml: xml.replace("Anna Auteur", NAME)})
    return rewritten(author, {"word/document.xml": lambda xml: xml.replace("Geldig vanaf ", split).replace("eerste", NAME)})


def workbook() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Naam", "Toestel"])
    sheet.append([NAME, "4711"])
    sheet.append(["Jan de Vries", "4712"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def mail() -> bytes:
    message = EmailMessage()
    message["From"] = f"{NAME} <{MAIL}>"
    message["To"] = "Jan de Vries <j.devries@example.org>"
    message["Subject"] = "Sleutel van het magazijn"
    message.set_content(f"Beste Jan,\n\nDe sleutel ligt bij de balie.\n\nGroet, {NAME}\n")
    message.add_attachment(f"Uren van {NAME}: 12\n".encode(), maintype="text", subtype="plain", filename=f"uren {NAME}.txt")
    return message.as_bytes()


def pdf(*, scanned: bool = False) -> bytes:
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen import canvas

    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=A4)
    if scanned:
        from PIL import Image, ImageDraw, ImageFont

        picture = Image.new("RGB", (1654, 2339), "white")
        draw = ImageDraw.Draw(picture)
        for number, line in enumerate((f"Verklaring van {NAME}", "over het gebruik van de heftruck")):
            draw.text((150, 200 + 120 * number), line, fill="black", font=ImageFont.load_default(size=56))
        page.drawInlineImage(picture, 0, 0, *A4)
    else:
        page.setAuthor(NAME)
        page.setTitle(f"Beoordeling {NAME}")
        page.drawString(72, 700, f"Beoordeling van {NAME} over het jaar.")
        page.showPage()
        page.drawString(72, 700, "De tweede bladzijde gaat over de parkeerplaats.")
    page.save()
    return out.getvalue()


def uploads() -> Iterator[Upload]:
    yield Upload("brieven/brief.txt", f"{NAME} woont aan de kade en heeft een rode fiets.\n\nGroet, {NAME}, {MAIL}\n".encode())
    yield Upload(f"verslagen/Verslag {NAME}.txt", b"Het verslag van de rondgang: alle brandblussers hangen op hun plaats.\n")
    yield Upload("reisregeling.docx", word())
    yield Upload("toestellen.xlsx", workbook())
    yield Upload("sleutel.eml", mail())
    yield Upload("beoordeling.pdf", pdf())
    if can_recognise():
        yield Upload("scan.pdf", pdf(scanned=True))
    yield Upload("kantine.md", f"# Kantine\n\n{BYSTANDER}\n".encode())


def decide(hit: Hit) -> Decision:
    return Decision.ERASE if hit.answer_id or hit.where.endswith("brief.txt") else Decision.REDACT


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Erasure, list[bytes]]:
    """A directory with the person in every corner and an approved plan; the vectors that must go."""
    folder = tmp_path_factory.mktemp("erasure") / "var"
    settings = settings_of(folder)
    init_directory(settings, "algemeen")
    with open_kennisbank(settings, role="command") as kennisbank:
        operations = kennisbank.operations(OWNER)
        files = list(uploads())
        assert operations.ingest(files).ready == len(files)
        done = next(event for event in operations.ask(f"Waar woont {NAME}?") if isinstance(event, Done))
        operations.give_feedback(done.answer.answer_id, "down", f"{NAME} is verhuisd")
        erasure = approved(kennisbank, WHO, decide)
        with kennisbank.ledger.reading() as tx:
            chunks = tx.erasing.chunks_of(tx.erasing.versions_of(erasure.plan.documents))
            vectors = [
                raw[start : start + 4 * dimensions]
                for dimensions, raw in tx.erasing.vectors([*chunks, *tx.erasing.touched_chunks(erasure.plan.redactions)]).items()
                for start in range(0, len(raw), 4 * dimensions)
            ]
    stores = {hit.place.field.store for hit in erasure.hits}
    assert stores >= {"documents", "versions", "version_texts", "file_strings", "answers", "answer_sentences", "feedback"}
    return folder, erasure, vectors


def settings_of(folder: Path) -> Settings:
    return load_settings(folder, embedding={"backend": "hashing"}, generation={"backend": "extractive"})


def copied(prepared: Path, to: Path) -> Path:
    shutil.copytree(prepared, to / "var")
    shutil.copytree(prepared.with_name("var.secrets"), to / "var.secrets")
    return to / "var"


def carry_out(folder: Path, request_id: str, boundary: int = 0) -> tuple[int, str]:
    """Exit status and what the child said."""
    command = [sys.executable, "-m", "tests.drills.erasure_child", str(folder), request_id, str(boundary)]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    assert child.returncode in (0, -signal.SIGKILL), child.stderr[-3000:]
    return child.returncode, child.stdout


# --- looking without the product's own eyes -----------------------------------------------------------------------------


def every_byte(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        yield f"{path}: name", path.name.encode()
        if path.is_file():
            yield from unfolded(str(path), path.read_bytes())


def unfolded(where: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Bytes as they are, and what is packed in them."""
    yield where, data
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield from unfolded(f"{where}!{name}", archive.read(name))
    if data.startswith(b"%PDF"):
        for part in data.split(b"stream\n")[1:] + data.split(b"stream\r\n")[1:]:
            for packed in (part, base64.a85decode(part.partition(b"~>")[0], adobe=False) if b"~>" in part[:100_000] else b""):
                try:
                    yield f"{where}!stream", zlib.decompressobj().decompress(packed)
                except (zlib.error, ValueError):
                    continue
    for line in data.split(b"\n") if len(data) < 1_000_000 else ():
        if len(line) > 24 and len(line) % 4 in (0, 1):
            try:
                yield f"{where}!base64", base64.b64decode(line.strip(), validate=True)
            except ValueError:
                continue


def written(canary: str) -> set[bytes]:
    forms = {form.encode(encoding) for form in (canary, canary.upper(), canary.title()) for encoding in ("utf-8", "utf-16-le", "utf-16-be")}
    return forms | {canary[:1].upper().encode() + canary[1:].encode()}


def left_of(folder: Path, vectors: list[bytes]) -> list[str]:
    forms = {form for canary in CANARIES for form in written(canary)}
    return [where for where, data in every_byte(folder) if any(form in data for form in forms) or any(vector in data for vector in vectors)]


def check(folder: Path, vectors: list[bytes]) -> None:
    """Nothing of the person in any byte; the bystanders are found, the chain holds."""
    assert left_of(folder, vectors) == []
    assert scan_here([folder], WHO, None, ()).residue == ()
    with open_kennisbank(settings_of(folder), role="command") as kennisbank:
        texts = found(kennisbank, "hoe laat gaat de kantine van het pakhuis open")
        assert BYSTANDER in "\n".join(texts)
        assert any("4712" in text for text in found(kennisbank, "toestel van Jan de Vries"))
        assert any("parkeerplaats" in text for text in found(kennisbank, "parkeerplaats tweede bladzijde"))
        assert any("brandblussers" in text for text in found(kennisbank, "brandblussers rondgang"))
        assert any("sleutel ligt bij de balie" in text for text in found(kennisbank, "waar ligt de sleutel"))
        with kennisbank.ledger.reading() as tx:
            assert tx.audit.first_broken() is None
    assert left_of(folder, vectors) == [], "opening it again brought something back"


def found(kennisbank: Kennisbank, question: str) -> list[str]:
    with kennisbank.ledger.reading() as tx:
        spaces = [space.id for space in tx.spaces.uncounted()]
    return [passage.text for passage in kennisbank.retriever.retrieve(question, spaces, "nl")]


# --- the drill ----------------------------------------------------------------------------------------------------------


def test_the_test_sees_what_it_looks_for(prepared: tuple[Path, Erasure, list[bytes]]) -> None:
    folder, _, vectors = prepared
    seen = "\n".join(left_of(folder, vectors))
    for where in ("ledger.sqlite3", "originals", "core.xml", "sheet1.xml", "!stream", "indexes"):
        assert where in seen, where


def test_after_an_erasure_nothing_is_left_in_any_byte(prepared: tuple[Path, Erasure, list[bytes]], tmp_path: Path) -> None:
    folder = copied(prepared[0], tmp_path)
    status, said = carry_out(folder, prepared[1].request_id)
    assert (status, said.split()[-2]) == (0, "done")
    check(folder, prepared[2])


@pytest.mark.parametrize("step", ["rows", *(pytest.param(step, marks=pytest.mark.slow) for step in ("tombstone", "originals", "indexes"))])
@pytest.mark.timeout(600)
def test_killed_in_a_step_and_run_again_nothing_is_left(step: str, prepared: tuple[Path, Erasure, list[bytes]], tmp_path: Path) -> None:
    folder = copied(prepared[0], tmp_path)
    boundaries = dict(line.split() for line in carry_out(copied(prepared[0], tmp_path / "whole"), prepared[1].request_id)[1].splitlines())
    assert carry_out(folder, prepared[1].request_id, int(boundaries[step]) - 1)[0] == -signal.SIGKILL
    assert carry_out(folder, prepared[1].request_id)[0] == 0
    check(folder, prepared[2])


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_killed_at_every_boundary_and_run_again_nothing_is_left(prepared: tuple[Path, Erasure, list[bytes]], tmp_path: Path) -> None:
    boundary, status = 0, -signal.SIGKILL
    while status == -signal.SIGKILL:
        boundary += 1
        folder = copied(prepared[0], tmp_path / str(boundary))
        status, _ = carry_out(folder, prepared[1].request_id, boundary)
        assert carry_out(folder, prepared[1].request_id)[0] == 0
        check(folder, prepared[2])
        shutil.rmtree(tmp_path / str(boundary))
    assert boundary > 30
