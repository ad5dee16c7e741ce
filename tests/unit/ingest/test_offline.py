"""What of unstructured is switched off, and only while this package reads."""

from __future__ import annotations

from ingest.parse.offline import prepare_unstructured, without_judging_kinds

TEXT = "De directie heeft besloten dat iedereen thuis mag werken.\n\nJaarverslag Personeelszaken"


def kinds() -> list[str]:
    prepare_unstructured()
    from unstructured.partition.text import partition_text

    return [type(element).__name__ for element in partition_text(text=TEXT, languages=[""])]


def test_nothing_is_judged_by_verbs_and_capitals_while_a_file_is_read_here() -> None:
    with without_judging_kinds():
        assert kinds() == ["Text", "Text"]


def test_others_who_use_unstructured_in_this_process_get_what_it_always_gives() -> None:
    before = kinds()
    with without_judging_kinds():
        kinds()
    assert before == kinds() != ["Text", "Text"]
