"""The indexes are disposable: lost, broken, foreign or made by another model, they come back from the ledger."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from api.bootstrap import Kennisbank
from kb.authorise import OWNER
from kb.errors import EmbedderUnavailable, IndexBroken
from kb.ports import IndexHit, Vectors
from kb.search.chroma_vectors import ChromaVectorIndex
from kb.search.hashing_embedder import HashingEmbedder
from kb.settings import Settings
from kb.types import Upload

SENTENCES = [f"Artikel {number} kost {number * 3} euro bij vestiging {number % 7}." for number in range(40)]


def fill(kennisbank: Kennisbank, sentences: list[str] = SENTENCES) -> None:
    kennisbank.operations(OWNER).ingest([Upload(f"{i}.txt", text.encode()) for i, text in enumerate(sentences)])


def finds_all(kennisbank: Kennisbank, sentences: list[str] = SENTENCES) -> bool:
    space = space_of(kennisbank)
    return all(kennisbank.retriever.retrieve(text, [space], "nl", 1)[0].text == text for text in sentences)


def space_of(kennisbank: Kennisbank) -> str:
    with kennisbank.ledger.reading() as tx:
        return tx.spaces.named("algemeen").id


def folders(kennisbank: Kennisbank) -> list[Path]:
    return sorted((kennisbank.directory.indexes / space_of(kennisbank)).iterdir())


def generation(kennisbank: Kennisbank) -> str | None:
    return kennisbank.indexes.states()[0].generation


def test_a_closed_index_is_opened_again_without_a_rebuild(open_it: Callable[..., Kennisbank]) -> None:
    kennisbank = open_it()
    fill(kennisbank)
    before = generation(kennisbank)
    kennisbank = open_it()
    assert finds_all(kennisbank)
    assert generation(kennisbank) == before


def test_a_lost_folder_costs_nothing_but_time(open_it: Callable[..., Kennisbank]) -> None:
    kennisbank = open_it()
    fill(kennisbank)
    indexes = kennisbank.directory.indexes
    kennisbank.close()
    shutil.rmtree(indexes)
    indexes.mkdir()
    kennisbank = open_it()
    assert finds_all(kennisbank)
    assert len(folders(kennisbank)) == 1


@pytest.mark.parametrize("inside", ["vectors/chroma.sqlite3", "words/meta.json"])
def test_a_damaged_index_is_noticed_in_a_child_and_rebuilt(open_it: Callable[..., Kennisbank], inside: str) -> None:
    kennisbank = open_it()
    fill(kennisbank)
    [folder] = folders(kennisbank)
    live = generation(kennisbank)
    kennisbank.close()
    (folder / inside).write_bytes(b"not what it was")
    kennisbank = open_it()
    with kennisbank.ledger.writing() as tx:
        tx.indexing.mark(live or "", clean=False)
    assert finds_all(kennisbank)
    assert generation(kennisbank) != live


def test_an_index_that_was_closed_in_order_and_damaged_since_is_rebuilt_at_its_first_use(open_it: Callable[..., Kennisbank]) -> None:
    kennisbank = open_it()
    fill(kennisbank)
    [folder] = folders(kennisbank)
    kennisbank.close()
    shutil.rmtree(folder / "vectors")
    (folder / "vectors").mkdir()
    kennisbank = open_it()
    assert finds_all(kennisbank)


def test_a_folder_of_another_generation_is_not_believed(open_it: Callable[..., Kennisbank], tmp_path: Path) -> None:
    kennisbank = open_it()
    fill(kennisbank)
    [folder] = folders(kennisbank)
    kennisbank.close()
    shutil.copytree(folder, tmp_path / "old")
    kennisbank = open_it()
    kennisbank.indexes.rebuild(space_of(kennisbank))
    [folder] = folders(kennisbank)
    kennisbank.close()
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "old", folder)
    kennisbank = open_it()
    assert finds_all(kennisbank)
    assert folders(kennisbank) != [folder]


def test_changes_that_were_committed_but_not_indexed_are_taken_in_at_the_next_start(
    open_it: Callable[..., Kennisbank], monkeypatch: pytest.MonkeyPatch
) -> None:
    kennisbank = open_it()
    fill(kennisbank, SENTENCES[:20])
    before = generation(kennisbank)
    monkeypatch.setattr(kennisbank.indexes, "catch_up", lambda space_id: None)
    fill(kennisbank)
    assert kennisbank.indexes.states()[0].behind == 20
    kennisbank = open_it()
    assert finds_all(kennisbank)
    assert generation(kennisbank) == before
    assert kennisbank.indexes.states()[0].behind == 0


def test_a_search_that_fails_rebuilds_and_answers(kennisbank: Kennisbank, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(kennisbank)
    before = generation(kennisbank)
    search, failures = ChromaVectorIndex.search, [1]

    def failing_once(self: ChromaVectorIndex, vector: Vectors, k: int) -> list[IndexHit]:
        if failures:
            failures.pop()
            raise IndexBroken
        return search(self, vector, k)

    monkeypatch.setattr(ChromaVectorIndex, "search", failing_once)
    assert finds_all(kennisbank)
    assert generation(kennisbank) != before


def other_model(settings: Settings) -> Settings:
    """The hashing embedder under another name: other settings, other fingerprint."""
    return settings.model_copy(update={"embedding": settings.embedding.model_copy(update={"model": "other"})})


@pytest.fixture
def models_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the embedder's model setting count, as it does for real models."""

    def load(self: Kennisbank, identity: dict[str, object]) -> HashingEmbedder:
        return HashingEmbedder(dimensions=256 if identity["model"] == "packaged" else 128)

    monkeypatch.setattr(Kennisbank, "_load_embedder", load)


@pytest.mark.usefixtures("models_differ")
def test_another_model_serves_from_the_old_index_until_the_new_one_is_whole(open_it: Callable[..., Kennisbank], settings: Settings) -> None:
    kennisbank = open_it()
    fill(kennisbank)
    old = generation(kennisbank)
    kennisbank = open_it(other_model(settings))
    assert finds_all(kennisbank)
    assert generation(kennisbank) == old
    assert kennisbank.indexes.stale() == len(SENTENCES)

    heard: list[tuple[str, int, int]] = []
    searched_meanwhile: list[bool] = []

    def while_building(space: str, done: int, total: int) -> None:
        heard.append((space, done, total))
        other = threading.Thread(target=lambda: searched_meanwhile.append(finds_all(kennisbank, SENTENCES[:3])))
        other.start()
        other.join(timeout=30)

    kennisbank.indexes.maintain(while_building)
    assert heard[-1] == ("algemeen", len(SENTENCES), len(SENTENCES))
    assert searched_meanwhile == [True] * len(heard)
    assert generation(kennisbank) != old
    assert kennisbank.indexes.stale() == 0
    assert finds_all(kennisbank)
    assert len(folders(kennisbank)) == 1


@pytest.mark.usefixtures("models_differ")
def test_an_ingest_ends_with_the_change_of_model(open_it: Callable[..., Kennisbank], settings: Settings) -> None:
    kennisbank = open_it()
    fill(kennisbank)
    kennisbank = open_it(other_model(settings))
    fill(kennisbank)
    assert kennisbank.indexes.stale() == 0


@pytest.mark.usefixtures("models_differ")
def test_a_cut_off_change_of_model_goes_on_where_it_was(
    open_it: Callable[..., Kennisbank], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    kennisbank = open_it()
    fill(kennisbank)
    monkeypatch.setattr("kb.search.indexes._EMBED_BATCH", 10)
    kennisbank = open_it(other_model(settings))

    class Cut(BaseException):
        pass

    def cut(space: str, done: int, total: int) -> None:
        if done == 20:
            raise Cut

    with pytest.raises(Cut):
        kennisbank.indexes.maintain(cut)
    kennisbank = open_it(other_model(settings))
    embedded: list[int] = []
    kennisbank.indexes.maintain(lambda space, done, total: embedded.append(done))
    assert embedded == [30, 40]
    assert finds_all(kennisbank)


@pytest.mark.usefixtures("models_differ")
def test_documents_that_come_in_while_the_model_changes_are_found_before_and_after(
    open_it: Callable[..., Kennisbank], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    kennisbank = open_it()
    fill(kennisbank, SENTENCES[:20])
    kennisbank = open_it(other_model(settings))
    with monkeypatch.context() as patched:
        patched.setattr(kennisbank.indexes, "maintain", lambda: None)
        fill(kennisbank)
    assert finds_all(kennisbank)
    kennisbank.indexes.maintain()
    assert finds_all(kennisbank)


def test_where_the_old_model_is_gone_words_serve_until_the_new_index_is_whole(
    open_it: Callable[..., Kennisbank], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(self: Kennisbank, identity: dict[str, object]) -> HashingEmbedder:
        if identity["model"] == "packaged" and gone:
            raise EmbedderUnavailable(url="http://127.0.0.1:1")
        return HashingEmbedder(dimensions=256 if identity["model"] == "packaged" else 128)

    gone: list[bool] = []
    monkeypatch.setattr(Kennisbank, "_load_embedder", load)
    kennisbank = open_it()
    fill(kennisbank)
    gone.append(True)
    kennisbank = open_it(other_model(settings))
    assert finds_all(kennisbank)
    kennisbank.indexes.maintain()
    assert finds_all(kennisbank)


def test_an_index_with_entries_of_an_older_form_is_made_anew_without_embedding_again(
    open_it: Callable[..., Kennisbank], monkeypatch: pytest.MonkeyPatch
) -> None:
    kennisbank = open_it()
    fill(kennisbank)
    before = generation(kennisbank)
    kennisbank.close()
    monkeypatch.setattr("kb.search.index_pair.SCHEMA_VERSION", "next")
    monkeypatch.setattr(HashingEmbedder, "embed_passages", None)
    kennisbank = open_it()
    assert kennisbank.retriever is not None
    kennisbank.indexes.catch_up(space_of(kennisbank))
    assert generation(kennisbank) != before
