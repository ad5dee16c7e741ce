"""Files in: what is stored, what is found, what is left alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from api.bootstrap import Kennisbank
from ingest.chunk import HeadingChunker
from kb.authorise import ANONYMOUS, OWNER
from kb.errors import DiskFull, EmbedderUnavailable, NotPermitted, SpaceNotFound
from kb.originals import Originals
from kb.ports import Embedder, Vectors
from kb.search.hashing_embedder import HashingEmbedder
from kb.types import ChunkDraft, FileResult, Upload, VersionText

HANDBOOK = "# Verlof\n\nVoltijders krijgen 27 vakantiedagen per jaar.\n\n# Ziekte\n\nMeld je voor negen uur ziek bij je leidinggevende.\n"


def upload(path: str, text: str) -> Upload:
    return Upload(path, text.encode())


def found(kennisbank: Kennisbank, question: str, space: str = "algemeen") -> list[str]:
    with kennisbank.ledger.reading() as tx:
        space_id = tx.spaces.named(space).id
    return [passage.text for passage in kennisbank.retriever.retrieve(question, [space_id], "nl")]


def test_a_file_becomes_a_document_that_is_found_by_its_words(kennisbank: Kennisbank) -> None:
    report = kennisbank.operations(OWNER).ingest([upload("personeel/handboek.md", HANDBOOK)])
    assert (report.ready, report.failed) == (1, 0)
    assert report.files[0].chunks == 2
    assert found(kennisbank, "hoeveel vakantiedagen?")[0] == "Voltijders krijgen 27 vakantiedagen per jaar."


def test_the_same_bytes_again_change_nothing_whatever_their_name(kennisbank: Kennisbank) -> None:
    operations = kennisbank.operations(OWNER)
    first = operations.ingest([upload("handboek.md", HANDBOOK)])
    again = operations.ingest([upload("handboek.md", HANDBOOK), upload("kopie van handboek.md", HANDBOOK)])
    assert (again.ready, again.unchanged) == (0, 2)
    assert {file.document_id for file in again.files} == {first.files[0].document_id}
    assert len(operations.documents()) == 1


def test_the_same_bytes_twice_in_one_ingest_are_one_document(kennisbank: Kennisbank) -> None:
    report = kennisbank.operations(OWNER).ingest([upload("a.md", HANDBOOK), upload("b.md", HANDBOOK)])
    assert (report.ready, report.unchanged) == (1, 1)


def test_the_same_file_named_twice_is_one_document(kennisbank: Kennisbank) -> None:
    operations = kennisbank.operations(OWNER)
    operations.ingest([upload("a.md", HANDBOOK)])
    changed = HANDBOOK.replace("27", "29")
    report = operations.ingest([upload("a.md", changed), upload("a.md", changed)])
    assert [file.status for file in report.files] == ["ready", "unchanged"]
    assert report.files[0].document_id == report.files[1].document_id
    assert operations.documents()[0].version == 2


def test_of_two_contents_under_one_name_the_last_is_found(kennisbank: Kennisbank) -> None:
    operations = kennisbank.operations(OWNER)
    versions = [HANDBOOK.replace("27", str(number)) for number in (31, 32, 33, 31)]
    report = operations.ingest([upload("a.md", text) for text in versions])
    assert [file.status for file in report.files] == ["ready"] * 4
    assert operations.documents()[0].version == 4
    texts = found(kennisbank, "hoeveel vakantiedagen?")
    assert "Voltijders krijgen 31 vakantiedagen per jaar." in texts
    assert not any("32" in text or "33" in text for text in texts)


def test_files_whose_names_differ_only_in_case_are_two_documents(kennisbank: Kennisbank) -> None:
    operations = kennisbank.operations(OWNER)
    report = operations.ingest([upload("Verlof.md", HANDBOOK), upload("verlof.md", HANDBOOK.replace("27", "29"))])
    assert report.ready == 2
    assert {document.source for document in operations.documents()} == {"Verlof.md", "verlof.md"}
    assert {"27", "29"} <= {word for text in found(kennisbank, "hoeveel vakantiedagen?") for word in text.split()}


def test_a_copy_of_a_file_that_cannot_be_read_fails_as_it_does(kennisbank: Kennisbank) -> None:
    report = kennisbank.operations(OWNER).ingest([upload("leeg.txt", ""), upload("kopie.txt", "")])
    assert [(file.path, file.status, file.code) for file in report.files] == [
        ("leeg.txt", "failed", "empty_file"),
        ("kopie.txt", "failed", "empty_file"),
    ]


def test_a_document_that_is_removed_while_it_is_read_is_not_found(kennisbank: Kennisbank, monkeypatch: pytest.MonkeyPatch) -> None:
    operations = kennisbank.operations(OWNER)
    embed = HashingEmbedder.embed_passages

    def removing(self: HashingEmbedder, texts: Sequence[str]) -> Vectors:
        for document in operations.documents():
            operations.remove_document(document.id)
        return embed(self, texts)

    monkeypatch.setattr(HashingEmbedder, "embed_passages", removing)
    [file] = operations.ingest([upload("handboek.md", HANDBOOK)]).files
    assert (file.status, file.code) == ("failed", "removed_meanwhile")
    monkeypatch.setattr(HashingEmbedder, "embed_passages", embed)
    assert operations.documents() == []
    with kennisbank.ledger.reading() as tx:
        assert tx.chunks.total() == 0
    assert operations.ingest([upload("handboek.md", HANDBOOK)]).ready == 1


def test_an_error_of_the_embedder_ends_the_ingest_and_the_next_one_goes_on(kennisbank: Kennisbank, monkeypatch: pytest.MonkeyPatch) -> None:
    operations = kennisbank.operations(OWNER)
    embed = HashingEmbedder.embed_passages

    def failing(self: HashingEmbedder, texts: Sequence[str]) -> Vectors:
        raise EmbedderUnavailable(url="http://127.0.0.1:11434")

    monkeypatch.setattr(HashingEmbedder, "embed_passages", failing)
    with pytest.raises(EmbedderUnavailable):
        operations.ingest(upload(f"{number}.md", HANDBOOK.replace("27", str(number))) for number in range(100, 150))
    assert operations.status().pending > 0
    monkeypatch.setattr(HashingEmbedder, "embed_passages", embed)
    report = operations.ingest(upload(f"{number}.md", HANDBOOK.replace("27", str(number))) for number in range(100, 150))
    assert report.failed == 0
    assert len(operations.documents()) == 50
    assert operations.status().pending == 0


def test_a_file_that_cannot_be_cut_costs_itself(kennisbank: Kennisbank, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours in one file must not end the ingest, nor each one after it that finds the file pending."""
    cut = HeadingChunker.chunk

    def faulty(self: HeadingChunker, text: VersionText, title: str, embedder: Embedder, otherwise: str) -> list[ChunkDraft]:
        if "onknipbaar" in text.text:
            raise RecursionError
        return cut(self, text, title, embedder, otherwise)

    monkeypatch.setattr(HeadingChunker, "chunk", faulty)
    report = kennisbank.operations(OWNER).ingest(
        [upload("a.md", HANDBOOK), upload("b.md", "onknipbaar"), upload("c.md", "De kantine is open.")]
    )

    assert [(file.status, file.code) for file in report.files] == [("ready", None), ("failed", "parser_crashed"), ("ready", None)]
    assert kennisbank.operations(OWNER).status().pending == 0


def test_other_bytes_under_the_same_source_are_its_next_version(kennisbank: Kennisbank) -> None:
    operations = kennisbank.operations(OWNER)
    operations.ingest([upload("handboek.md", HANDBOOK)])
    operations.ingest([upload("handboek.md", HANDBOOK.replace("27", "29"))])
    [document] = operations.documents()
    assert document.version == 2
    texts = found(kennisbank, "hoeveel vakantiedagen?")
    assert "Voltijders krijgen 29 vakantiedagen per jaar." in texts
    assert not any("27" in text for text in texts)
    assert "27" in operations.document_text(document.id, 1).sections[1].text


def test_a_source_that_takes_over_the_bytes_of_another_is_not_left_with_its_old_text(kennisbank: Kennisbank) -> None:
    operations = kennisbank.operations(OWNER)
    operations.ingest([upload("a.md", HANDBOOK), upload("b.md", HANDBOOK.replace("27", "29"))])
    report = operations.ingest([upload("a.md", HANDBOOK.replace("27", "29"))])
    assert report.ready == 1
    assert not any("27" in text for text in found(kennisbank, "hoeveel vakantiedagen?"))


def test_a_file_that_was_a_document_which_then_changes_becomes_a_document_itself(kennisbank: Kennisbank) -> None:
    operations = kennisbank.operations(OWNER)
    operations.ingest([upload("z.md", HANDBOOK)])
    heard: list[str] = []

    moved_on = [upload("b.md", HANDBOOK), upload("c.md", HANDBOOK), upload("z.md", "# Nieuws\n\nDe kantine is verhuisd.\n")]
    report = operations.ingest(moved_on, progress=lambda file: heard.append(file.path))

    assert [(file.path, file.status) for file in report.files] == [("b.md", "ready"), ("c.md", "unchanged"), ("z.md", "ready")]
    assert report.files[1].document_id == report.files[0].document_id
    assert sorted(heard) == ["b.md", "c.md", "z.md"]
    assert sorted(document.source for document in operations.documents()) == ["b.md", "z.md"]
    assert found(kennisbank, "hoeveel vakantiedagen?")[0] == "Voltijders krijgen 27 vakantiedagen per jaar."


def test_a_file_that_repeated_one_of_the_same_ingest_which_then_changes_becomes_a_document_itself(kennisbank: Kennisbank) -> None:
    operations = kennisbank.operations(OWNER)

    news = upload("a.md", "# Nieuws\n\nDe kantine is verhuisd.\n")
    report = operations.ingest([upload("a.md", HANDBOOK), upload("b.md", HANDBOOK), news])

    assert [file.status for file in report.files] == ["ready", "ready", "ready"]
    assert found(kennisbank, "hoeveel vakantiedagen?")[0] == "Voltijders krijgen 27 vakantiedagen per jaar."


def test_a_removed_document_is_not_found_and_can_come_back(kennisbank: Kennisbank) -> None:
    operations = kennisbank.operations(OWNER)
    [file] = operations.ingest([upload("handboek.md", HANDBOOK)]).files
    assert file.document_id is not None
    operations.remove_document(file.document_id)
    assert found(kennisbank, "hoeveel vakantiedagen?") == []
    assert operations.ingest([upload("handboek.md", HANDBOOK)]).ready == 1
    assert len(found(kennisbank, "hoeveel vakantiedagen?")) == 2


def test_a_bad_file_ends_failed_with_a_sentence_and_the_others_go_on(kennisbank: Kennisbank) -> None:
    heard: list[FileResult] = []
    report = kennisbank.operations(OWNER).ingest(
        [upload("leeg.txt", ""), Upload("kapot.pdf", b"%PDF-1.7 not really"), upload("goed.md", HANDBOOK)], progress=heard.append
    )
    assert [file.status for file in report.files] == ["failed", "failed", "ready"]
    assert [file.code for file in report.files] == ["empty_file", "damaged", None]
    assert "leeg" in (report.files[0].detail or "")
    assert sorted(heard, key=lambda file: file.path) == sorted(report.files, key=lambda file: file.path)


def test_details_are_in_the_language_asked_for(kennisbank: Kennisbank) -> None:
    kennisbank.operations(OWNER).ingest([upload("leeg.txt", "")])
    assert "is leeg" in (kennisbank.operations(OWNER, "nl").documents()[0].detail or "")
    assert "is empty" in (kennisbank.operations(OWNER, "en").documents()[0].detail or "")


def test_a_failed_file_is_tried_again_when_it_comes_again(kennisbank: Kennisbank) -> None:
    operations = kennisbank.operations(OWNER)
    operations.ingest([upload("leeg.txt", "")])
    assert operations.ingest([upload("leeg.txt", "")]).failed == 1
    assert operations.ingest([upload("leeg.txt", "Nu staat er wel iets in dit bestand.")]).ready == 1
    assert operations.documents()[0].status == "ready"


def test_what_is_in_one_space_is_not_found_in_another(kennisbank: Kennisbank) -> None:
    operations = kennisbank.operations(OWNER)
    operations.add_space("directie")
    operations.ingest([upload("handboek.md", HANDBOOK)], "directie")
    assert found(kennisbank, "hoeveel vakantiedagen?") == []
    assert len(found(kennisbank, "hoeveel vakantiedagen?", "directie")) == 2


def test_an_unknown_space_is_refused_before_anything_is_stored(kennisbank: Kennisbank) -> None:
    with pytest.raises(SpaceNotFound):
        kennisbank.operations(OWNER).ingest([upload("handboek.md", HANDBOOK)], "bestaat niet")
    assert kennisbank.operations(OWNER).documents() == []


def test_only_the_owner_adds_documents(kennisbank: Kennisbank) -> None:
    with pytest.raises(NotPermitted):
        kennisbank.operations(ANONYMOUS).ingest([upload("handboek.md", HANDBOOK)])


def test_a_full_disk_is_said_and_leaves_nothing_half_done(kennisbank: Kennisbank, monkeypatch: pytest.MonkeyPatch) -> None:
    operations = kennisbank.operations(OWNER)
    put_all = Originals.put_all

    def full(self: Originals, files: Mapping[str, bytes]) -> None:
        raise DiskFull(path="var")

    monkeypatch.setattr(Originals, "put_all", full)
    with pytest.raises(DiskFull):
        operations.ingest([upload("handboek.md", HANDBOOK)])
    assert operations.documents() == []
    monkeypatch.setattr(Originals, "put_all", put_all)
    assert operations.ingest([upload("handboek.md", HANDBOOK)]).ready == 1


def test_what_a_crash_left_pending_is_finished_after_a_restart(open_it: Callable[..., Kennisbank]) -> None:
    kennisbank = open_it()
    with kennisbank.ledger.writing() as tx:
        space = tx.spaces.named("algemeen")
        version = tx.documents.register(space.id, "handboek.md", "handboek.md", "1" * 64, 10, "text/markdown")
    originals = Originals(kennisbank.directory.originals)
    originals.put(version.version_id, HANDBOOK.encode())
    originals.put("f" * 32, b"its row was never committed")
    kennisbank = open_it()
    assert kennisbank.pipeline.resume() == 1
    assert kennisbank.operations(OWNER).documents()[0].status == "ready"
    assert len(found(kennisbank, "hoeveel vakantiedagen?")) == 2
    assert [path.name for path in kennisbank.directory.originals.iterdir()] == [version.version_id]


def test_every_addition_and_removal_stands_in_the_audit_chain(kennisbank: Kennisbank) -> None:
    operations = kennisbank.operations(OWNER)
    [file] = operations.ingest([upload("handboek.md", HANDBOOK)]).files
    operations.remove_document(file.document_id or "")
    with kennisbank.ledger.reading() as tx:
        assert tx.audit.first_broken() is None
        assert tx.indexing.last_seq() == 4
