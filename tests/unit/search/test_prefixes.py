from __future__ import annotations

import pytest

from kb.search.prefixes import Prefixes, prefixes_for


@pytest.mark.parametrize(
    ("model", "query", "passage"),
    [
        ("intfloat/multilingual-e5-small", "query: ", "passage: "),
        ("intfloat/e5-base-v2", "query: ", "passage: "),
        ("multilingual_e5_large", "query: ", "passage: "),
        ("BAAI/bge-small-en-v1.5", "Represent this sentence for searching relevant passages: ", ""),
        ("BAAI/bge-m3", "", ""),
        ("nomic-embed-text:v1.5", "search_query: ", "search_document: "),
        ("mxbai-embed-large", "Represent this sentence for searching relevant passages: ", ""),
        ("snowflake-arctic-embed2", "query: ", ""),
        ("all-MiniLM-L6-v2", "", ""),
        ("sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2", "", ""),
    ],
)
def test_a_family_gets_what_its_models_were_trained_with(model: str, query: str, passage: str) -> None:
    assert prefixes_for(model) == Prefixes(query, passage)


def test_instruct_models_get_an_instruction_before_the_question_only() -> None:
    found = prefixes_for("intfloat/multilingual-e5-large-instruct")
    assert found.query.startswith("Instruct: ")
    assert found.passage == ""


def test_what_the_settings_say_wins_even_when_it_is_nothing() -> None:
    assert prefixes_for("intfloat/e5-base-v2", query="", passage=None) == Prefixes("", "passage: ")
    assert prefixes_for("all-MiniLM-L6-v2", query=None, passage="stuk: ") == Prefixes("", "stuk: ")
