"""What every embedder keeps to: the double, the packaged model, and Ollama."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from kb.ports import Embedder
from kb.search.glossing_embedder import GlossingEmbedder
from kb.search.hashing_embedder import HashingEmbedder
from kb.search.ollama_embedder import OllamaEmbedder

LEAVE = "Medewerkers hebben recht op 25 vakantiedagen per jaar."
LEAVE_TOO = "Het recht op vakantiedagen van medewerkers is 25 per jaar."
PRINTER = "Steek de stekker van de printer in het stopcontact en druk op de knop."
ODD = ["", "   \n", "a\x00b", "\ud800 half", "👩‍👩‍👧 🇳🇱", "\u202eomgekeerd\u202c", "مرحبا بالعالم", "[SEP] [PAD] <s>", "x" * 5_000]


@pytest.fixture(params=["hashing", "minilm", "minilm-glossing", "ollama"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    if request.param == "hashing":
        return HashingEmbedder()
    if request.param.startswith("minilm"):
        loaded: Embedder = request.getfixturevalue("minilm")
        return GlossingEmbedder(loaded) if request.param == "minilm-glossing" else loaded
    return OllamaEmbedder("hashing-minilm", url=request.getfixturevalue("ollama_server").url, batch_size=8)


def test_vectors_are_normalised_float32_of_the_dimensions(embedder: Embedder) -> None:
    vectors = embedder.embed_passages([LEAVE, PRINTER])
    assert vectors.shape == (2, embedder.dimensions)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert embedder.embed_query(LEAVE).shape == (embedder.dimensions,)
    assert np.linalg.norm(embedder.embed_query(LEAVE)) == pytest.approx(1.0, abs=1e-5)


def test_vectors_come_in_the_order_of_the_texts_whatever_their_length(embedder: Embedder) -> None:
    texts = [f"{'lang ' * (37 * number % 60)} onderwerp nummer {number}" for number in range(20)]
    together = embedder.embed_passages(texts)
    alone = np.stack([embedder.embed_passages([text])[0] for text in texts])
    assert np.abs(together - alone).max() < 1e-4


def test_texts_about_the_same_are_nearer_than_texts_about_something_else(embedder: Embedder) -> None:
    leave, too, printer = embedder.embed_passages([LEAVE, LEAVE_TOO, PRINTER])
    question = embedder.embed_query("Hoeveel vakantiedagen hebben medewerkers?")
    assert leave @ too > leave @ printer + 0.1
    assert question @ leave > question @ printer + 0.1


def test_a_text_longer_than_the_window_is_read_to_its_end(embedder: Embedder) -> None:
    long = "woord " * 3 * embedder.window_tokens
    assert embedder.count_tokens([long])[0] > embedder.window_tokens
    plain, ending = embedder.embed_passages([long, long + "vakantiedagen " * 40])
    assert 1 - plain @ ending > 1e-4


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_any_characters_give_a_vector(embedder: Embedder, text: str) -> None:
    assert np.linalg.norm(embedder.embed_query(text)) == pytest.approx(1.0, abs=1e-5)
    assert np.linalg.norm(embedder.embed_passages([text])[0]) == pytest.approx(1.0, abs=1e-5)


def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    assert embedder.embed_passages([]).shape == (0, embedder.dimensions)
    assert embedder.count_tokens([]) == []


def test_tokens_are_counted_text_by_text(embedder: Embedder) -> None:
    empty, short, long = embedder.count_tokens(["", "kat", LEAVE])
    assert empty == 0
    assert 0 < short < long
    assert embedder.window_tokens > 32


def test_a_text_that_fits_by_its_count_is_one_window_of_the_model(embedder: Embedder) -> None:
    words = 1
    while embedder.count_tokens(["vergoeding " * (words + 1)])[0] <= embedder.window_tokens:
        words += 1
    assert np.isfinite(embedder.embed_passages(["vergoeding " * words])).all()


def test_the_same_text_gives_the_same_vector_in_every_thread(embedder: Embedder) -> None:
    expected = embedder.embed_query(LEAVE)
    with ThreadPoolExecutor(4) as pool:
        for vector in pool.map(embedder.embed_query, [LEAVE] * 16):
            assert np.abs(vector - expected).max() < 1e-5


def test_the_fingerprint_is_a_named_hash_and_stays(embedder: Embedder) -> None:
    assert embedder.fingerprint.startswith("sha256:")
    assert embedder.fingerprint == embedder.fingerprint
    assert embedder.name
