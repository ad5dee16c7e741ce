"""Whether the passages answer a question, before anything is written: a calibrated probability, and the reason where it is low.

Measuring and judging are apart. ``measure`` gives the features; a logistic regression (``Calibration``) turns them into a probability that
the passages answer; the owner's ``helpfulness`` sets how probable it must be. Two rules stand above the regression: without a passage
there is nothing, and a code of the question (``4711-B``, an address) that no passage holds is not made up for by anything else.

The coefficients that ship were fitted by ``kb eval calibrate`` on several question sets; an owner's own take their place. Cosines mean
something else for every model, so that there are two regressions: one with cosines of the model that was calibrated with, and one that
looks at words alone and serves where another model is set or no passage has a cosine.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from kb.answering.figures import figures, readings
from kb.answering.logistic import Logistic
from kb.answering.question_kind import Kind
from kb.answering.reading import FEATURES as SENTENCE_FEATURES
from kb.answering.reading import Reading, ReadPassage, codes
from kb.answering.shipped_calibration import SHIPPED
from kb.answering.slips import one_slip_apart
from kb.answering.words import content_words
from kb.logs import get_logger
from kb.types import Language, Passage

log = get_logger(__name__)

CALIBRATION_FILE = "calibration.json"
"""The owner's own, in the data directory. It holds coefficients and no text."""

CODE_UNKNOWN = "code_unknown"
NOTHING_SIMILAR = "nothing_similar"
WORDS_MISSING = "words_missing"
LOW_PROBABILITY = "low_probability"
REASONS = (CODE_UNKNOWN, NOTHING_SIMILAR, WORDS_MISSING, LOW_PROBABILITY)
"""Why nothing was answered, as notices of the answer: a code that is nowhere, nothing like the question, words of it that are nowhere,
passages about the same things that do not seem to answer."""

Helpfulness = Literal["silent", "balanced", "helpful"]
HELPFULNESS: tuple[Helpfulness, ...] = ("silent", "balanced", "helpful")
"""What an owner may ask for: the first is shown least."""

WORD_FEATURES = ("dutch", "foreign", "nearby", "numbers")
"""``dutch``: the question is; ``foreign``: none of the first passages is in its language. ``nearby``: the share of the question that
the best sentence holds, with what stands above and beside it. ``numbers``: share of the question's numbers that occur."""

LIKENESS_FEATURES = (*WORD_FEATURES, "likeness_nl", "likeness_en", "likeness_across")
"""``likeness``: the highest cosine less 0.5, of a Dutch question, of an English one, and of one whose first passages are in the other
language: a model that speaks one language well gives the other higher or lower ones."""

_COSINE_IN_THE_MIDDLE = 0.5
_FIRST_PASSAGES = 3
_UNLIKE = 0.35
"""A question of which every passage holds less than this, with no cosine above the middle: nothing similar was found."""
_MUCH_MISSING = 0.25
"""One word with this share of the question's weight that no passage holds."""
_CODE_MISSING = 0.1
_COUNTED_MISSING = 0.6
_COUNTED = re.compile(r"\b(?:hoeveel|how many)\s+([^\W\d_]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was fitted: how good a sentence is, and how probable an answer.

    ``embedding`` names the model whose cosines ``with_likeness`` knows; ``thresholds`` are by language the probabilities below which an
    owner who wants ``silent``, ``balanced`` or ``helpful`` shows nothing.
    """

    sentence: Logistic
    words_only: Logistic
    with_likeness: Logistic
    embedding: str
    thresholds: Mapping[str, tuple[float, float, float]]

    def threshold(self, helpfulness: Helpfulness, language: Language) -> float:
        """The probability below which a question in ``language`` is not answered."""
        return self.thresholds[language][HELPFULNESS.index(helpfulness)]

    def to_json(self) -> dict[str, object]:
        """As plain values, for a file."""
        return {
            "sentence": self.sentence.to_json(),
            "words_only": self.words_only.to_json(),
            "with_likeness": self.with_likeness.to_json(),
            "embedding": self.embedding,
            "thresholds": {language: list(three) for language, three in self.thresholds.items()},
        }

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> Calibration:
        """From what ``to_json`` gave. Raises ValueError for anything else, and where features have changed since."""
        try:
            thresholds = {}
            for language in ("nl", "en"):
                silent, balanced, helpful = (float(one) for one in value["thresholds"][language])  # type: ignore[index]
                thresholds[language] = (silent, balanced, helpful)
            return cls(
                Logistic.from_json(value["sentence"], SENTENCE_FEATURES),  # type: ignore[arg-type]
                Logistic.from_json(value["words_only"], WORD_FEATURES),  # type: ignore[arg-type]
                Logistic.from_json(value["with_likeness"], LIKENESS_FEATURES),  # type: ignore[arg-type]
                str(value["embedding"]),
                thresholds,
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("no calibration") from error


def shipped_calibration() -> Calibration:
    """The one that comes with Kennisbank."""
    return Calibration.from_json(SHIPPED)


def calibration_of(data_dir: Path) -> Calibration:
    """The owner's own in ``data_dir``, where there is one that fits this version, else the one that ships."""
    file = data_dir / CALIBRATION_FILE
    if not file.is_file():
        return shipped_calibration()
    try:
        return Calibration.from_json(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        log.warning("calibration_unfit", error=type(error).__name__)
        return shipped_calibration()


@dataclass(frozen=True, slots=True)
class Evidence:
    """``probability`` that the passages answer, and the ``reason`` to give where that is too little."""

    probability: float
    reason: str
    features: Mapping[str, float] = field(default_factory=dict)


def read_passages(question: str, passages: Sequence[Passage]) -> Reading:
    """``question`` read against ``passages``."""
    return Reading(
        question, [ReadPassage(p.document_title, " › ".join(p.headings), p.text, p.table_header or "", p.language) for p in passages]
    )


def evidence(
    question: str,
    language: str,
    passages: Sequence[Passage],
    calibration: Calibration,
    embedding: str = "",
    reading: Reading | None = None,
) -> Evidence:
    """How surely ``passages``, best first, answer ``question``; ``embedding`` names the model that gave them their cosines."""
    reading = reading or read_passages(question, passages)
    if not passages or not reading.sentences:
        return Evidence(0.0, NOTHING_SIMILAR)
    features = measure(question, language, passages, reading)
    cosines = [passage.similarity for passage in passages if passage.similarity is not None]
    known = bool(cosines) and embedding == calibration.embedding
    model = calibration.with_likeness if known else calibration.words_only
    probability = model.probability([features[name] for name in model.names])
    if not codes_known(question, passages):
        return Evidence(min(probability, _CODE_MISSING), CODE_UNKNOWN, features)
    if _counted_is_nowhere(question, reading):
        return Evidence(probability * _COUNTED_MISSING, WORDS_MISSING, features)
    return Evidence(probability, _reason(reading, cosines if known else ()), features)


def measure(question: str, language: str, passages: Sequence[Passage], reading: Reading) -> dict[str, float]:
    """The features by name."""
    cosines = [passage.similarity for passage in passages if passage.similarity is not None]
    likeness = max(cosines) - _COSINE_IN_THE_MIDDLE if cosines else 0.0
    dutch = language == "nl"
    foreign = not any(passage.language == language for passage in passages[:_FIRST_PASSAGES])
    asked_numbers = [figure for figure in figures(question) if not _is_code(figure.readings)]
    there = _readings_of(passages) if asked_numbers else frozenset()
    return {
        "dutch": float(dutch),
        "foreign": float(foreign),
        "nearby": max((sentence.value("with_neighbours") for sentence in reading.sentences), default=0.0),
        "numbers": _share([bool(figure.readings & there) for figure in asked_numbers]),
        "likeness_nl": likeness if dutch and not foreign else 0.0,
        "likeness_en": likeness if not dutch and not foreign else 0.0,
        "likeness_across": likeness if foreign else 0.0,
    }


def _reason(reading: Reading, cosines: Sequence[float]) -> str:
    covered = max((reading.share(held) for held in reading.held), default=0.0)
    if covered < _UNLIKE and max(cosines, default=0.0) < _COSINE_IN_THE_MIDDLE:
        return NOTHING_SIMILAR
    return WORDS_MISSING if max(_nowhere(reading).values(), default=0.0) >= _MUCH_MISSING else LOW_PROBABILITY


def _counted_is_nowhere(question: str, reading: Reading) -> bool:
    """“Hoeveel aandelen …?” over passages without a word about “aandelen”. What ends like an adjective is not the thing that is counted."""
    counted = _COUNTED.findall(question)
    if not counted or reading.asked.kind is not Kind.NUMBER or counted[-1].lower().endswith(("e", "er")):
        return False
    nowhere = _nowhere(reading)
    return any(nowhere.get(word, 0.0) > 0.0 and max(held[word] for held in reading.held) == 0.0 for word in content_words(counted[-1]))


def _nowhere(reading: Reading) -> dict[str, float]:
    """For each word of the question its share that no passage holds."""
    total = sum(reading.weights.values()) or 1.0
    return {word: weight / total * (1 - max(held[word] for held in reading.held)) for word, weight in reading.weights.items()}


def codes_known(question: str, passages: Sequence[Passage]) -> bool:
    """Whether every code of ``question`` stands in some passage, as it is or with one slip of the finger."""
    wanted = codes(question)
    if not wanted:
        return True
    there = {reading[2:] for reading in _readings_of(passages) if reading.startswith("c:")}
    return all(code in there or any(one_slip_apart(code, other) for other in there) for code in wanted)


def _is_code(found: frozenset[str]) -> bool:
    return any(reading.startswith("c:") for reading in found)


def _readings_of(passages: Sequence[Passage]) -> frozenset[str]:
    texts = (text for p in passages for text in (p.text, p.document_title, *p.headings, p.table_header or ""))
    return readings(figure for text in texts for figure in figures(text))


def _share(found: Sequence[bool]) -> float:
    return sum(found) / len(found) if found else 1.0
