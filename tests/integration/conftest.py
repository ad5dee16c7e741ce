"""A whole Kennisbank on real SQLite, Chroma and tantivy, with the embedder that needs no model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from api.bootstrap import Kennisbank, init_directory, open_kennisbank
from kb.settings import Settings, load_settings

MODEL_FREE: dict[str, Any] = {"embedding": {"backend": "hashing"}, "generation": {"backend": "extractive"}}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "var", **MODEL_FREE)


@pytest.fixture
def open_it(settings: Settings) -> Iterator[Callable[..., Kennisbank]]:
    """Opens the data directory, with other settings if given; opening again closes the one before, as a restart does."""
    init_directory(settings, "algemeen")
    with ExitStack() as stack:

        def opened(changed: Settings = settings) -> Kennisbank:
            stack.close()
            return stack.enter_context(open_kennisbank(changed, role="command"))

        yield opened


@pytest.fixture
def kennisbank(open_it: Callable[..., Kennisbank]) -> Kennisbank:
    return open_it()
