"""Common options, errors and exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from api.cli.invocation import Common, Invocation, language_without_settings
from api.memory_operations import MemoryKennisbank
from kb import __version__
from kb.errors import DirectoryLocked, NotPermitted
from tests.service import with_leave_rules
from tests.unit.cli.conftest import Kb

HEAVY = {"torch", "chromadb", "llama_index", "fastapi", "sqlalchemy", "numpy", "httpx", "uvicorn", "structlog", "jinja2"}


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["ask", "--help"], ["documents", "--help"], ["nonsense"]])
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    script = (
        "import sys\nfrom api.cli.main import run\nrun(sys.argv[1:])\nprint(','.join({name.partition('.')[0] for name in sys.modules}))"
    )

    done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=True)

    assert set(done.stdout.splitlines()[-1].split(",")) & HEAVY == set()


def test_the_version_is_told(kb: Kb) -> None:
    assert kb("--version").out == f"kb {__version__}\n"


@pytest.mark.parametrize("words", [["--json", "status"], ["status", "--json"], ["--json", "status", "--json"]])
def test_common_options_may_stand_before_and_after_the_command(kb: Kb, kennisbank: MemoryKennisbank, words: list[str]) -> None:
    ran = kb(*words)

    assert ran.code == 0
    assert ran.json["documents"] == 0
    assert ran.err == ""


def test_what_stands_after_the_command_wins(tmp_path: Path) -> None:
    earlier, later = Common(data_dir=tmp_path / "a", lang="nl"), Common(data_dir=tmp_path / "b")

    assert earlier.overlaid(later) == Common(data_dir=tmp_path / "b", lang="nl")


def test_the_data_directory_comes_from_the_option_else_the_environment_else_var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Invocation(Common()).settings.data_dir == tmp_path / "var"
    assert Invocation(Common()).settings.secrets_dir == tmp_path / "var.secrets"
    monkeypatch.setenv("KB_DATA_DIR", str(tmp_path / "e"))
    monkeypatch.setenv("KB_SECRETS_DIR", str(tmp_path / "s"))
    assert Invocation(Common()).settings.data_dir == tmp_path / "e"
    assert Invocation(Common()).settings.secrets_dir == tmp_path / "s"
    assert Invocation(Common(data_dir=tmp_path / "o")).settings.data_dir == tmp_path / "o"


@pytest.mark.parametrize(
    ("lang", "environment", "expected"),
    [
        ("nl", {"LANG": "en_US"}, "nl"),
        (None, {"LANG": "nl_NL.UTF-8"}, "nl"),
        (None, {"LANG": "nl_NL", "LC_ALL": "en_US"}, "en"),
        (None, {"LANG": "C.UTF-8"}, None),
        (None, {"LANG": "de_DE"}, None),
        (None, {}, None),
    ],
)
def test_the_language_is_that_of_the_terminal(lang: str | None, environment: dict[str, str], expected: str | None) -> None:
    assert language_without_settings(lang, environment) == expected


def test_without_a_language_in_the_environment_the_settings_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "C")
    assert Invocation(Common()).language == "nl"
    monkeypatch.setenv("KB_LANGUAGE", "en")
    assert Invocation(Common()).language == "en"


@pytest.mark.parametrize("words", [["nonsense"], ["ask"], ["ask", "x", "--nope"], ["status", "--lang", "fr"], ["serve", "--port", "99999"]])
def test_a_usage_error_is_exit_code_2_and_with_json_an_object_on_stderr(kb: Kb, words: list[str]) -> None:
    plain, as_json = kb(*words), kb(*words, "--json")

    assert (plain.code, plain.out) == (2, "")
    assert (as_json.code, as_json.out) == (2, "")
    problem = json.loads(as_json.err)
    assert problem["code"] == "usage"
    assert problem["detail"]


def test_no_words_at_all_show_the_help(kb: Kb) -> None:
    ran = kb()

    assert ran.code == 2
    assert "ingest" in ran.out + ran.err


@pytest.mark.parametrize(
    ("error", "code"), [(DirectoryLocked(path="/data", pid=7), 1), (NotPermitted(action="ask"), 4)], ids=["locked", "not permitted"]
)
def test_an_error_is_its_sentence_and_its_exit_code_without_a_traceback(
    kb: Kb, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int
) -> None:
    def refuse(self: Invocation) -> None:
        raise error

    monkeypatch.setattr(Invocation, "operations", refuse)

    plain, dutch, as_json = kb("status"), kb("status", "--lang", "nl"), kb("status", "--json")

    assert [ran.code for ran in (plain, dutch, as_json)] == [code] * 3
    assert [ran.out for ran in (plain, dutch, as_json)] == [""] * 3
    assert str(error) in plain.err
    assert str(error) not in dutch.err
    assert json.loads(as_json.err) == {"code": error.code, "detail": str(error)}  # type: ignore[attr-defined]
    assert "Traceback" not in plain.err


def test_settings_that_are_wrong_are_named(kb: Kb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_SERVER__PORT", "many")

    ran = kb("status")

    assert ran.code == 2
    assert "server.port" in ran.err


def test_a_bug_tells_no_text(kb: Kb, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(self: Invocation) -> None:
        raise ValueError("salaris van Jansen")

    monkeypatch.setattr(Invocation, "operations", crash)

    ran = kb("status", "--json")

    assert ran.code == 1
    assert "Jansen" not in ran.err + ran.out
    assert json.loads(ran.err.splitlines()[-1])["code"] == "internal"


def test_an_interrupt_is_130_without_a_traceback(kb: Kb, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(self: Invocation) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Invocation, "operations", interrupt)

    ran = kb("status")

    assert (ran.code, ran.err) == (130, "Interrupted.\n")


def test_a_reader_that_leaves_early_is_no_error_with_a_traceback(kennisbank: MemoryKennisbank) -> None:
    with_leave_rules(kennisbank)
    script = "from api.cli.main import main\nmain(['--help'])"

    done = subprocess.run(f'{sys.executable} -c "{script}" | true', shell=True, capture_output=True, text=True, check=True)

    assert "Traceback" not in done.stderr
