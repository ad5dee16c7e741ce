"""Old Office files: read through LibreOffice, or told what is needed; old workbooks without it."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import pytest

from ingest.parse import FileParser, old_office
from ingest.parse.limits import Limits
from ingest.parse.programs import ProgramFailed, installed_programs, libreoffice_path, run
from kb.types import ParseFailure
from tests.unit.ingest.made_files import lines, parsed, slides_file, strings, word_file, workbook_file
from tests.unit.ingest.made_formats import compound_file

OLE_DOC = compound_file({"WordDocument": b"\xec\xa5" + bytes(4094)})


@pytest.fixture(scope="module")
def made(libreoffice: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Old files of the modern ones that the tests make."""
    folder = tmp_path_factory.mktemp("oud")
    program = libreoffice_path()
    assert program is not None
    for data, modern, old in ((word_file(), "docx", "doc"), (slides_file(), "pptx", "ppt"), (workbook_file(), "xlsx", "xls")):
        (folder / f"a.{modern}").write_bytes(data)
        command = [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", old, "--outdir", str(folder)]
        for _ in range(2):  # a new profile ends the first run
            subprocess.run([*command, str(folder / f"a.{modern}")], check=False, capture_output=True, timeout=100)
        assert (folder / f"a.{old}").is_file()
    return folder


def test_a_doc_is_read_as_its_modern_form_and_nothing_is_left(made: Path, tmp_path: Path) -> None:
    file = FileParser(temporary_folder=tmp_path).parse((made / "a.doc").read_bytes(), "brief.doc")
    assert not isinstance(file, ParseFailure)
    assert file.media_type == "application/msword"
    assert "paragraph: De vergoeding is 23 cent per kilometer." in lines(file)
    assert "table_row: Auto | 0,23" in lines(file)
    assert {"Anna Auteur", "Carla Commentator"} <= {string.value for string in file.strings}
    assert list(tmp_path.iterdir()) == []


def test_a_ppt_is_read_as_its_modern_form(made: Path) -> None:
    file = parsed((made / "a.ppt").read_bytes(), "a.ppt")
    assert file.pages == 2
    assert any("Meer fietsen bouwen" in line for line in lines(file))
    assert any("Noem ook de levertijd." in line for line in lines(file))


def test_an_xls_is_read_without_any_program(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old_office, "libreoffice_path", lambda: None)
    file = parsed((made / "a.xls").read_bytes(), "a.xls")
    said = lines(file)
    assert "heading1: Prijzen" in said
    assert any(line.startswith("table_row: Bel | € 1.250,50 | 21,5% | 2026-03-01 | 0612") for line in said)
    assert strings(file, "hidden_sheet") == ["Marges\nBel | Inkoop bij Jansen"]
    assert strings(file, "comment") == ["Navragen bij de leverancier"]
    assert "Bo Boekhouder" in [string.value for string in file.strings]


def test_without_libreoffice_an_old_file_says_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old_office, "libreoffice_path", lambda: None)
    assert FileParser().parse(OLE_DOC, "brief.doc") == ParseFailure("needs_libreoffice", (("type", "doc"),))


def test_a_conversion_that_takes_too_long_is_stopped_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sleeper = tmp_path / "soffice.bin"
    sleeper.write_text("#!/bin/sh\nsleep 60\n")
    sleeper.chmod(0o755)
    monkeypatch.setattr(old_office, "libreoffice_path", lambda: str(sleeper))
    (tmp_path / "tijdelijk").mkdir()
    found = FileParser(tmp_path / "tijdelijk", Limits(office_seconds=0.5)).parse(OLE_DOC, "brief.doc")
    assert isinstance(found, ParseFailure)
    assert found.code == "parser_timed_out"
    assert list((tmp_path / "tijdelijk").iterdir()) == []


def test_a_program_that_is_stopped_takes_its_children_along(tmp_path: Path) -> None:
    mark = tmp_path / "leeft"
    with pytest.raises(ProgramFailed):
        run(["/bin/sh", "-c", f"(sleep 1; touch {mark}) & sleep 30"], seconds=0.2)
    assert subprocess.run(["sleep", "1.2"], check=True).returncode == 0
    assert not mark.exists()


def test_a_program_sees_none_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_GEHEIM", "token")
    assert b"token" not in run(["/usr/bin/env"], seconds=5)


def test_the_programs_are_listed_with_what_they_read_and_how_to_get_them() -> None:
    programs = installed_programs()
    assert [program.name for program in programs] == ["LibreOffice", "tesseract"]
    assert all(program.packages and program.reads for program in programs)
    assert all(program.path is None or Path(program.path).is_file() for program in programs)


def test_macros_and_links_are_switched_off_in_the_profile() -> None:
    assert "MacroSecurityLevel" in old_office._settings()
    assert tempfile.gettempdir() not in old_office._settings()
