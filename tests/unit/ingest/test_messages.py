"""Every reason why a file could not be read has one helpful sentence in both languages."""

from __future__ import annotations

import string

import pytest

from ingest.messages import FAILURES, WARNINGS, sentence

PARAMS = {"type": "odt", "expected": "docx", "size": 9, "limit": 5, "seconds": 60, "pages": 9000, "labels": "bsn"}


@pytest.mark.parametrize("code", [*FAILURES, *WARNINGS])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_code_has_a_whole_sentence_in_each_language(code: str, language: str) -> None:
    text = sentence(code, language, **PARAMS)
    assert text.endswith(".")
    assert "{" not in text
    assert "?" not in text


@pytest.mark.parametrize("code", [*FAILURES, *WARNINGS])
def test_both_languages_name_the_same_things(code: str) -> None:
    dutch, english = (FAILURES | WARNINGS)[code]
    assert dutch != english
    assert {name for _, name, _, _ in string.Formatter().parse(dutch)} == {name for _, name, _, _ in string.Formatter().parse(english)}


def test_a_missing_parameter_or_an_unknown_code_still_gives_a_sentence() -> None:
    assert "(?)" in sentence("unsupported_type", "nl")
    assert sentence("no_such_code", "en") == sentence("parser_crashed", "en")
