"""Whether the passages hold enough to answer at all, before a model is asked.

Measuring and judging are apart: ``evidence_features`` measures, ``evidence_score`` is the rule and grows with every feature, so that
a fitted one can replace it. The rule of a question in the passages' language is three quarters words and one quarter likeness; across
languages words hardly meet, so likeness decides, helped by words that both languages share. A code of the question (``4711-B``, an
address) that no passage holds leaves too little; numbers and names that are missing make it less.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kb.answering.figures import figures, readings
from kb.answering.words import content_words, fold, is_function_word, meets, tokens
from kb.types import Passage

_BEST_PASSAGES = 3
_HEADING_WORD = 0.8
"""A word that only title or headings hold counts this much."""
_NAME_WEIGHT = 2.0
_COSINE_OF_NOTHING, _COSINE_OF_AN_ANSWER = 0.2, 0.7
_WITHOUT_CODES = 0.2
_WITHOUT_NUMBERS = 0.8


@dataclass(frozen=True, slots=True)
class EvidenceFeatures:
    """What is measured of a question and its passages, each in [0, 1].

    ``coverage``: share of the question's content words that the best passage holds, rare words counting more. ``spread``: the same
    over the three best together. ``similarity``: best cosine, scaled; None when no passage has one. ``codes`` and ``numbers``:
    share of those of the question that occur, 1 when it has none. ``same_language``: share of passages in the question's language.
    """

    coverage: float
    spread: float
    similarity: float | None
    codes: float
    numbers: float
    same_language: float


def evidence(question: str, language: str, passages: Sequence[Passage]) -> float:
    """How surely ``passages`` answer ``question``, in [0, 1]; 0 without passages."""
    return evidence_score(evidence_features(question, language, passages)) if passages else 0.0


def evidence_features(question: str, language: str, passages: Sequence[Passage]) -> EvidenceFeatures:
    """Measure; ``passages`` come best first."""
    bodies = [frozenset(content_words(f"{passage.table_header or ''} {passage.text}")) for passage in passages]
    heads = [frozenset(content_words(" ".join((passage.document_title, *passage.headings)))) for passage in passages]
    weights = _weights(question, bodies)
    total = sum(weights.values())
    held = [
        {word: max(meets(word, body), _HEADING_WORD * meets(word, head)) for word in weights}
        for body, head in zip(bodies, heads, strict=True)
    ]
    shares = [sum(weights[word] * part for word, part in one.items()) / total if total else 0.0 for one in held]
    best = sorted(range(len(shares)), key=lambda index: -shares[index])[:_BEST_PASSAGES]
    spread = sum(weights[word] * max(held[index][word] for index in best) for word in weights) / total if total and best else 0.0
    cosines = [passage.similarity for passage in passages if passage.similarity is not None]
    asked = figures(question)
    there = readings(figure for passage in passages for text in _texts(passage) for figure in figures(text))
    codes = [figure for figure in asked if any(reading.startswith("c:") for reading in figure.readings)]
    numbers = [figure for figure in asked if figure not in codes]
    return EvidenceFeatures(
        coverage=max(shares, default=0.0),
        spread=spread,
        similarity=_scaled(max(cosines)) if cosines else None,
        codes=_share([bool(figure.readings & there) for figure in codes]),
        numbers=_share([bool(figure.readings & there) for figure in numbers]),
        same_language=_share([passage.language == language for passage in passages]),
    )


def evidence_score(features: EvidenceFeatures) -> float:
    """The rule: in [0, 1], and never lower for a higher feature (``same_language`` apart, which chooses the rule)."""
    words = 0.8 * features.coverage + 0.2 * features.spread
    if features.similarity is None:
        score = words
    elif features.same_language > 0:
        score = 0.75 * words + 0.25 * features.similarity
    else:
        score = max(features.similarity, 0.5 * words + 0.5 * features.similarity)
    score *= _WITHOUT_NUMBERS + (1 - _WITHOUT_NUMBERS) * features.numbers
    return score if features.codes >= 1.0 else min(score, _WITHOUT_CODES * (1 + features.codes))


def _weights(question: str, bodies: Sequence[frozenset[str]]) -> dict[str, float]:
    """A word counts by how rare it is among the passages; one that is in none counts most, a name double."""
    names = _named(question)
    weights = {}
    for word in content_words(question):
        found = sum(meets(word, body) == 1.0 for body in bodies)
        rarity = math.log(1 + (len(bodies) + 1) / (found + 0.5))
        weights[word] = rarity * (_NAME_WEIGHT if word in names else 1.0)
    return weights


def _named(question: str) -> frozenset[str]:
    words = [word for word in tokens(question)[1:] if word[0].isupper() and not is_function_word(word)]
    return frozenset(stemmed for word in words for stemmed in content_words(fold(word)))


def _texts(passage: Passage) -> tuple[str, ...]:
    return (passage.text, passage.document_title, *passage.headings, passage.table_header or "")


def _scaled(cosine: float) -> float:
    return min(1.0, max(0.0, (cosine - _COSINE_OF_NOTHING) / (_COSINE_OF_AN_ANSWER - _COSINE_OF_NOTHING)))


def _share(found: Sequence[bool]) -> float:
    return sum(found) / len(found) if found else 1.0
