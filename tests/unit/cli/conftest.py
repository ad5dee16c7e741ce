"""`kb` run in this process, over a Kennisbank of doubles."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.cli.invocation import Invocation
from api.cli.main import run
from api.memory_operations import MemoryKennisbank
from api.operations import Operations
from kb.authorise import OWNER


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its one JSON object."""
        assert self.out.count("\n") == 1
        return json.loads(self.out)


Kb = Callable[..., Ran]


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "KB_DATA_DIR", "KB_SECRETS_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def kb(capfd: pytest.CaptureFixture[str]) -> Kb:
    """Run `kb` with these words."""

    def call(*words: str | os.PathLike[str]) -> Ran:
        capfd.readouterr()
        code = run([os.fspath(word) for word in words])
        captured = capfd.readouterr()
        return Ran(code, captured.out, captured.err)

    return call


@pytest.fixture
def kennisbank(monkeypatch: pytest.MonkeyPatch) -> MemoryKennisbank:
    """What the commands reach instead of a data directory."""
    double = MemoryKennisbank()

    @contextmanager
    def operations(self: Invocation) -> Iterator[Operations]:
        yield double.operations(OWNER)

    monkeypatch.setattr(Invocation, "operations", operations)
    return double
