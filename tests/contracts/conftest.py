from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.search.sentence_transformer import SentenceTransformerEmbedder
from tests.doubles.ollama_embed_server import OllamaEmbedServer


@pytest.fixture(scope="session")
def model_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Exports made once per run; the workers of pytest-xdist share them."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if base.name.startswith("popen-") else base) / "models"


@pytest.fixture(scope="session")
def minilm(model_cache: Path) -> SentenceTransformerEmbedder:
    """The packaged model, loaded once for all tests."""
    return SentenceTransformerEmbedder(model_cache=model_cache, batch_size=8)


@pytest.fixture
def ollama_server() -> Iterator[OllamaEmbedServer]:
    server = OllamaEmbedServer()
    yield server
    server.close()
