"""The scan finds a person in every form and every container, and names what may stay."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import quopri
import sqlite3
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote, quote_plus

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.ports import WordEntry
from kb.privacy.forms import ByteSearch
from kb.privacy.identifiers import identifier, written_forms
from kb.privacy.residue import ResidueScan, scan_here
from kb.privacy.types import Field, IdentifierKind, Place, Scan, Subject
from kb.search.chroma_vectors import ChromaVectorIndex
from kb.search.tantivy_words import TantivyWordIndex

NAME = "Zoë Xandrine Quist"
EMAIL = "x.quist@voorbeeld.example"
XANDRINE = Subject((identifier(IdentifierKind.NAME, NAME), identifier(IdentifierKind.EMAIL, EMAIL)))

FORMS: dict[str, bytes] = {
    "utf-8": NAME.encode(),
    "capitals": NAME.upper().encode(),
    "without marks": b"zoe xandrine quist",
    "taken apart": unicodedata.normalize("NFD", NAME).encode(),
    "utf-16 little-endian": NAME.encode("utf-16-le"),
    "utf-16 big-endian, capitals": NAME.upper().encode("utf-16-be"),
    "windows": NAME.encode("cp1252"),
    "json": json.dumps(NAME).encode(),
    "url": quote(NAME).encode(),
    "form": quote_plus(NAME).encode(),
    "html, named": b"Zo&euml; Xandrine Quist",
    "html, numbered": NAME.encode("ascii", "xmlcharrefreplace"),
    "quoted-printable": quopri.encodestring(NAME.encode()),
    "mail header": NAME.replace(" ", "_").replace("ë", "=C3=AB").encode(),
    "surname first": b"Quist, Zo\xc3\xab Xandrine",
    **{f"base64 behind {i}": base64.b64encode(b"abc"[:i] + EMAIL.encode() + b"...") for i in range(3)},
}


def scanned(folder: Path, **more: object) -> Scan:
    return scan_here([folder], XANDRINE, None, (), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_found_in_raw_bytes(form: str, tmp_path: Path) -> None:
    (tmp_path / "dump.bin").write_bytes(b"\x00\xff\x80" + FORMS[form] + b"\x00\x01")
    scan = scanned(tmp_path)
    assert {one.path for one in scan.residue} == {"dump.bin"}
    assert not scan.clean


def zipped(data: bytes, name: str = "word/document.xml") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return packed.getvalue()


def mail_with(attachment: bytes) -> bytes:
    message = EmailMessage()
    message["From"] = "iemand@voorbeeld.example"
    message["Subject"] = "Bijlage"
    message.set_content("Zie de bijlage.")
    message.add_attachment(attachment, maintype="application", subtype="octet-stream", filename="brief.bin")
    return bytes(message)


def pdf_with(stream: bytes) -> bytes:
    packed = zlib.compress(stream)
    return b"%%PDF-1.4\n1 0 obj\n<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream\nendobj\n%%%%EOF" % (len(packed), packed)


WRAPPERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zip": zipped,
    "zip in a zip": lambda data: zipped(zipped(data), "binnen.zip"),
    "mail attachment": mail_with,
    "packed mail with a zip": lambda data: gzip.compress(mail_with(zipped(data))),
    "pdf stream without a page": pdf_with,
}


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_what_is_packed_is_found(wrapper: str, tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(WRAPPERS[wrapper](b"Met vriendelijke groet, " + NAME.encode()))
    scan = scanned(tmp_path)
    assert [one.identifier for one in scan.residue if one.inside][:1] == [0]
    assert scan.containers >= 1


def test_a_name_that_tags_cut_in_pieces_is_found(tmp_path: Path) -> None:
    cut = b"<w:document><w:r><w:t>Zo&#235; Xan</w:t></w:r><w:r><w:t>drine Quist</w:t></w:r></w:document>"
    (tmp_path / "f.docx").write_bytes(zipped(cut))
    assert len(scanned(tmp_path).residue) == 1


def test_a_header_in_encoded_pieces_is_read_as_a_person_reads_it(tmp_path: Path) -> None:
    first, second = (f"=?utf-8?B?{base64.b64encode(part.encode()).decode()}?=" for part in ("Zoë Xandr", "ine Quist"))
    (tmp_path / "f").write_bytes(f"From: {first} {second} <a@b.example>\nTo: c@d.example\n\nDag".encode())
    assert {one.inside for one in scanned(tmp_path).residue} == {("headers 0",)}


def test_a_folder_that_names_nobody_is_clean(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"Xandrine Quistenberg en Zoe Quistgaard; y.quist@voorbeeld.example " * 1000)
    scan = scanned(tmp_path)
    assert (scan.residue, scan.clean, scan.files) == ((), True, 1)


def test_names_of_files_folders_and_links_are_read(tmp_path: Path) -> None:
    (tmp_path / f"dossier {NAME}").mkdir()
    (tmp_path / "los").symlink_to(f"/elders/{NAME}")
    assert {one.inside for one in scanned(tmp_path).residue} == {("name",), ("link",)}


def test_what_cannot_be_opened_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.7z").write_bytes(b"7z\xbc\xaf\x27\x1cgesloten")
    (tmp_path / "b.zip").write_bytes(zipped(b"tekst")[:-30])
    (tmp_path / "c.pdf").write_bytes(b"%PDF-1.4\nstuk")
    assert [one.split(":")[0] for one in scanned(tmp_path).unread] == ["a.7z", "b.zip", "c.pdf"]


def test_a_name_between_two_blocks_is_found_once(tmp_path: Path) -> None:
    block = 4 << 20
    for shift in (-len(NAME) - 2, -5, 0):
        (tmp_path / "f").write_bytes(b"." * (block + shift) + NAME.encode() + b"." * block)
        assert [one.offset for one in scanned(tmp_path).residue] == [block + shift]


# --- databases -----------------------------------------------------------------------------------------------------------


def database(path: Path, texts: list[str]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA page_size = 1024")
        connection.execute("CREATE TABLE versions (id TEXT PRIMARY KEY, title TEXT, warnings JSON, body BLOB)")
        connection.executemany("INSERT INTO versions VALUES (?, ?, '[]', NULL)", [(f"v{i}", text) for i, text in enumerate(texts)])
        connection.commit()


def title(row: int, text: str, name: str = NAME) -> Place:
    start = text.index(name)
    return Place(Field("versions", (f"v{row}",), "title"), start, start + len(name))


def test_a_kept_place_is_expected_and_the_other_one_of_the_same_name_is_not(tmp_path: Path) -> None:
    text = f"{NAME} schreef dit; {NAME} las het"
    database(tmp_path / "ledger.sqlite3", [text])
    scan = scan_here([tmp_path], XANDRINE, None, [title(0, text)])
    assert [(one.offset, one.expected, one.inside) for one in scan.residue] == [
        (0, True, ("table versions", "row v0", "title")),
        (text.rindex(NAME), False, ("table versions", "row v0", "title")),
    ]


def test_kept_rows_explain_their_own_bytes_and_nothing_more(tmp_path: Path) -> None:
    path, text = tmp_path / "ledger.sqlite3", f"Verslag van {NAME}"
    database(path, [text, "x" * 300, text + "."])
    places = [title(0, text), title(2, text)]
    assert scan_here([tmp_path], XANDRINE, None, places).clean
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("DELETE FROM versions WHERE id = 'v2'")
        connection.commit()
    left = [one for one in scan_here([tmp_path], XANDRINE, None, places).residue if not one.expected]
    assert [(one.path, one.inside, one.form) for one in left] == [("ledger.sqlite3", (), "utf-8")]


def test_a_text_that_is_split_over_pages_is_found_as_a_row(tmp_path: Path) -> None:
    for pad in range(980, 1_020):
        database(tmp_path / f"{pad}.sqlite3", ["x" * pad + f" {NAME} " + "y" * 3_000])
    found = scanned(tmp_path).residue
    assert {one.path for one in found if one.form == "row"} == {f"{pad}.sqlite3" for pad in range(980, 1_020)}


def test_the_log_of_a_database_in_use_is_read_with_it(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite3")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (a TEXT)")
        connection.execute("INSERT INTO t VALUES (?)", [NAME])
        connection.commit()
        connection.execute("UPDATE t SET a = 'weg'")
        connection.commit()
        left = scanned(tmp_path).residue
    assert {one.path for one in left} == {"ledger.sqlite3-wal"}


def test_a_string_within_json_is_judged_by_its_own_place(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite3")) as connection:
        connection.execute("CREATE TABLE audit_details (seq INTEGER PRIMARY KEY, details JSON)")
        connection.execute("INSERT INTO audit_details VALUES (7, ?)", [json.dumps({"a": ["niets", NAME], "b": NAME})])
        connection.commit()
    kept = Place(Field("audit_details", ("7",), "details/a/1"), 0, len(NAME))
    scan = scan_here([tmp_path], XANDRINE, None, [kept])
    assert [(one.inside[-1], one.expected) for one in scan.residue] == [("details/a/1", True), ("details/b", False)]


def test_the_original_of_a_version_with_a_kept_place_may_hold_it(tmp_path: Path) -> None:
    text = f"Notulen van {NAME}"
    database(tmp_path / "ledger.sqlite3", [text])
    (tmp_path / "originals").mkdir()
    for version in ("v0", "v1"):
        (tmp_path / "originals" / version).write_bytes(zipped(text.encode()))
    scan = scan_here([tmp_path], XANDRINE, None, [title(0, text)])
    assert {(one.path, one.expected) for one in scan.residue} == {
        ("ledger.sqlite3", True),
        ("originals/v0", True),
        ("originals/v1", False),
    }


# --- indexes -------------------------------------------------------------------------------------------------------------


def unit(rows: int, seed: int = 1) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    made = np.random.default_rng(seed).normal(size=(rows, 64)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def test_a_word_that_only_a_removed_entry_had_is_residue(tmp_path: Path) -> None:
    words = TantivyWordIndex(tmp_path / "words")
    words.add([WordEntry("c1", "Verslag", (), f"Gesprek met {NAME}"), WordEntry("c2", "Verslag", (), "Gesprek met de chauffeur")])
    words.remove(["c1"])
    words.close()
    assert {(one.form, one.path) for one in scanned(tmp_path).residue} == {("term", "words/meta.json")}


def test_a_deleted_vector_is_found_in_chromas_own_records(tmp_path: Path) -> None:
    vectors = unit(1_200)
    index = ChromaVectorIndex(tmp_path / "vectors")
    index.add([f"c{i}" for i in range(1_200)], [0] * 1_200, vectors)
    index.remove(["c5"])
    index.close()
    gone, strange = vectors[5:6], unit(1, seed=2)
    found = scan_here([tmp_path], XANDRINE, gone, ())
    assert "data_level0.bin" in {Path(one.path).name for one in found.residue}
    assert {one.form for one in found.residue} == {"vector"}
    clean = scan_here([tmp_path], XANDRINE, strange, ())
    assert (clean.residue, clean.vectors_compared > 1_200) == ((), True)


def test_a_vector_is_found_byte_by_byte_and_by_its_direction(tmp_path: Path) -> None:
    gone = unit(3)
    (tmp_path / "dump").write_bytes(b"\x01\x02\x03" + gone[1].tobytes() + b"\xc3")
    with closing(sqlite3.connect(tmp_path / "l.sqlite3")) as connection:
        connection.execute("CREATE TABLE embeddings (id TEXT, vector BLOB)")
        connection.execute("INSERT INTO embeddings VALUES ('twice as long', ?)", [(2 * gone[2]).tobytes()])
        connection.commit()
    found = scan_here([tmp_path], XANDRINE, gone, ()).residue
    assert [(one.path, one.offset) for one in found] == [("dump", 3), ("l.sqlite3", 0)]


# --- as a whole ----------------------------------------------------------------------------------------------------------


def test_the_process_of_its_own_sees_what_this_one_sees(tmp_path: Path) -> None:
    gone = unit(2)
    (tmp_path / "a").write_bytes(NAME.encode() + b"\n" + gone[0].tobytes())
    there, here = ResidueScan().scan([tmp_path], XANDRINE, gone, ()), scan_here([tmp_path], XANDRINE, gone, ())
    assert (there.residue, there.bytes_read) == (here.residue, here.bytes_read)
    assert len(there.residue) == 2
    assert ResidueScan(ledger_on_disk=False).scan([tmp_path], XANDRINE, None, ()).unread == ("ledger: PostgreSQL",)


SEARCH = ByteSearch(XANDRINE, written_forms)


@given(before=st.binary(max_size=40), after=st.binary(max_size=40), form=st.sampled_from(sorted(FORMS)))
def test_whatever_stands_around_it_a_form_is_seen(before: bytes, after: bytes, form: str) -> None:
    assert SEARCH.find(before + b"\x00" + FORMS[form] + b"\x00" + after)


def test_megabytes_per_second_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "f").write_bytes(np.random.default_rng(3).bytes(24 << 20))
    scan = scanned(tmp_path)
    with capsys.disabled():
        print(f"\nscan: {scan.bytes_read / scan.seconds / 1e6:.0f} MB/s over random bytes")
    assert scan.bytes_read >= 24 << 20
