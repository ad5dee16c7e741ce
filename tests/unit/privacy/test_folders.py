"""Nothing is made in the data directory or the secrets directory that the register of folders does not know."""

from __future__ import annotations

from pathlib import Path

from api.bootstrap import init_directory, open_kennisbank
from kb.authorise import OWNER
from kb.data_directory import DataDirectory
from kb.ledger.personal_data import Retention
from kb.privacy.folders import DATA, SECRETS, PersonalFolder
from kb.settings import load_settings
from kb.types import Upload


def known(directory: DataDirectory, base: Path, register: dict[str, PersonalFolder]) -> set[str]:
    return {getattr(directory, name).relative_to(base).parts[0] if hasattr(directory, name) else name for name in register}


def test_every_path_of_a_data_directory_is_registered(tmp_path: Path) -> None:
    directory = DataDirectory(tmp_path / "var", tmp_path / "var.secrets")
    paths = {name: value for name, value in vars(directory).items() if isinstance(value, Path) and name not in ("path", "secrets")}
    assert paths.keys() >= {"ledger", "originals", "cases"}
    for name, path in paths.items():
        register, base = (DATA, directory.path) if directory.path in path.parents else (SECRETS, directory.secrets)
        assert path.relative_to(base).parts[0] in known(directory, base, dict(register)), f"enter {name} in kb.privacy.folders"


def test_a_directory_in_use_holds_nothing_that_is_not_registered(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "var", embedding={"backend": "hashing"}, generation={"backend": "extractive"})
    init_directory(settings, "algemeen")
    with open_kennisbank(settings, role="command") as kennisbank:
        kennisbank.operations(OWNER).ingest([Upload("a.md", b"# Verlof\n\nVoltijders krijgen 27 dagen.")])
        directory = kennisbank.directory
        directory.secret_key("suppression")
        ledger_files = {"ledger.sqlite3", "ledger.sqlite3-wal", "ledger.sqlite3-shm"}
        assert {one.name for one in directory.path.iterdir()} - ledger_files <= known(directory, directory.path, dict(DATA))
        assert {one.name for one in directory.secrets.iterdir()} <= known(directory, directory.secrets, dict(SECRETS))


def test_what_holds_something_of_people_says_how_it_is_found_and_erased() -> None:
    for name, one in {**DATA, **SECRETS}.items():
        if one.holds is not None:
            assert one.found != "nothing to find", name
    assert {one.retention for one in DATA.values()} >= {Retention.DOCUMENTS, Retention.REQUESTS}
