"""A person is found in every store of a whole Kennisbank, with what an officer needs to judge each place."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from api.bootstrap import Kennisbank
from ingest.messages import WARNINGS
from kb.authorise import OWNER
from kb.ledger.personal_data import PERSONAL
from kb.ledger.personal_rows import NOT_WHOLLY_READ
from kb.privacy.find import MOST_BARE, Finder, Found
from kb.privacy.identifiers import fold, identifier, subject
from kb.privacy.types import How, IdentifierKind
from kb.types import Done, Upload

K = IdentifierKind
LETTER = """# Verzoek van Xandrine Quist

Mevrouw Quist vraagt om een nieuwe stoel. Haar mail is x.quist@werk.example, haar nummer 06-1234 5678.

De werkplaats heeft een groene deur en een blauwe trap.

Met vriendelijke groet,
Xandrine
06-8765 4321
"""


def ingest(kennisbank: Kennisbank, **files: str | bytes) -> None:
    uploads = [Upload(name.replace("__", "."), text.encode() if isinstance(text, str) else text) for name, text in files.items()]
    kennisbank.operations(OWNER).ingest(uploads)


def find(kennisbank: Kennisbank, *names: str) -> Found:
    return Finder(kennisbank.ledger).find(subject(identifier(K.EMAIL if "@" in name else K.NAME, name) for name in names))


def test_a_hit_says_where_it_stands_and_how_it_was_found(kennisbank: Kennisbank) -> None:
    ingest(kennisbank, brief__md=LETTER)
    found = find(kennisbank, "Xandrine Quist")
    with kennisbank.ledger.reading() as tx:
        fields = dict(tx.personal.fields())
    for hit in found.hits:
        assert fields[hit.place.field][hit.place.start : hit.place.end] == hit.matched
        assert hit.matched in hit.excerpt
        assert hit.where == "brief.md"
        assert hit.document_id is not None
        assert (hit.chunk_id is not None) <= (hit.place.field.store == "version_texts")
    by_words = {(hit.matched, hit.how) for hit in found.hits}
    assert ("Xandrine Quist", How.EXACT) in by_words
    assert ("Mevrouw Quist", How.NORMALISED) in by_words
    assert ("Xandrine", How.FUZZY) in by_words
    titled = next(hit for hit in found.hits if hit.matched == "Mevrouw Quist")
    with kennisbank.ledger.reading() as tx:
        assert "nieuwe stoel" in tx.chunks.passages([titled.chunk_id or ""])[titled.chunk_id or ""].text


def test_what_stands_beside_the_person_is_proposed(kennisbank: Kennisbank) -> None:
    ingest(kennisbank, brief__md=LETTER)
    found = find(kennisbank, "Xandrine Quist")
    proposed = {(one.identifier.kind, one.identifier.value) for one in found.proposals}
    assert proposed == {(K.EMAIL, "x.quist@werk.example"), (K.PHONE, "06-1234 5678"), (K.PHONE, "06-8765 4321")}
    related = {hit.hit_id for hit in found.hits if hit.how is How.RELATED}
    assert all(set(one.hits) <= related for one in found.proposals)


def test_the_first_name_under_a_greeting_is_proposed_for_an_address(kennisbank: Kennisbank) -> None:
    ingest(kennisbank, mail__txt="De stoel is besteld.\n\nGroet, Xandrine\nxq@werk.example\n")
    found = find(kennisbank, "xq@werk.example")
    assert [(one.identifier.kind, one.identifier.value) for one in found.proposals] == [(K.ALIAS, "Xandrine")]


def test_the_next_row_of_a_table_is_about_somebody_else(kennisbank: Kennisbank) -> None:
    ingest(kennisbank, lijst__csv="naam,nummer\nXandrine Quist,P-0001\nPieter Anders,P-0002\n")
    assert [one.identifier.value for one in find(kennisbank, "Xandrine Quist").proposals] == ["P-0001"]


def test_questions_answers_and_feedback_are_searched(kennisbank: Kennisbank) -> None:
    ingest(kennisbank, brief__md=LETTER)
    operations = kennisbank.operations(OWNER)
    done = next(event for event in operations.ask("Wat vraagt Xandrine Quist?") if isinstance(event, Done))
    operations.give_feedback(done.answer.answer_id, "down", "Dit ging over Xandrine  QUIST")
    found = find(kennisbank, "Xandrine Quist")
    stores = {hit.place.field.store for hit in found.hits if hit.answer_id == done.answer.answer_id}
    assert {"answers", "feedback"} <= stores
    assert found.by_store["feedback"] == 1


def test_every_registered_text_is_read(kennisbank: Kennisbank) -> None:
    operations = kennisbank.operations(OWNER)
    operations.add_space("Xandrine Quist")
    ingest(kennisbank, Xandrine_Quist__md=LETTER)
    with kennisbank.ledger.writing() as tx:
        tx.audit.append("owner", "note", "x", {"a/b": ["over Xandrine Quist"]})
    found = find(kennisbank, "Xandrine Quist")
    assert {"spaces", "documents", "versions", "version_texts", "audit_details"} <= found.by_store.keys()
    assert found.by_store.keys() <= PERSONAL.keys()
    detail = next(hit for hit in found.hits if hit.place.field.store == "audit_details")
    assert detail.place.field.name == "details/a~1b/0"
    with kennisbank.ledger.reading() as tx:
        assert tx.erasing.value(detail.place.field) == "over Xandrine Quist"


def test_superseded_and_removed_documents_are_still_searched(kennisbank: Kennisbank) -> None:
    ingest(kennisbank, brief__md=LETTER)
    ingest(kennisbank, brief__md="# Niets\n\nHier staat niemand meer.\n")
    ingest(kennisbank, weg__md=LETTER)
    operations = kennisbank.operations(OWNER)
    operations.remove_document(next(one.id for one in operations.documents() if one.source == "weg.md"))
    found = find(kennisbank, "Xandrine Quist")
    assert {hit.where for hit in found.hits if hit.how is How.EXACT} == {"brief.md", "weg.md"}
    assert all(hit.chunk_id is None for hit in found.hits)


def test_slips_of_the_pen_come_apart(kennisbank: Kennisbank) -> None:
    ingest(kennisbank, a__txt="Aldus mevrouw 0osterhuizen en de heer Oosterhuisen, niet de oosterburen.")
    found = find(kennisbank, "Noëlle van Oosterhuizen")
    assert sorted((hit.matched, hit.how) for hit in found.hits) == [("0osterhuizen", How.FUZZY), ("Oosterhuisen", How.FUZZY)]


def test_a_file_that_could_not_be_read_is_listed(kennisbank: Kennisbank) -> None:
    ingest(kennisbank, leeg__pdf=b"%PDF-1.4 broken", goed__txt="Hier staat iets leesbaars over fietsen.")
    assert [(one.where, one.code) for one in find(kennisbank, "Xandrine Quist").unsearched] != []
    assert {one.where for one in find(kennisbank, "Xandrine Quist").unsearched} == {"leeg.pdf"}


def test_a_mail_with_an_attachment_that_could_not_be_read_is_listed(kennisbank: Kennisbank) -> None:
    mail = EmailMessage()
    mail["From"] = "Pieter Anders <p.anders@werk.example>"
    mail["Subject"] = "Bijlage"
    mail.set_content("Zie de bijlage.")
    mail.add_attachment(b"\x00\x01 niet te lezen", maintype="application", subtype="octet-stream", filename="geheim.bin")
    ingest(kennisbank, mail__eml=mail.as_bytes())
    assert [(one.where, one.code) for one in find(kennisbank, "Xandrine Quist").unsearched] == [("mail.eml", "attachments_not_read")]


def test_every_warning_that_hides_text_is_one_of_ingest() -> None:
    assert WARNINGS.keys() >= NOT_WHOLLY_READ


def test_a_common_word_is_said_to_be_one(kennisbank: Kennisbank) -> None:
    assert [one.value for one in find(kennisbank, "Sanne Roos").common] == ["Sanne Roos"]


def test_hits_of_one_document_with_the_same_words_are_one_group(kennisbank: Kennisbank) -> None:
    text = "Xandrine Quist kwam. Later ging XANDRINE QUIST. J. Anders bleef."
    ingest(kennisbank, a__txt=text, b__txt=text + " Twee.")
    found = find(kennisbank, "Xandrine Quist")
    groups = {hit.group for hit in found.hits}
    assert len(groups) == 4  # two documents, as given and in capitals
    assert all(hit.group.startswith("g") for hit in found.hits)


def test_the_same_place_has_the_same_id_in_every_search(kennisbank: Kennisbank) -> None:
    ingest(kennisbank, brief__md=LETTER)
    assert [hit.hit_id for hit in find(kennisbank, "Xandrine Quist").hits] == [
        hit.hit_id for hit in find(kennisbank, "Xandrine Quist").hits
    ]


def test_ten_thousand_hits_and_bare_names_beyond_a_bound_are_counted(kennisbank: Kennisbank) -> None:
    ingest(kennisbank, veel__txt="\n".join(f"Regel {at}: Xandrine Quist." for at in range(10_000)))
    ingest(kennisbank, kaal__txt="\n".join(f"Regel {at}: Quist." for at in range(MOST_BARE + 7)))
    found = find(kennisbank, "Xandrine Quist")
    assert sum(hit.how is How.EXACT for hit in found.hits) == 10_000
    assert sum(hit.how is How.FUZZY for hit in found.hits) == MOST_BARE
    assert found.bare_unlisted == 7


@pytest.mark.parametrize("name", ["Xandrine Quist", "X. Quist"])
def test_no_letter_of_the_name_escapes_the_hits_of_its_documents(kennisbank: Kennisbank, name: str) -> None:
    ingest(kennisbank, brief__md=LETTER)
    found = find(kennisbank, name)
    covered = {(hit.place.field, at) for hit in found.hits for at in range(hit.place.start, hit.place.end)}
    with kennisbank.ledger.reading() as tx:
        for field, text in tx.personal.fields():
            at = fold(text).find("quist")
            while at >= 0:
                assert (field, at) in covered, text[at - 20 : at + 20]
                at = fold(text).find("quist", at + 1)
