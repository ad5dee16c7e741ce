"""What a person gets who asks for his data: all of it that may be given, nobody else's, and nothing that carries itself out."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime

import openpyxl
import pytest

from api.bootstrap import Kennisbank
from kb.authorise import OWNER
from kb.ledger.hidden import HiddenObject
from kb.originals import Originals
from kb.privacy.case import Case
from kb.privacy.export import Exporter
from kb.privacy.find import Finder
from kb.privacy.identifiers import identifier, subject
from kb.privacy.stored import CaseFiles
from kb.privacy.types import Decision, Hidden, Hit, IdentifierKind, Judgement, RequestKind, RequestState
from kb.privacy.vault import CaseVault
from kb.types import Done, Upload

K = IdentifierKind
PERSON = subject([identifier(K.NAME, "Xandrine Quist"), identifier(K.EMAIL, "x.quist@werk.example")])
LETTER = """# Beoordeling

Xandrine Quist (x.quist@werk.example) kreeg van mevrouw Ruth Hamminga een goede beoordeling.

=HYPERLINK("http://kwaad.example";"klik") staat er over Xandrine Quist.

Bel Ruth op 06-1111 2222 of mail r.hamminga@werk.example. Haar BSN is 123456782 en haar rekening NL91ABNA0417164300.
"""
ABOUT_HER = "Xandrine Quist werkt hier sinds 2019 en heeft een rode fiets.\n"


class Made:
    """An access case of the person, searched; ``export`` gives the parts of the zip."""

    def __init__(self, kennisbank: Kennisbank, kind: RequestKind = RequestKind.ACCESS) -> None:
        self.kennisbank = kennisbank
        moment = datetime(2026, 11, 20, 9, tzinfo=UTC)
        self.case = Case("c" * 32, "2026-0001", kind, RequestState.REVIEWED, date(2026, 11, 1), date(2026, 12, 1), "owner", moment)
        vault = CaseVault(kennisbank.directory.cases, kennisbank.directory.case_keys)
        vault.create(self.case.request_id)
        self.files = CaseFiles(vault, self.case.request_id)
        self.files.write_subject(PERSON)
        self.hits = Finder(kennisbank.ledger).find(PERSON).hits
        self.files.write_hits(self.hits)

    def judge(self, *hits: Hit, decision: Decision) -> None:
        one = Judgement(decision, "owner", datetime(2026, 11, 20, 9, tzinfo=UTC))
        self.files.write_judgements({**self.files.judgements, **{hit.hit_id: one for hit in hits}})

    def export(self, *, release_others: bool = False) -> Mapping[str, bytes]:
        kennisbank = self.kennisbank
        exporter = Exporter(kennisbank.ledger, Originals(kennisbank.directory.originals), kennisbank.settings, kennisbank.clock)
        with zipfile.ZipFile(io.BytesIO(exporter.make(self.case, self.files, release_others=release_others))) as archive:
            return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def filled(kennisbank: Kennisbank) -> Kennisbank:
    kennisbank.operations(OWNER).ingest(
        [
            Upload("map/beoordeling.md", LETTER.encode()),
            Upload("map/Xandrine Quist.txt", ABOUT_HER.encode()),
            Upload("huisregels.md", b"# Huisregels\n\nHet hek gaat om zeven uur open.\n"),
        ]
    )
    return kennisbank


def test_the_copy_holds_what_is_about_the_person_and_says_where_it_comes_from(filled: Kennisbank) -> None:
    parts = Made(filled).export()
    assert {"overzicht.html", "overview.html", "data.json", "data.csv", "data.xlsx"} <= parts.keys()
    data = json.loads(parts["data.json"])
    assert {one["source"] for one in data["data"]} == {"map/beoordeling.md", "map/Xandrine Quist.txt"}
    for page, language in ((parts["overzicht.html"].decode(), "nl"), (parts["overview.html"].decode(), "en")):
        assert f'<html lang="{language}">' in page
        assert "rode fiets" in page
        assert "zeven uur" not in page
        assert "Autoriteit Persoonsgegevens" in page
        assert "http" not in page.replace("http://kwaad.example", "")


def test_other_people_are_masked_and_the_person_is_not(filled: Kennisbank) -> None:
    parts = Made(filled).export()
    for name in ("overzicht.html", "overview.html", "data.json", "data.csv"):
        text = parts[name].decode()
        for other in ("Ruth", "Hamminga", "06-1111", "123456782", "0417164300"):
            assert other not in text, (name, other)
        assert "Xandrine Quist" in text
        assert "x.quist@werk.example" in text
    assert json.loads(parts["data.json"])["others"]["masked"] >= 2


def test_the_same_person_has_the_same_label(filled: Kennisbank) -> None:
    text = Made(filled).export()["data.json"].decode()
    assert "van [persoon/person 1] een goede beoordeling" in text
    assert "Bel [persoon/person 1] op [telefoon/phone 1]" in text


def test_an_officer_can_release_other_people(filled: Kennisbank) -> None:
    parts = Made(filled).export(release_others=True)
    assert "Ruth Hamminga" in parts["overzicht.html"].decode()
    assert json.loads(parts["data.json"])["others"] == {"released": True, "masked": 0}


def test_a_file_that_is_about_the_person_alone_goes_along_as_it_came_in(filled: Kennisbank) -> None:
    parts = Made(filled).export()
    originals = {name: data for name, data in parts.items() if name.startswith("originals/")}
    assert originals == {"originals/1-Xandrine Quist.txt": ABOUT_HER.encode()}


def test_a_file_about_the_person_in_which_another_is_named_goes_as_masked_text(kennisbank: Kennisbank) -> None:
    about_both = "Xandrine Quist werkt samen met mevrouw Hamminga.\n"
    kennisbank.operations(OWNER).ingest([Upload("Xandrine Quist.txt", about_both.encode())])
    made = Made(kennisbank)
    assert [name for name in made.export() if name.startswith("originals/")] == []
    assert json.loads(made.export()["data.json"])["data"][0]["text"] == "Xandrine Quist werkt samen met mevrouw [persoon/person 1]."
    assert [name for name in made.export(release_others=True) if name.startswith("originals/")] == ["originals/1-Xandrine Quist.txt"]


def test_a_namesake_is_left_out_and_masked_beside_the_person(kennisbank: Kennisbank) -> None:
    text = "Xandrine Quist van verkoop belt Xandrine Quist in de werkplaats.\n"
    kennisbank.operations(OWNER).ingest([Upload("a.txt", text.encode()), Upload("b.txt", b"Xandrine Quist van de werkplaats.\n")])
    made = Made(kennisbank)
    namesakes = [hit for hit in made.hits if hit.where == "b.txt" or hit.place.start > 0]
    made.judge(*namesakes, decision=Decision.OTHER_PERSON)
    data = json.loads(made.export()["data.json"])["data"]
    assert [one["source"] for one in data] == ["a.txt"]
    assert data[0]["passages"][0]["text"] == "Xandrine Quist van verkoop belt [persoon/person 1] in de werkplaats."


def test_nothing_in_a_table_is_a_formula(filled: Kennisbank) -> None:
    filled.operations(OWNER).ingest([Upload("=1+HYPERLINK(9).txt", b"Xandrine Quist was hier ook.\n")])
    parts = Made(filled).export()
    rows = list(csv.reader(io.StringIO(parts["data.csv"].decode("utf-8-sig"))))
    assert any("HYPERLINK" in cell for row in rows for cell in row)
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    sheet = openpyxl.load_workbook(io.BytesIO(parts["data.xlsx"])).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells[:3]] == ["kind", "source", "space"]
    assert not any(cell.data_type == "f" for cell in cells)


def test_who_saw_passages_and_what_was_done_is_told(filled: Kennisbank) -> None:
    next(event for event in filled.operations(OWNER).ask("Wie heeft een rode fiets?") if isinstance(event, Done))
    data = json.loads(Made(filled).export()["data.json"])
    assert [(one["actor"], one["location"]) for one in data["recipients"]] == [("owner", "local")]
    assert {one["source"] for one in data["accesses"]} <= {"map/beoordeling.md", "map/Xandrine Quist.txt"}
    assert data["retention_days"]["answers"] == filled.settings.retention.answers


def hide(filled: Kennisbank, made: Made, where: str, why: Hidden) -> None:
    document = next(hit.document_id for hit in made.hits if hit.where == where)
    with filled.ledger.writing() as tx:
        tx.requests.add(made.case, "hmac-sha256:x")
        tx.hidden.hide(made.case.request_id, why, [HiddenObject("document", document or "")])


def test_what_is_restricted_is_in_it_for_access_goes_on(filled: Kennisbank) -> None:
    made = Made(filled)
    hide(filled, made, "map/beoordeling.md", Hidden.RESTRICTED)
    parts = made.export()
    assert "beoordeling" in parts["overzicht.html"].decode()
    assert json.loads(parts["data.json"])["withheld"] == 0


def test_what_is_being_erased_is_not_in_it_and_that_is_said(filled: Kennisbank) -> None:
    made = Made(filled)
    hide(filled, made, "map/beoordeling.md", Hidden.TOMBSTONED)
    parts = made.export()
    assert "beoordeling" not in parts["overzicht.html"].decode()
    assert json.loads(parts["data.json"])["withheld"] == 1


def test_what_is_taken_along_is_the_data_alone(filled: Kennisbank) -> None:
    parts = Made(filled, RequestKind.PORTABILITY).export()
    assert {name for name in parts if not name.startswith("originals/")} == {"data.json"}
    data = json.loads(parts["data.json"])
    assert data.keys() == {"format", "request", "person", "data"}
    assert data["person"][0] == {"kind": "name", "value": "Xandrine Quist"}
