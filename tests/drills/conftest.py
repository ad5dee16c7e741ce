"""What the drills of erasing share: the directory is made once, every test gets a copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.bootstrap import open_kennisbank
from tests.drills.erasure_directory import Prepared, copied, prepare, settings_of
from tests.erasing import executor


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The plan is approved, nothing is erased."""
    return prepare(tmp_path_factory.mktemp("prepared") / "var")


@pytest.fixture(scope="session")
def erased(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after the erasure."""
    folder = copied(prepared.folder, tmp_path_factory.mktemp("erased"))
    with open_kennisbank(settings_of(folder), role="command") as kennisbank:
        executor(kennisbank).run(prepared.erasure.request_id)
    return folder
