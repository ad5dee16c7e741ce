"""Fitting a prompt into a model's window, visibly.

A model server cuts what does not fit without a word, and often the instructions first. So nothing is sent that does not fit:
earlier turns go first, oldest before newer, then passages from the end, and whoever reads the answer is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kb.answering.prompts import build_messages
from kb.answering.sentences import split_sentences
from kb.errors import PromptTooLong
from kb.ports import Message, NumberedPassage
from kb.types import Language, Turn

MESSAGE_OVERHEAD_TOKENS = 8
"""What a chat template writes around one message, at most."""

CONTEXT_SHORTENED = "context_shortened"
"""The notice of an answer whose prompt was shortened."""


@dataclass(frozen=True, slots=True)
class FittedPrompt:
    """A prompt that fits. ``passages`` are those that stand in ``messages``; ``tokens`` counts the messages alone."""

    messages: tuple[Message, ...]
    passages: tuple[NumberedPassage, ...]
    tokens: int
    shortened: bool


def fit_prompt(
    question: str,
    language: Language,
    passages: Sequence[NumberedPassage],
    *,
    count_tokens: Callable[[str], int],
    context_tokens: int | None,
    max_answer_tokens: int,
    history: Sequence[Turn] = (),
    system_prompt: str | None = None,
    model: str = "",
) -> FittedPrompt:
    """The longest prompt that leaves ``max_answer_tokens`` of the window free. ``context_tokens`` None: no window to fit.

    When not even the first passage fits whole, its first sentences stay. Raises PromptTooLong when nothing but the question
    and the instructions is left and still too long.
    """

    def attempt(turns: Sequence[Turn], kept: Sequence[NumberedPassage]) -> FittedPrompt:
        messages = build_messages(question, language, kept, turns, system_prompt)
        tokens = sum(count_tokens(message.content) + MESSAGE_OVERHEAD_TOKENS for message in messages)
        shortened = len(turns) < len(history) or tuple(kept) != tuple(passages)
        return FittedPrompt(messages, tuple(kept), tokens, shortened)

    if context_tokens is None:
        return attempt(history, passages)
    room = context_tokens - max_answer_tokens
    for dropped in range(len(history) + 1):
        fitted = attempt(history[dropped:], passages)
        if fitted.tokens <= room:
            return fitted
    for count in range(len(passages) - 1, 0, -1):
        fitted = attempt((), passages[:count])
        if fitted.tokens <= room:
            return fitted
    for shorter in _shorter_versions(passages[0]) if passages else ():
        fitted = attempt((), (shorter,))
        if fitted.tokens <= room:
            return fitted
    bare = attempt((), ())
    if bare.tokens > room:
        raise PromptTooLong(needed=bare.tokens + max_answer_tokens, model=model, window=context_tokens)
    return bare


def _shorter_versions(passage: NumberedPassage) -> list[NumberedPassage]:
    sentences = split_sentences(passage.text)
    return [replace(passage, text=passage.text[: sentence.end]) for sentence in reversed(sentences[:-1])]
