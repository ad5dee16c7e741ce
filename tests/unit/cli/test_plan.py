"""`kb ingest --plan` and `--using`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.memory_operations import MemoryKennisbank
from kb.authorise import OWNER
from tests.unit.cli.conftest import Kb


@pytest.fixture
def share(tmp_path: Path) -> Path:
    root = tmp_path / "Share"
    for path, text in (
        ("Algemeen/handboek 2019.txt", "Handboek over fietsen."),
        ("Algemeen/handboek 2024.txt", "Handboek over fietsen en lopen."),
        ("Algemeen/kopie.txt", "Handboek over fietsen."),
        ("HR/dossier.txt", "Gesprek met Jan."),
        (".verborgen/x.txt", "x"),
    ):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "HR").chmod(0o700)
    return root


def held(kennisbank: MemoryKennisbank) -> list[tuple[str, str]]:
    return [(document.space, document.source) for document in kennisbank.operations(OWNER).documents()]


def test_a_plan_shows_what_is_there_and_reads_nothing_in(kb: Kb, kennisbank: MemoryKennisbank, share: Path) -> None:
    ran = kb("ingest", share, "--plan")

    assert ran.code == 0
    for line in (
        "4 files, 0.0 MB; reading them is estimated at less than a minute on a server like this one.",
        "Duplicates: 1 file is word for word another one (0.0 MB). It is read once.",
        "  - Algemeen/handboek 2019.txt = Algemeen/kopie.txt",
        "Probably versions of each other. Clear out what is old",
        "handboek 2024.txt",
    ):
        assert line in ran.out
    assert [line.split()[:2] for line in ran.out.splitlines() if line.strip().startswith(("Algemeen ", "HR "))] == [
        ["Algemeen", "algemeen"],
        ["HR", "skip"],
    ]
    assert held(kennisbank) == []


def test_a_plan_needs_no_data_directory(kb: Kb, share: Path) -> None:
    assert kb("ingest", share, "--plan").code == 0


def test_a_plan_as_json_has_the_documented_fields(kb: Kb, share: Path) -> None:
    plan = kb("ingest", share, "--plan", "--json").json

    assert list(plan) == [
        "folder",
        "files",
        "bytes",
        "seconds",
        "kinds",
        "duplicates",
        "families",
        "scans",
        "folders",
        "not_readable",
        "passed_over",
    ]
    assert (plan["folder"], plan["files"], plan["passed_over"]) == ("Share", 4, {"hidden": 1})
    assert plan["kinds"]["text"]["files"] == 4
    assert [(one["path"], one["space"], one["everyone"]) for one in plan["folders"]] == [
        (".", "algemeen", True),
        ("Algemeen", "algemeen", True),
        ("HR", "", False),
    ]
    documented = (Path(__file__).parents[3] / "docs" / "adding-documents.md").read_text()
    assert [name for name in plan if f"`{name}`" not in documented] == []


def test_an_edited_plan_puts_each_folder_in_its_space(kb: Kb, kennisbank: MemoryKennisbank, share: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.toml"
    assert kb("ingest", share, "--plan-file", plan, "--space", "algemeen").code == 0
    plan.write_text(plan.read_text().replace('path = "HR"\nspace = ""', 'path = "HR"\nspace = "personeel"'))

    refused = kb("ingest", share, "--using", plan)
    assert (refused.code, held(kennisbank)) == (2, [])
    assert "personeel" in refused.err

    ran = kb("ingest", share, "--using", plan, "--yes")
    assert ran.code == 0
    assert held(kennisbank)[-1] == ("personeel", "Share/HR/dossier.txt")
    assert len(held(kennisbank)) == 4


def test_what_a_plan_skips_is_said(kb: Kb, kennisbank: MemoryKennisbank, share: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.toml"
    kb("ingest", share, "--plan-file", plan)
    (share / "Algemeen").chmod(0o700)

    ran = kb("ingest", share, "--using", plan)

    assert "HR: 1 file skipped, the folder has no space" in ran.err
    assert "Algemeen: skipped, because who may read it has changed since the plan." in ran.err
    assert held(kennisbank) == []


@pytest.mark.parametrize(("words", "code"), [(["weg", "--plan"], "path_missing"), (["Share/HR/dossier.txt", "--plan"], "invalid_request")])
def test_a_plan_of_what_is_no_folder_is_a_usage_error(kb: Kb, share: Path, words: list[str], code: str) -> None:
    ran = kb("ingest", *words)

    assert ran.code == 2
    assert ran.err.endswith(f"({code})\n")


def test_a_file_that_is_no_plan_is_a_usage_error(kb: Kb, kennisbank: MemoryKennisbank, share: Path, tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text("x = 1")

    assert "is not a plan" in kb("ingest", share, "--using", tmp_path / "x.toml").err
    assert kb("ingest", share, "--using", tmp_path / "weg.toml").err.endswith("(path_missing)\n")


def test_a_page_and_a_sitemap_are_read_in(kb: Kb, kennisbank: MemoryKennisbank) -> None:
    kennisbank.store.web = {
        "https://x.example/a": b"# Verlof\n\nHet verlof duurt lang.\n",
        "https://x.example/sitemap.xml": b"https://x.example/a",
    }

    assert kb("ingest", "--url", "https://x.example/a").out.startswith("1 read")
    assert kb("ingest", "--sitemap", "https://x.example/sitemap.xml", "--json").json["unchanged"] == 1
    refused = kb("ingest", "--url", "https://elders.example/")
    assert refused.code == 4
    assert refused.err.endswith("(web_not_allowed)\n")


@pytest.mark.parametrize("page", ["adding-documents.md", "documenten-toevoegen.md"])
def test_the_guide_names_every_option_of_ingest_and_none_that_its_commands_lack(kb: Kb, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")

    def options(*command: str) -> set[str]:
        return set(re.findall(r"--[a-z][a-z-]+", kb(*command, "--help").out)) - {"--data-dir", "--secrets-dir", "--lang", "--help"}

    guide = (Path(__file__).parents[3] / "docs" / page).read_text()
    named = set(re.findall(r"--[a-z][a-z-]+", guide)) - {"--help"}
    after = options("documents", "list") | options("documents", "show") | options("documents", "set") | options("spaces", "set")

    assert options("ingest") <= named <= options("ingest") | after
