"""A plan for a messy share: what is there, what is double, who may read it, and where it should go."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

from ingest.folder import Folder, Located
from ingest.order import newest_text_first
from ingest.plan.estimate import seconds_of
from ingest.plan.families import core, families
from ingest.plan.inventory import Inventory, take_inventory
from ingest.plan.kinds import Guess, Kind, kind_of_head
from ingest.plan.proposal import Assignment, PlanInvalid, follow, propose, read_plan, written
from ingest.plan.readers import EVERYONE, Readers, nearest, nt_readers, posix_readers

TEXT_PDF = b"%PDF-1.7\n1 0 obj<</Type/Font/BaseFont/Helvetica>>endobj 2 0 obj<</Count 12>>endobj 3 0 obj<</Filter/DCTDecode>>stream"
SCANNED_PDF = b"%PDF-1.4\n1 0 obj<</Type/XObject/Subtype/Image/Filter/DCTDecode/Width 2480>>stream\xff\xd8"

# --- versions by name


@pytest.mark.parametrize(
    ("names", "stem"),
    [
        (
            [
                "offerte.docx",
                "offerte DEF.docx",
                "offerte DEF (3).docx",
                "Offerte_v2.docx",
                "kopie van offerte.docx",
                "offerte final_final.pdf",
            ],
            "offerte",
        ),
        (["Handboek 2019.pdf", "Handboek 2024.pdf", "handboek-2019-2020.pdf", "Handboek.pdf"], "handboek"),
        (["Reglement versie 3.1.docx", "Reglement concept.docx", "Copy of Reglement.docx", "Reglement - kopie (2).docx"], "reglement"),
    ],
)
def test_versions_of_one_document_are_seen_by_their_names(names: list[str], stem: str) -> None:
    [family] = families((f"map/{name}", number) for number, name in enumerate(names))

    assert family.name == stem
    assert family.paths == tuple(f"map/{name}" for name in reversed(names))


@pytest.mark.parametrize(
    "names",
    [
        ["notulen 2024-01-12.docx", "notulen 2024-02-09.docx"],
        ["notulen 12-01-2024.docx", "notulen 09-02-2024.docx"],
        ["factuur 20240131.pdf", "factuur 20240229.pdf"],
        ["hoofdstuk 1.docx", "hoofdstuk 2.docx"],
        ["2019.pdf", "2020.pdf"],
        ["verlof.docx", "verlof.pdf"],
        ["definitie.docx", "finale.docx", "oudercontact.docx"],
    ],
)
def test_series_and_different_documents_are_no_versions(names: list[str]) -> None:
    assert families((name, 0) for name in names) == []


def test_versions_may_lie_in_folders_that_differ_by_year_and_not_in_others() -> None:
    assert len(families([("Boeken/2019/handboek.pdf", 1), ("Boeken/2024/handboek v2.pdf", 2)])) == 1
    assert families([("Verkoop/offerte.pdf", 1), ("Inkoop/offerte v2.pdf", 2)]) == []


def test_a_name_of_marks_alone_is_left_as_nothing() -> None:
    assert core("DEF (3) v2 2024") == ""


# --- kinds, times, order


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (TEXT_PDF, "a.docx", Kind.PDF),
        (SCANNED_PDF, "a.pdf", Kind.SCAN),
        (b"PK\x03\x04....word/document.xml", "a.zip", Kind.WORD),
        (b"PK\x03\x04....xl/workbook.xml", "a", Kind.SHEET),
        (b"PK\x03\x04....[Content_Types].xml", "a.pptx", Kind.SLIDES),
        (b"PK\x03\x04....x", "a", Kind.ARCHIVE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.doc", Kind.WORD),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.bin", Kind.OTHER),
        (b"\x89PNG\r\n", "a.txt", Kind.PICTURE),
        (b"....ftypheic", "a", Kind.PICTURE),
        (b"{\\rtf1", "a", Kind.WORD),
        (b"gewone tekst", "LEESMIJ", Kind.TEXT),
        (b"a;b;c", "a.csv", Kind.SHEET),
        (b"MZ\x00\x01\x02\x03\x04\x05", "a.exe", Kind.OTHER),
        (b"", "leeg", Kind.OTHER),
    ],
)
def test_a_kind_is_told_by_the_first_bytes_before_the_name(head: bytes, name: str, kind: Kind) -> None:
    assert kind_of_head(head, name, len(head)).kind is kind


def test_pages_are_counted_where_the_first_bytes_say_so_and_else_estimated() -> None:
    assert kind_of_head(TEXT_PDF, "a.pdf", 4_000_000).pages == 12
    assert kind_of_head(SCANNED_PDF, "a.pdf", 1_200_000).pages == 10


def test_recognising_text_takes_most_of_the_time() -> None:
    assert seconds_of(Guess(Kind.SCAN, 10), 1_000_000) > 20 * seconds_of(Guess(Kind.PDF, 10), 1_000_000)


def test_text_is_read_before_what_needs_recognition_and_the_newest_first(tmp_path: Path) -> None:
    for name, content, at in (
        ("scan.pdf", SCANNED_PDF, 400),
        ("oud.txt", b"oud", 100),
        ("nieuw.txt", b"nieuw", 200),
        ("brief.pdf", TEXT_PDF, 150),
    ):
        (tmp_path / name).write_bytes(content)
        os.utime(tmp_path / name, (at, at))
    folder = Folder(tmp_path)

    ordered = newest_text_first(Located(folder, entry, entry.path) for entry in folder.listing().files)

    assert [file.path for file in ordered] == ["nieuw.txt", "brief.pdf", "oud.txt", "scan.pdf"]


# --- who may read


def names(uid: int) -> str:
    return f"n{uid}"


def acl(*entries: tuple[int, int, int]) -> bytes:
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        (0o100644, "everyone"),
        (0o100640, "group n2, user n1"),
        (0o100600, "user n1"),
        (0o100000, "nobody else"),
        (0o040755, "everyone"),
        (0o040744, "user n1"),
    ],
)
def test_posix_modes_tell_who_may_read(mode: int, told: str) -> None:
    assert posix_readers(mode, 1, 2, b"", names, names).told() == told


def test_an_access_list_adds_users_and_groups_within_its_mask() -> None:
    entries = [(0x01, 7, 0), (0x02, 4, 50), (0x04, 4, 0), (0x08, 4, 60), (0x08, 2, 61), (0x10, 7, 0), (0x20, 0, 0)]

    assert posix_readers(0o100670, 1, 2, acl(*entries), names, names).names == ("group n2", "group n60", "user n1", "user n50")
    masked = [(0x01, 7, 0), (0x02, 4, 50), (0x04, 4, 0), (0x08, 4, 60), (0x10, 2, 0), (0x20, 0, 0)]
    assert posix_readers(0o100620, 1, 2, acl(*masked), names, names).names == ("user n1",)


def test_an_access_list_that_cannot_be_understood_is_as_if_there_were_none() -> None:
    assert posix_readers(0o100640, 1, 2, b"\x03\x00\x00\x00rest", names, names).names == ("group n2", "user n1")


def sid(*parts: int) -> bytes:
    return bytes([1, len(parts)]) + (5).to_bytes(6, "big") + struct.pack(f"<{len(parts)}I", *parts)


EVERY_SID = bytes([1, 1]) + (1).to_bytes(6, "big") + struct.pack("<I", 0)


def descriptor(*entries: tuple[int, int, bytes], flags: int = 0) -> bytes:
    body = b"".join(struct.pack("<BBHI", kind, flags, 8 + len(who), rights) + who for kind, rights, who in entries)
    dacl = struct.pack("<BBHHH", 2, 0, 8 + len(body), len(entries), 0) + body
    return struct.pack("<BBHIIII", 1, 0, 0x8004, 0, 0, 0, 20) + dacl


def test_a_windows_list_tells_who_may_read() -> None:
    group = sid(21, 1, 2, 3, 1105)
    system = sid(18)

    assert nt_readers(descriptor((0, 0x1, EVERY_SID), (0, 0x1F01FF, system))) == EVERYONE
    assert nt_readers(descriptor((0, 0x1F01FF, group), (0, 0x1F01FF, system))) == Readers(False, ("S-1-5-21-1-2-3-1105",))
    assert nt_readers(descriptor((0, 0x2, EVERY_SID), (0, 0x1, group))) == Readers(False, ("S-1-5-21-1-2-3-1105",))
    assert nt_readers(descriptor((1, 0x1, group), (0, 0x1, EVERY_SID))) == Readers(False, ("S-1-1-0",))
    assert nt_readers(descriptor((0, 0x1, EVERY_SID), flags=0x08)) == Readers(False)
    assert nt_readers(descriptor((0, 0x1F01FF, system))) == Readers(False, ("SYSTEM",))


@pytest.mark.parametrize("data", [b"", b"\x01", b"\x07" * 40, descriptor((0, 1, EVERY_SID))[:30]])
def test_a_windows_list_that_cannot_be_read_is_said_to_be_so(data: bytes) -> None:
    assert nt_readers(data) is None


def test_what_a_closed_folder_holds_is_closed_too() -> None:
    closed = Readers(False, ("group hr",))

    assert nearest(EVERYONE, closed) == closed
    assert nearest(Readers(False, ("user jan",)), EVERYONE).told() == "user jan"
    assert Readers(False, ("user jan",), certain=False).told() == "user jan (?)"


# --- the whole


@pytest.fixture
def share(tmp_path: Path) -> Path:
    root = tmp_path / "Share"
    for path, text in (
        ("Algemeen/regels.txt", "Regels over fietsen."),
        ("Algemeen/kopie/regels.txt", "Regels over fietsen."),
        ("Algemeen/anders.txt", "Regels over lopen!!!"),
        ("HR/dossier.txt", "Gesprek met Jan."),
        ("HR/open/rooster.txt", "Rooster van HR."),
        ("los.txt", "Los blad."),
    ):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "HR").chmod(0o750)
    return root


def inventory(share: Path) -> Inventory:
    return take_inventory(Folder(share))


def test_only_files_of_the_same_size_are_hashed_and_duplicates_are_told(share: Path) -> None:
    heard: list[tuple[str, int, int]] = []

    found = take_inventory(Folder(share), lambda *said: heard.append(said))

    assert [[item.path for item in same] for same in found.duplicates()] == [["Algemeen/kopie/regels.txt", "Algemeen/regels.txt"]]
    assert [item.path for item in found.items if item.sha256 is not None] == [
        "Algemeen/anders.txt",
        "Algemeen/kopie/regels.txt",
        "Algemeen/regels.txt",
    ]
    assert ("hashes", 3, 3) in heard
    assert heard[-1] == ("files", 6, 6)


def test_what_not_everyone_may_read_is_skipped_until_it_is_mapped(share: Path) -> None:
    proposal = {one.path: one for one in propose(inventory(share), "algemeen")}

    assert {path: (one.space, one.files) for path, one in proposal.items()} == {
        "": ("algemeen", 1),
        "Algemeen": ("algemeen", 3),
        "HR": ("", 2),
    }
    assert proposal["HR"].readable_by.startswith("group ")


def test_one_closed_file_in_an_open_folder_makes_somebody_look(share: Path) -> None:
    (share / "Algemeen" / "anders.txt").chmod(0o600)

    [_, proposed, _] = propose(inventory(share), "algemeen")

    assert (proposed.path, proposed.space) == ("Algemeen", "")
    assert "some files only user " in proposed.readable_by


def test_a_proposal_is_a_file_that_says_the_same_when_it_is_read(share: Path) -> None:
    (share / 'Rare "naam" \\ of #').mkdir()
    (share / 'Rare "naam" \\ of #' / "x.txt").write_text("x")
    proposal = propose(inventory(share), "algemeen")

    read = read_plan(written(proposal))

    assert [(one.path, one.space, one.readable_by) for one in read] == [(one.path, one.space, one.readable_by) for one in proposal]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "geen toml [",
        "folder = 3",
        "[[folder]]\npath = 'a'\nspace = 'x'",
        "[[folder]]\npath = 'a'\nspace = 3\nreadable_by = 'x'",
        "[[folder]]\npath = 'a'\nspace = 'x'\nreadable_by = 'x'\nspase = 'y'",
        "[[folder]]\npath = 'a'\nspace = 'x'\nreadable_by = 'x'\n[[folder]]\npath = 'a/'\nspace = 'y'\nreadable_by = 'x'",
    ],
)
def test_a_file_that_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(PlanInvalid):
        read_plan(text)


def planned(share: Path, **spaces: str) -> list[Assignment]:
    return [Assignment(one.path, spaces.get(one.path, one.space), one.readable_by) for one in propose(inventory(share), "algemeen")]


def test_an_edited_plan_is_followed_to_the_nearest_folder(share: Path) -> None:
    followed = follow(planned(share, HR="hr", Algemeen="kantine"), inventory(share))

    assert followed.spaces == {
        "Algemeen/anders.txt": "kantine",
        "Algemeen/kopie/regels.txt": "kantine",
        "Algemeen/regels.txt": "kantine",
        "HR/dossier.txt": "hr",
        "HR/open/rooster.txt": "hr",
        "los.txt": "algemeen",
    }
    assert (followed.skipped, followed.changed, followed.unplanned) == ({}, (), ())


def test_a_folder_without_a_space_is_skipped(share: Path) -> None:
    followed = follow(planned(share), inventory(share))

    assert followed.skipped == {"HR": 2}
    assert not [path for path in followed.spaces if path.startswith("HR")]


def test_a_folder_whose_readers_changed_since_is_skipped(share: Path) -> None:
    plan = planned(share)
    (share / "Algemeen").chmod(0o700)

    followed = follow(plan, inventory(share))

    assert (followed.changed, set(followed.spaces)) == (("Algemeen",), {"los.txt"})


@pytest.mark.parametrize("path", ["Geheim", "Algemeen/kopie"])
def test_a_folder_that_was_closed_after_the_plan_does_not_go_with_the_folder_above_it(share: Path, path: str) -> None:
    plan = planned(share)
    (share / path).mkdir(exist_ok=True)
    (share / path / "nieuw.txt").write_text("Nieuw.")
    (share / path).chmod(0o700)

    followed = follow(plan, inventory(share))

    assert followed.unplanned == (path,)
    assert not [one for one in followed.spaces if one.startswith(path + "/")]
