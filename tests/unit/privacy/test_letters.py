"""Letters to the person and to recipients."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import get_args

import pytest

from kb.errors import StepNotPossible
from kb.privacy.case import Case
from kb.privacy.grounds import HOLD_GROUNDS, KEEP_GROUNDS, REFUSAL_GROUNDS
from kb.privacy.letter_words import GROUNDS
from kb.privacy.letters import Letter, LetterFacts, possible, write
from kb.privacy.types import Identifier, IdentifierKind, RequestKind, RequestState, Subject
from kb.types import Language

S, K = RequestState, RequestKind
SUBJECT = Subject((Identifier(IdentifierKind.EMAIL, "x@example.org"), Identifier(IdentifierKind.NAME, "Xandrine Quist")))
FACTS = LetterFacts(
    organisation="De Linde",
    contact="de FG, fg@delinde.example",
    notes={"extend": "Het zijn er veel.", "refuse": "Er loopt een zaak.", "hold": "Zaak 12/345."},
    executed_on=date(2026, 12, 1),
    counts={"documents": 2, "redactions": 7, "answers": 0},
    kept=("17(3)(b)", "17(3)(b)"),
    backups=(("kb-2026-11-30", date(2026, 12, 30)),),
    outside=3,
    held_on=date(2026, 11, 25),
)
LANGUAGES: tuple[Language, ...] = get_args(Language)


def case(kind: RequestKind = K.ERASURE, state: RequestState = S.REPORTED, ground: str | None = None) -> Case:
    now = datetime(2026, 11, 20, 9, tzinfo=UTC)
    return Case("a" * 32, "2026-0001", kind, state, now.date(), date(2026, 12, 21), "owner", now, refusal_ground=ground)


CASES: dict[Letter, list[Case]] = {
    Letter.RECEIPT: [case(kind, S.RECEIVED) for kind in K],
    Letter.IDENTITY: [case(K.ACCESS, S.RECEIVED)],
    Letter.EXTENSION: [replace(case(state=S.REVIEWED), extended=True)],
    Letter.REFUSAL: [case(state=S.REFUSED, ground=ground) for ground in REFUSAL_GROUNDS],
    Letter.COMPLETION: [case(kind) for kind in K],
    Letter.HOLD: [replace(case(state=S.REVIEWED), hold_ground=ground) for ground in HOLD_GROUNDS],
    Letter.RECIPIENTS: [case(K.ERASURE), case(K.RECTIFICATION), case(K.RESTRICTION)],
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("letter", Letter)
def test_every_letter_can_be_written_whole_in_both_languages(letter: Letter, language: Language) -> None:
    for one in CASES[letter]:
        written = write(letter, one, SUBJECT, FACTS, language)

        assert "Xandrine Quist" in written
        assert "2026-0001" in written
        assert "De Linde" in written
        assert "fg@delinde.example" in written
        assert not set("${}") & set(written)
        assert "\n\n\n" not in written


def test_a_refusal_names_ground_reason_the_authority_and_the_court() -> None:
    written = write(Letter.REFUSAL, case(state=S.REFUSED, ground="17(3)(e)"), SUBJECT, FACTS, "nl")

    assert "artikel 17, lid 3, onder e" in written
    assert "Er loopt een zaak." in written
    assert "Autoriteit Persoonsgegevens" in written
    assert "rechtbank" in written


def test_an_extension_names_the_reason_and_the_new_day() -> None:
    written = write(Letter.EXTENSION, CASES[Letter.EXTENSION][0], SUBJECT, FACTS, "en")

    assert "Het zijn er veel." in written
    assert "21 December 2026" in written


def test_the_letter_about_identity_asks_for_no_copy() -> None:
    assert "géén kopie" in write(Letter.IDENTITY, CASES[Letter.IDENTITY][0], SUBJECT, FACTS, "nl")


def test_the_completion_tells_what_was_done_what_was_kept_and_until_when_backups_live() -> None:
    written = write(Letter.COMPLETION, case(), SUBJECT, FACTS, "nl")

    assert "2 documenten zijn in hun geheel gewist" in written
    assert "Op 7 plaatsen" in written
    assert "met hun antwoord" not in written
    assert "Op 2 plaatsen laten wij iets staan" in written
    assert written.count("onder b, AVG") == 1
    assert "kb-2026-11-30: wordt vernietigd op 30 december 2026" in written
    assert "3 plaatsen" in written
    none_left = write(Letter.COMPLETION, case(), SUBJECT, replace(FACTS, backups=(), kept=(), counts={}), "nl")
    assert "geen reservekopieën waar" in none_left
    assert "niets dat gewist moest worden" in none_left


def test_a_letter_that_is_not_due_says_which_are() -> None:
    with pytest.raises(StepNotPossible, match="receipt, identity"):
        write(Letter.COMPLETION, case(state=S.RECEIVED), SUBJECT, FACTS, "nl")


def test_no_letter_tells_recipients_of_mere_access() -> None:
    assert Letter.RECIPIENTS not in possible(case(K.ACCESS))


def test_there_are_words_for_every_ground() -> None:
    assert set(GROUNDS) >= {*REFUSAL_GROUNDS, *KEEP_GROUNDS}


def test_the_receipt_of_a_hold_names_day_ground_reason_and_that_nothing_was_touched() -> None:
    held = CASES[Letter.HOLD][0]

    written = write(Letter.HOLD, held, SUBJECT, FACTS, "nl")

    assert "Op 25 november 2026" in written
    assert "rechtsvordering" in written
    assert "Zaak 12/345." in written
    assert "nog niets voor dit verzoek gewist of gewijzigd" in written
    assert "loopt door tot en met 21 december 2026" in written
    assert Letter.HOLD not in possible(replace(held, hold_ground=None))


def test_where_the_settings_name_no_organisation_there_is_a_gap_to_fill() -> None:
    assert write(Letter.RECEIPT, CASES[Letter.RECEIPT][0], SUBJECT, replace(FACTS, organisation=""), "nl").endswith(
        "[naam van de organisatie]\n"
    )
