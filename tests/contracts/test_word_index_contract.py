"""What every word index keeps to, and what only tantivy's has to."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kb.errors import IndexBroken
from kb.ports import WordEntry, WordIndex
from kb.search.memory_indexes import MemoryWordIndex
from kb.search.tantivy_words import TantivyWordIndex

TRAVEL = WordEntry("travel", "Reiskostenregeling", ("Vergoedingen",), "De vergoeding is 23 cent per kilometer, ook voor de fiets.")
PUMP = WordEntry("pump", "Onderdelen", ("Pompen",), "Bestel pomp 4711-B bij storing; pomp 4712-A past niet.")
CAFE = WordEntry("cafe", "Kantine", (), "Het café is open van acht tot vijf. De reünie is in mei.")
SICK = WordEntry("sick", "Absence", ("Sick leave",), "Report illness before nine and tell your manager.")
ALL = [TRAVEL, PUMP, CAFE, SICK]

HOSTILE = [
    '"fiets',
    "fiets NOT (",
    "fiets) OR *:*",
    "fiets~2^5 +kilometer -cent",
    "text_nl:fiets",
    "fiets\x00kilometer",
    "\u202efiets\u202c",
    "fi\u00adets",
    "fi\u200bets",
    "ﬁets",
    "fiets \ud800",
    "fiets 👍🏽",
    "FIETS?!",
    "fiets " + "x" * 70_000,
    "fiets " * 3_000,
]


@pytest.fixture(params=["memory", "tantivy"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WordIndex]:
    opened: WordIndex = MemoryWordIndex() if request.param == "memory" else TantivyWordIndex(tmp_path / "words")
    opened.add(ALL)
    yield opened
    opened.close()


@pytest.fixture
def tantivy_index(tmp_path: Path) -> Iterator[TantivyWordIndex]:
    opened = TantivyWordIndex(tmp_path / "words")
    opened.add(ALL)
    yield opened
    opened.close()


def found(index: WordIndex, query: str, language: str = "nl", k: int = 10) -> list[str]:
    return [hit.chunk_id for hit in index.search(query, language, k)]


def test_a_chunk_is_found_by_a_word_of_its_text(index: WordIndex) -> None:
    assert found(index, "kilometer") == ["travel"]
    assert found(index, "manager", "en") == ["sick"]


def test_a_chunk_is_found_by_its_title_and_its_headings(index: WordIndex) -> None:
    assert found(index, "kantine") == ["cafe"]
    assert found(index, "sick", "en") == ["sick"]


def test_the_chunk_with_more_of_the_words_comes_first_with_the_higher_score(index: WordIndex) -> None:
    index.add([WordEntry("half", "", (), "fiets fiets")])
    hits = index.search("vergoeding fiets kilometer", "nl", 10)
    assert [hit.chunk_id for hit in hits] == ["travel", "half"]
    assert hits[0].score > hits[1].score > 0


def test_capitals_and_accents_make_no_difference(index: WordIndex) -> None:
    assert found(index, "CAFE") == found(index, "café") == found(index, "cafe\u0301") == ["cafe"]
    assert found(index, "reunie") == ["cafe"]


def test_an_article_code_is_found_whole_and_by_its_parts(index: WordIndex) -> None:
    index.add([WordEntry("parts", "", (), "B staat in rij 4711 van de lijst, naast nog een B en 4711.")])
    assert found(index, "4711-B", k=1) == ["pump"]
    assert found(index, "wat is 4711-b?", k=1) == ["pump"]
    assert set(found(index, "4711")) == {"pump", "parts"}


def test_words_that_say_nothing_do_not_find_anything(index: WordIndex) -> None:
    assert found(index, "wat is de kilometer") == ["travel"]
    assert found(index, "what is the manager", "en") == ["sick"]


def test_a_question_of_such_words_only_is_searched_all_the_same(index: WordIndex) -> None:
    assert "cafe" in found(index, "van tot")


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_a_question_has_no_syntax(index: WordIndex, query: str) -> None:
    assert found(index, query, k=1) == ["travel"]


@pytest.mark.parametrize("query", ["", "   ", "?!", "\x00", "👍", "\u202e", "- . /"])
def test_a_question_without_words_finds_nothing(index: WordIndex, query: str) -> None:
    assert found(index, query) == []


@pytest.mark.parametrize("language", ["de", "fr", "", "xx"])
def test_a_language_that_is_not_stemmed_is_searched_as_it_stands(index: WordIndex, language: str) -> None:
    assert found(index, "kilometer", language) == ["travel"]


def test_no_more_than_asked_for_is_given(index: WordIndex) -> None:
    assert len(found(index, "pomp fiets café illness", k=2)) == 2
    assert found(index, "pomp", k=0) == []


def test_adding_again_replaces(index: WordIndex) -> None:
    index.add([WordEntry("pump", "Onderdelen", (), "Alleen nog ventielen.")])
    assert index.count() == len(ALL)
    assert found(index, "4711-B") == []
    assert found(index, "ventielen") == ["pump"]


def test_of_several_entries_of_one_chunk_the_last_stays(index: WordIndex) -> None:
    index.add([WordEntry("new", "", (), "eerste"), WordEntry("new", "", (), "tweede")])
    assert index.count() == len(ALL) + 1
    assert found(index, "eerste tweede") == ["new"]
    assert found(index, "eerste") == []


def test_a_removed_chunk_is_not_found_any_more(index: WordIndex) -> None:
    index.remove(["pump", "unknown"])
    assert index.count() == len(ALL) - 1
    assert found(index, "pomp") == []


def test_ids_are_not_searched(index: WordIndex) -> None:
    index.add([WordEntry("xylofoon", "", (), "Over iets anders.")])
    assert found(index, "xylofoon", "en") == []


def test_the_language_of_a_chunk_is_known_and_unknown_chunks_are_left_out(index: WordIndex) -> None:
    index.add([WordEntry("lang", "", (), "Een stuk.", "nl"), WordEntry("gone", "", (), "Weg.", "nl")])
    index.remove(["gone"])
    assert index.languages(["lang", "gone", "never"]) == {"lang": "nl"}
    assert index.languages([]) == {}


def test_a_score_is_a_share_of_all_that_was_asked_for(index: WordIndex) -> None:
    [whole] = index.search("vergoeding fiets kilometer", "nl", 1)
    [half] = index.search("vergoeding xylofoon trampoline", "nl", 1)
    assert 0 < half.score < whole.score < 2


def test_an_empty_index_finds_nothing(index: WordIndex) -> None:
    index.add([])
    index.remove([entry.chunk_id for entry in ALL])
    assert index.count() == 0
    assert found(index, "fiets") == []


def test_after_closing_everything_is_refused_and_closing_again_is_not(index: WordIndex) -> None:
    index.close()
    index.close()
    for use in (lambda: index.search("fiets", "nl", 1), lambda: index.add(ALL), lambda: index.remove(["pump"]), index.count):
        with pytest.raises(IndexBroken):
            use()


def test_several_threads_search_while_others_add(index: WordIndex) -> None:
    with ThreadPoolExecutor(4) as pool:
        adding = [pool.submit(index.add, [WordEntry(f"c{n}", "", (), f"nummer {n}")]) for n in range(20)]
        for ids in pool.map(lambda _: found(index, "kilometer"), range(40)):
            assert ids == ["travel"]
        for added in adding:
            added.result()
    assert index.count() == len(ALL) + 20


# --- tantivy alone -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "language", "chunk"),
    [("vergoedingen", "nl", "travel"), ("kilometers", "nl", "travel"), ("managers", "en", "sick"), ("reported illnesses", "en", "sick")],
)
def test_another_form_of_a_word_finds_it(tantivy_index: TantivyWordIndex, query: str, language: str, chunk: str) -> None:
    assert found(tantivy_index, query, language) == [chunk]


@pytest.mark.parametrize("query", ["ventielklep", "ventielen", "ventiel klep", "klep ventiel", "ventilklep"])
def test_a_compound_is_found_by_its_parts_and_despite_a_typing_error(tantivy_index: TantivyWordIndex, query: str) -> None:
    tantivy_index.add([WordEntry("valve", "", (), "De ventielkleppen liggen in la vier.", "nl")])
    assert found(tantivy_index, query)[0] == "valve"


@pytest.mark.parametrize(
    ("query", "language", "chunk"),
    [("How many days off?", "en", "dutch"), ("Wanneer is de fabriek gesloten?", "nl", "english"), ("closed factories", "en", "english")],
)
def test_a_question_finds_a_passage_in_the_other_language(tmp_path: Path, query: str, language: str, chunk: str) -> None:
    index = TantivyWordIndex(tmp_path)
    index.add([WordEntry("dutch", "", (), "Iedereen heeft 27 vrije dagen.", "nl")])
    index.add([WordEntry("english", "", (), "The factory will be closed in August.", "en")])
    assert found(index, query, language)[0] == chunk
    index.close()


def test_what_was_added_is_there_when_the_folder_is_opened_again(tmp_path: Path) -> None:
    first = TantivyWordIndex(tmp_path)
    first.add(ALL)
    first.close()
    again = TantivyWordIndex(tmp_path)
    assert again.count() == len(ALL)
    assert found(again, "vergoedingen") == ["travel"]
    again.close()


def test_the_files_hold_neither_positions_nor_text(tmp_path: Path) -> None:
    index = TantivyWordIndex(tmp_path)
    index.add(ALL)
    stored = [index._index.searcher().doc(address).to_dict() for _, address in index._index.searcher().search(_everything(), 10).hits]
    index.close()
    assert sorted(list(entry) for entry in stored) == [["id", "language"]] * len(ALL)
    assert all(b"per kilometer" not in file.read_bytes() for file in tmp_path.iterdir())
    # A footer is all that is left of a file of positions.
    assert max(file.stat().st_size for file in tmp_path.glob("*.pos")) < 400


def _everything() -> object:
    import tantivy

    return tantivy.Query.all_query()


def test_a_damaged_folder_is_broken_and_never_a_foreign_error(tmp_path: Path) -> None:
    first = TantivyWordIndex(tmp_path)
    first.add(ALL)
    first.close()
    (tmp_path / "meta.json").write_text("{")
    with pytest.raises(IndexBroken):
        TantivyWordIndex(tmp_path)


def test_a_folder_of_another_schema_is_broken(tmp_path: Path) -> None:
    import tantivy

    tantivy.Index(tantivy.SchemaBuilder().add_text_field("body").build(), str(tmp_path))
    with pytest.raises(IndexBroken):
        TantivyWordIndex(tmp_path)
