"""Answers through the whole flow, without a model: rows with their headers, documents that differ, what is declined and why."""

from __future__ import annotations

import pytest

from api.bootstrap import Kennisbank
from kb.answering.asking import Asking
from kb.authorise import OWNER
from kb.types import Answer, Done, Outcome, Upload

OLD = "# Personeelshandboek 2023\n\n## Verlof\n\nEen voltijder heeft 25 vakantiedagen per kalenderjaar.\n"
NEW = "# Personeelshandboek 2026\n\n## Verlof\n\nWie voltijd werkt, heeft 27 vakantiedagen per kalenderjaar.\n"
PRICES = (
    "# Prijslijst onderdelen\n\n| Artikel | Omschrijving | 1-9 stuks | 10-99 stuks | vanaf 100 stuks |\n|---|---|---|---|---|\n"
    "| 4711-B | Remblok | € 10,00 | € 9,00 | € 8,00 |\n| 4712-A | Ketting | € 20,00 | € 18,00 | € 16,00 |\n"
)


@pytest.fixture
def kennisbank(kennisbank: Kennisbank) -> Kennisbank:
    files = {"handboek-2023.md": OLD, "handboek-2026.md": NEW, "prijzen.md": PRICES}
    report = kennisbank.operations(OWNER).ingest([Upload(name, text.encode()) for name, text in files.items()])
    assert report.ready == 3
    return kennisbank


def ask(kennisbank: Kennisbank, question: str) -> Answer:
    return next(event for event in kennisbank.operations(OWNER).ask(question) if isinstance(event, Done)).answer


@pytest.mark.parametrize(("pieces", "price"), [(5, "1-9 stuks: € 10,00"), (200, "vanaf 100 stuks: € 8,00")])
def test_a_staggered_price_is_answered_by_its_row_and_column_and_quoted_as_the_row(kennisbank: Kennisbank, pieces: int, price: str) -> None:
    answer = ask(kennisbank, f"Wat is de prijs van 4711-B bij {pieces} stuks?")

    assert [sentence.text for sentence in answer.sentences] == [f"Artikel: 4711-B · {price}"]
    assert answer.citations[0].quote == "4711-B | Remblok | € 10,00 | € 9,00 | € 8,00"


def test_a_code_that_no_document_holds_is_declined_for_that_reason(kennisbank: Kennisbank) -> None:
    answer = ask(kennisbank, "Wat is de prijs van artikel 4799-X?")

    assert answer.outcome is Outcome.NOT_IN_DOCUMENTS
    assert answer.notices == ("code_unknown",)


def test_documents_that_give_other_figures_are_set_side_by_side_the_newer_first(kennisbank: Kennisbank) -> None:
    answer = ask(kennisbank, "Hoeveel vakantiedagen heeft iemand die voltijd werkt per kalenderjaar?")

    assert [sentence.text for sentence in answer.sentences] == [
        "Wie voltijd werkt, heeft 27 vakantiedagen per kalenderjaar.",
        "Een voltijder heeft 25 vakantiedagen per kalenderjaar.",
    ]
    assert [citation.document_title for citation in answer.citations] == ["Personeelshandboek 2026", "Personeelshandboek 2023"]
    assert "passages_differ" in answer.notices


def test_of_two_years_of_one_document_the_newer_is_found_first_even_where_the_older_is_nearer(kennisbank: Kennisbank) -> None:
    answer = ask(kennisbank, "Hoeveel vakantiedagen per kalenderjaar heeft een voltijder?")

    titles = [passage.document_title for passage in answer.passages]
    assert titles.index("Personeelshandboek 2026") < titles.index("Personeelshandboek 2023")


def test_a_request_to_rank_people_is_declined_before_anything_is_searched(kennisbank: Kennisbank) -> None:
    answer = ask(kennisbank, "Wie van de sollicitanten is de beste?")

    assert (answer.outcome, answer.notices, answer.passages) == (Outcome.NOT_IN_DOCUMENTS, ("declined_high_risk",), ())
    assert answer.text == "Kennisbank beoordeelt, selecteert of rangschikt geen mensen. Dat blijft een beslissing van mensen."


def test_what_the_documents_do_not_tell_is_declined_with_a_reason(kennisbank: Kennisbank) -> None:
    answer = ask(kennisbank, "Hoeveel aandelen mag een medewerker kopen?")

    assert answer.outcome is Outcome.NOT_IN_DOCUMENTS
    assert set(answer.notices) <= {"nothing_similar", "words_missing", "low_probability"}
    assert answer.notices


def test_a_text_that_stands_in_two_documents_is_read_once_and_both_places_are_named(kennisbank: Kennisbank) -> None:
    rules = "# Kantine\n\nDe kantine is op werkdagen open van twaalf uur tot half twee, ook in de vakanties.\n"
    kennisbank.operations(OWNER).ingest([Upload("kantine.md", rules.encode()), Upload("oud/kantine.md", (rules + "\n").encode())])

    answer = ask(kennisbank, "Wanneer is de kantine open op werkdagen?")

    assert len(answer.sentences) == len(answer.citations) == 1
    assert len({passage.document_id for passage in answer.passages if passage.document_title == "Kantine"}) == 2


def test_neighbouring_passages_are_one_and_a_quote_keeps_its_own_place(kennisbank: Kennisbank) -> None:
    steps = [f"Stap {number} van de noodprocedure: controleer schakelaar {number * 7} op verdieping {number}." for number in range(1, 25)]
    kennisbank.operations(OWNER).ingest([Upload("nood.md", ("# Noodprocedure\n\n" + "\n\n".join(steps) + "\n").encode())])

    with kennisbank.ledger.reading() as tx:
        spaces = tuple(tx.spaces.all())
    found = kennisbank.asker.find(Asking("Wat controleer ik bij de noodprocedure?", spaces, (), None, "owner")).passages
    joined = next(passage for passage in found if passage.parts)
    answer = ask(kennisbank, "Welke schakelaar controleer ik bij stap 17 van de noodprocedure?")

    with kennisbank.ledger.reading() as tx:
        whole = tx.documents.text(joined.document_id)
        chunks = tx.chunks.passages([chunk_id for _, chunk_id in joined.parts])
    assert joined.text.startswith("Stap ")
    assert all(chunks[id_].text in joined.text and joined.chunk_at(chunks[id_].end - 1) == id_ for id_ in chunks)
    assert sum(section.text in joined.text for section in whole.sections) > max(
        sum(section.text in chunk.text for section in whole.sections) for chunk in chunks.values()
    )
    assert steps[16] in [citation.quote for citation in answer.citations]
