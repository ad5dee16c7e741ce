"""The generator without a model: sentences quoted word for word from the passages, with their numbers.

A sentence is as good as the share of the question's content words that it holds itself, together with its title and headings, and
together with the rest of its passage, rare words counting more. A question for a number, a moment or a person prefers a sentence that has
one, so that a table row answers what something costs; likeness and the rank of the passage add a little. Nothing is said when no sentence
scores enough. The weights were chosen on the questions of the sample organisation, coarsely, so as not to fit them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from kb.answering.figures import figures
from kb.answering.sentences import split_sentences
from kb.answering.words import content_words, fold, is_function_word, meets, tokens
from kb.ports import Cancellation, GenerationRequest, NumberedPassage
from kb.types import GeneratorInfo

_LEAST_SCORE = 0.45
_NEAR_THE_BEST = 0.75
_OWN_WORDS, _WITH_HEADINGS, _WITH_PASSAGE = 0.35, 0.2, 0.45
_RIGHT_KIND, _WRONG_KIND = 0.14, -0.1
_LIKENESS, _LIKE_ENOUGH_ALONE = 0.3, 0.3
_FIRST_PASSAGE = 0.07
_SHORTEST_WORDS = 2


class _Wanted(Enum):
    NUMBER = "number"
    MOMENT = "moment"
    PERSON = "person"


_ASKS_FOR = (
    (
        _Wanted.MOMENT,
        re.compile(r"\b(?:wanneer|hoe laat|welke (?:dag|dagen|datum)|tot wanneer|when|what (?:time|date|day)|which day)\b", re.I),
    ),
    (
        _Wanted.NUMBER,
        re.compile(
            r"\b(?:hoeveel|hoe (?:lang|vaak|hoog|groot|oud|ver)|hoelang|prijs|kosten|kost|tarief|bedrag|percentage|nummer|telefoonnummer"
            r"|how (?:much|many|long|often|high|far|old)|price|costs?|fee|rate|amount|number)\b",
            re.I,
        ),
    ),
    (_Wanted.PERSON, re.compile(r"\b(?:wie|bij wie|aan wie|met wie|contactpersoon|who|whom|contact person)\b", re.I)),
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    score: float
    passage: int
    start: int
    text: str


class ExtractiveGenerator:
    """Quotes at most ``most_sentences`` sentences in the order of the passages. Deterministic; safe from several threads.

    ``similarity`` (cosine of one text to each of several) helps where words do not meet, as across languages.
    """

    def __init__(self, most_sentences: int = 3, similarity: Callable[[str, Sequence[str]], list[float]] | None = None) -> None:
        self._most_sentences = most_sentences
        self._similarity = similarity

    def info(self) -> GeneratorInfo:
        """There is no model and no window."""
        return GeneratorInfo("extractive", "extractive", "local", None)

    def count_tokens(self, text: str) -> int:
        """Words: nothing is limited by them."""
        return len(text.split())

    def generate(self, request: GenerationRequest, cancellation: Cancellation) -> Iterator[str]:
        """One piece per quoted sentence. Raises nothing."""
        for index, chosen in enumerate(self._choose(request)):
            if cancellation.cancelled:
                return
            yield ("\n\n" if index else "") + f"{chosen.text} [{chosen.passage}]"

    def _choose(self, request: GenerationRequest) -> list[_Candidate]:
        candidates = sorted(self._scored(request), key=lambda one: (-one.score, one.passage, one.start))
        if not candidates:
            return []
        least = max(_LEAST_SCORE, _NEAR_THE_BEST * candidates[0].score)
        chosen: dict[str, _Candidate] = {}
        for one in candidates:
            if one.score >= least and len(chosen) < self._most_sentences:
                chosen.setdefault(" ".join(fold(one.text).split()), one)
        return sorted(chosen.values(), key=lambda one: (one.passage, one.start))

    def _scored(self, request: GenerationRequest) -> list[_Candidate]:
        sentences = [
            (passage, sentence)
            for passage in request.passages
            for sentence in split_sentences(passage.text)
            if not sentence.text.endswith("?") and len(sentence.text.split()) >= _SHORTEST_WORDS
        ]
        bodies = [frozenset(content_words(sentence.text)) for _, sentence in sentences]
        heads = {passage.n: frozenset(content_words(_context(passage))) for passage in request.passages}
        wholes = {passage.n: heads[passage.n] | frozenset(content_words(passage.text)) for passage in request.passages}
        weights = _weights(request.question, bodies)
        likeness = self._likeness(request.question, [sentence.text for _, sentence in sentences])
        wanted = next((kind for kind, pattern in _ASKS_FOR if pattern.search(request.question)), None)
        scored = []
        for (passage, sentence), body, like in zip(sentences, bodies, likeness, strict=True):
            own = _share(weights, body)
            if own == 0.0 and like < _LIKE_ENOUGH_ALONE:
                continue
            score = _OWN_WORDS * own + _WITH_HEADINGS * _share(weights, body | heads[passage.n])
            score += _WITH_PASSAGE * _share(weights, wholes[passage.n]) + _LIKENESS * like + _FIRST_PASSAGE / passage.n
            if wanted is not None:
                score += _RIGHT_KIND if _has(wanted, sentence.text) else _WRONG_KIND
            scored.append(_Candidate(score, passage.n, sentence.start, sentence.text))
        return scored

    def _likeness(self, question: str, texts: Sequence[str]) -> list[float]:
        if self._similarity is None or not texts:
            return [0.0] * len(texts)
        return [max(0.0, cosine) for cosine in self._similarity(question, texts)]


def _context(passage: NumberedPassage) -> str:
    return " ".join(part for part in (passage.title, passage.section, passage.table_header) if part)


def _weights(question: str, bodies: Sequence[frozenset[str]]) -> dict[str, float]:
    return {
        word: math.log(1 + (len(bodies) + 1) / (sum(meets(word, body) == 1.0 for body in bodies) + 0.5)) for word in content_words(question)
    }


def _share(weights: Mapping[str, float], words: frozenset[str]) -> float:
    total = sum(weights.values())
    return sum(weight * meets(word, words) for word, weight in weights.items()) / total if total else 0.0


def _has(wanted: _Wanted, text: str) -> bool:
    if wanted is _Wanted.PERSON:
        return any(word[0].isupper() and not is_function_word(word) for word in tokens(text)[1:]) or "@" in text
    kinds = {reading[0] for figure in figures(text) for reading in figure.readings}
    return bool(kinds & ({"d", "m", "t", "w"} if wanted is _Wanted.MOMENT else {"n", "p", "c", "o"}))
