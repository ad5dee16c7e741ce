"""What only the embedder over Ollama has to keep to."""

from __future__ import annotations

import pytest

from kb.errors import EmbedderBroken, EmbedderError, EmbedderModelMissing, EmbedderUnavailable
from kb.search.ollama_embedder import OllamaEmbedder
from tests.doubles.ollama_embed_server import CONTEXT_TOKENS, OllamaEmbedServer


def made(server: OllamaEmbedServer, **options: object) -> OllamaEmbedder:
    return OllamaEmbedder("hashing-minilm", url=server.url, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("status_500", EmbedderBroken),
        ("busy", EmbedderUnavailable),
        ("garbage", EmbedderBroken),
        ("not_json_object", EmbedderBroken),
        ("too_few", EmbedderBroken),
        ("nan", EmbedderBroken),
        ("ragged", EmbedderBroken),
        ("redirect", EmbedderBroken),
        ("hang", EmbedderUnavailable),
    ],
)
def test_a_fault_of_the_server_is_an_error_of_the_port(ollama_server: OllamaEmbedServer, fault: str, error: type[EmbedderError]) -> None:
    embedder = made(ollama_server, timeout_seconds=0.5)
    ollama_server.fault = fault
    with pytest.raises(error):
        embedder.embed_passages(["een", "twee"])


def test_texts_do_not_follow_a_redirect(ollama_server: OllamaEmbedServer) -> None:
    ollama_server.fault = "redirect"
    with pytest.raises(EmbedderBroken):
        made(ollama_server).embed_query("een")
    assert "/elsewhere" not in ollama_server.paths


def test_vectors_of_another_length_than_before_are_refused(ollama_server: OllamaEmbedServer) -> None:
    embedder = made(ollama_server)
    embedder.embed_query("een")
    ollama_server.fault = "wrong_dimensions"
    with pytest.raises(EmbedderBroken):
        embedder.embed_query("twee")


def test_a_model_that_is_not_there_is_named(ollama_server: OllamaEmbedServer) -> None:
    with pytest.raises(EmbedderModelMissing, match="bge-m3"):
        OllamaEmbedder("bge-m3", url=ollama_server.url).embed_query("een")


def test_a_server_that_is_not_there_is_named(ollama_server: OllamaEmbedServer) -> None:
    embedder = made(ollama_server)
    ollama_server.close()
    with pytest.raises(EmbedderUnavailable, match=r"127\.0\.0\.1"):
        _ = embedder.fingerprint


def test_nothing_is_cut_silently(ollama_server: OllamaEmbedServer) -> None:
    made(ollama_server).embed_passages(["woord " * 500])
    assert {request["truncate"] for request in ollama_server.requests} == {False}
    assert {request["options"]["num_ctx"] for request in ollama_server.requests} == {CONTEXT_TOKENS}


def test_prefixes_are_sent_and_are_part_of_the_fingerprint(ollama_server: OllamaEmbedServer) -> None:
    embedder = made(ollama_server, query_prefix="vraag: ", passage_prefix="stuk: ")
    embedder.embed_query("een")
    embedder.embed_passages(["twee"])
    assert [request["input"] for request in ollama_server.requests] == [["vraag: een"], ["stuk: twee"]]
    assert embedder.fingerprint != made(ollama_server).fingerprint
    assert embedder.window_tokens < made(ollama_server).window_tokens


def test_another_model_under_the_same_name_has_another_fingerprint(ollama_server: OllamaEmbedServer) -> None:
    before = made(ollama_server).fingerprint
    ollama_server.digest = "0" * 64
    assert made(ollama_server).fingerprint != before


def test_making_an_embedder_asks_nothing_of_the_server() -> None:
    assert OllamaEmbedder("bge-m3", url="http://127.0.0.1:1").name == "bge-m3"
