"""The window of a model: what is left out, and that it is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.answering.budget import MESSAGE_OVERHEAD_TOKENS, FittedPrompt, fit_prompt
from kb.errors import PromptTooLong
from kb.types import Turn
from tests.unit.answering.builders import numbered

PASSAGES = tuple(numbered(n, " ".join([f"Zin {n} van veertig woorden."] * 8)) for n in range(1, 6))
HISTORY = (Turn("user", "oud " * 30), Turn("assistant", "antwoord " * 30))


def words(text: str) -> int:
    return len(text.split())


def fit(window: int | None, history: tuple[Turn, ...] = (), answer: int = 50) -> FittedPrompt:
    return fit_prompt(
        "Hoeveel dagen?",
        "nl",
        PASSAGES,
        count_tokens=words,
        context_tokens=window,
        max_answer_tokens=answer,
        history=history,
        model="klein",
    )


def test_what_fits_is_left_whole() -> None:
    fitted = fit(4_000, HISTORY)

    assert fitted.passages == PASSAGES
    assert not fitted.shortened
    assert len(fitted.messages) == 4


def test_without_a_window_everything_fits() -> None:
    assert fit(None, HISTORY).passages == PASSAGES


def test_earlier_turns_go_before_passages() -> None:
    whole = fit(None)
    fitted = fit(whole.tokens + 50 + 5, HISTORY)

    assert fitted.passages == PASSAGES
    assert len(fitted.messages) == 2
    assert fitted.shortened


def test_passages_go_from_the_end() -> None:
    fitted = fit(fit(None).tokens + 50 - 1)

    assert fitted.passages == PASSAGES[:4]
    assert fitted.shortened


def test_when_no_passage_fits_the_first_keeps_its_first_sentences() -> None:
    fitted = fit(50 + fit_prompt("Hoeveel dagen?", "nl", (), count_tokens=words, context_tokens=None, max_answer_tokens=50).tokens + 20)

    (only,) = fitted.passages
    assert only.n == 1
    assert PASSAGES[0].text.startswith(only.text)
    assert only.text.endswith(".")
    assert len(only.text) < len(PASSAGES[0].text)
    assert fitted.shortened


def test_a_question_that_does_not_fit_alone_is_refused_with_numbers() -> None:
    with pytest.raises(PromptTooLong) as error:
        fit(100)

    assert error.value.params["window"] == 100
    assert error.value.params["model"] == "klein"
    assert isinstance(error.value.params["needed"], int)
    assert error.value.params["needed"] > 100


@given(st.integers(160, 700), st.integers(16, 60))
def test_what_is_sent_always_leaves_room_for_the_answer(window: int, answer: int) -> None:
    try:
        fitted = fit(window, HISTORY, answer)
    except PromptTooLong:
        return
    assert fitted.tokens + answer <= window
    assert fitted.tokens == sum(words(m.content) + MESSAGE_OVERHEAD_TOKENS for m in fitted.messages)
    assert fitted.shortened == (fitted.passages != PASSAGES or len(fitted.messages) < 4)
    assert all(a.n == b.n for a, b in zip(fitted.passages, PASSAGES, strict=False))
