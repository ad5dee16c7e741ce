from __future__ import annotations

from collections.abc import Sequence

import pytest
from llama_index.core import Settings
from llama_index.core.schema import MetadataMode

from kb.search.llamaindex_retriever import KennisbankRetriever
from kb.types import Passage

PASSAGE = Passage(
    chunk_id="chunk-1",
    document_id="doc-1",
    version_id="version-1",
    document_title="Reiskosten",
    version=2,
    space="algemeen",
    source="reiskosten.md",
    page=3,
    headings=("Vergoedingen", "Fiets"),
    table_header=None,
    language="nl",
    start=120,
    end=160,
    text="De vergoeding is 23 cent per kilometer.",
    score=0.031,
)


def retrieve(question: str, k: int) -> Sequence[Passage]:
    return [PASSAGE] if (question, k) == ("Hoeveel krijg ik?", 3) else []


def test_a_passage_becomes_a_node_that_says_where_it_stands() -> None:
    [found] = KennisbankRetriever(retrieve, k=3).retrieve("Hoeveel krijg ik?")
    assert found.score == pytest.approx(0.031)
    assert found.node.node_id == "chunk-1"
    assert found.node.get_content(MetadataMode.NONE) == PASSAGE.text
    assert found.node.metadata == {
        "document_id": "doc-1",
        "title": "Reiskosten",
        "version": 2,
        "page": 3,
        "section": "Vergoedingen › Fiets",
        "quote_start": 120,
        "quote_end": 160,
        "language": "nl",
    }


def test_a_model_reads_title_and_section_but_no_ids() -> None:
    [found] = KennisbankRetriever(retrieve, k=3).retrieve("Hoeveel krijg ik?")
    assert found.node.get_content(MetadataMode.LLM).startswith("title: Reiskosten\nsection: Vergoedingen › Fiets")
    assert "doc-1" not in found.node.get_content(MetadataMode.LLM)


def test_nothing_found_is_an_empty_list() -> None:
    assert KennisbankRetriever(retrieve, k=8).retrieve("Iets anders?") == []


def test_the_global_settings_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(_: object) -> object:
        raise AssertionError("global settings were read")

    for name in ("llm", "embed_model", "callback_manager", "tokenizer", "node_parser", "prompt_helper", "transformations"):
        monkeypatch.setattr(type(Settings), name, property(read))
    assert len(KennisbankRetriever(retrieve, k=3).retrieve("Hoeveel krijg ik?")) == 1
