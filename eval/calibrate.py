"""Fitting how probable an answer is: from questions whose answers are known to the coefficients of ``kb.answering.evidence``.

Two logistic regressions with an L2 penalty, on standardised features: which sentences belong to an answer, and whether the passages
answer at all. A set without unanswerable questions gets some by taking the passages that answer away: what is left is near the question
and does not answer it. Each set counts the same, and in it answered and unanswered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from eval.metrics import abstention, fold, share
from kb.answering.evidence import LIKENESS_FEATURES, WORD_FEATURES, Calibration, codes_known, measure, read_passages
from kb.answering.logistic import Logistic
from kb.answering.reading import FEATURES, Reading
from kb.answering.words import content_words
from kb.types import Language, Passage

Numbers = NDArray[np.float64]

_L2 = 3.0
_STEPS = 60
_IN_GOLD = 0.6
"""A sentence belongs to the answer when this share of its content words stands in a gold answer."""
_FEWEST_SHARED = 3
_FEWEST_LEFT = 4
"""Taking the answering passages away leaves at least so many."""
_FEWEST_UNANSWERED = 10
_FLAT = 0.01
"""Balanced accuracies this near one another are alike: the place of the peak itself is chance."""
_STEP_ASIDE = 0.12
"""How far “silent” and “helpful” lie from the balanced threshold."""
_LANGUAGES: tuple[Language, ...] = ("nl", "en")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it came out of retrieval. ``relevant`` has a place per passage: whether it answers; none does: unanswered.

    ``answerable``: whether the set answers it, found or not. ``quotes``: where the answer stands word for word, if the set tells.
    """

    text: str
    language: Language
    passages: tuple[Passage, ...]
    relevant: tuple[bool, ...]
    answerable: bool
    answers: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Measured:
    """A question of a set with what was measured. ``natural``: as it was asked, no passage taken away."""

    features: Mapping[str, float]
    answered: bool
    answerable: bool
    natural: bool
    known_codes: bool
    language: Language


@dataclass(frozen=True, slots=True)
class SetResult:
    """How a calibration does on a set that it has not seen."""

    name: str
    questions: int
    unanswerable: int
    answered: float | None
    silent: float | None
    balanced_accuracy: float | None
    area_under_curve: float | None


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Questions of about the same probability: the mean said, and the share that was answered."""

    questions: int
    said: float
    seen: float


def fit_calibration(sets: Mapping[str, Sequence[Asked]], embedding: str, sentence: Logistic | None = None) -> Calibration:
    """Fit on all of ``sets``. ``sentence``: keep this model of sentences instead of fitting one.

    Raises ValueError without an answered and an unanswered question.
    """
    return _fit({name: _measure_all(asked) for name, asked in sets.items()}, embedding, sentence or fit_sentences(sets))


def leave_one_out(sets: Mapping[str, Sequence[Asked]], embedding: str) -> list[SetResult]:
    """Each set judged by what was fitted on the others, at the balanced threshold. Needs two sets."""
    measured = {name: _measure_all(asked) for name, asked in sets.items()}
    results = []
    for name, rows in measured.items():
        others = {other: one for other, one in measured.items() if other != name}
        results.append(_result(name, rows, _fit(others, embedding, fit_sentences({n: sets[n] for n in others}))))
    return results


def judge(name: str, asked: Sequence[Asked], calibration: Calibration) -> SetResult:
    """How ``calibration`` does on a set."""
    return _result(name, _measure_all(asked), calibration)


def reliability(asked: Sequence[Asked], calibration: Calibration, bins: int = 5) -> list[ReliabilityBin]:
    """Questions in ``bins`` of equal width by probability; empty ones are left out."""
    rows = [row for row in _measure_all(asked) if row.natural]
    said = np.array([_probability(row, calibration) for row in rows])
    seen = np.array([row.answered for row in rows], dtype=float)
    found = []
    for place in range(bins):
        inside = (said >= place / bins) & ((said < (place + 1) / bins) | (place == bins - 1))
        if inside.any():
            found.append(ReliabilityBin(int(inside.sum()), float(said[inside].mean()), float(seen[inside].mean())))
    return found


def fit_sentences(sets: Mapping[str, Sequence[Asked]]) -> Logistic:
    """Which sentences belong to an answer; questions weigh the same, however many sentences were read."""
    blocks, labels, weights = [], [], []
    for asked in sets.values():
        found = [one for one in map(_labelled, asked) if one is not None]
        for values, label in found:
            blocks.append(values)
            labels.append(label)
            weights.append(np.full(len(label), 200 / len(found) / len(label)))
    if not blocks:
        raise ValueError("no question with a gold answer")
    return _logistic(FEATURES, np.vstack(blocks), np.concatenate(labels), np.concatenate(weights), 1.0)


def _labelled(asked: Asked) -> tuple[Numbers, Numbers] | None:
    reading = read_passages(asked.text, asked.passages)
    labels = np.array([float(_belongs(asked, sentence.passage, sentence.text)) for sentence in reading.sentences])
    if not labels.any() or labels.mean() > 0.5:  # a set whose gold answers are whole passages says nothing of sentences
        return None
    return np.array([sentence.features for sentence in reading.sentences]), labels


def _belongs(asked: Asked, passage: int, sentence: str) -> bool:
    if not asked.relevant[passage]:
        return False
    if asked.quotes:
        text = fold(sentence)
        return any(fold(quote) in text or (len(text.split()) >= _FEWEST_SHARED and text in fold(quote)) for quote in asked.quotes)
    words = frozenset(content_words(sentence))
    golds = [frozenset(content_words(answer)) for answer in asked.answers]
    return any(words and len(words & gold) >= max(_IN_GOLD * len(words), min(_FEWEST_SHARED, len(gold))) for gold in golds)


def _measure_all(asked: Sequence[Asked]) -> list[_Measured]:
    return [row for one in asked for row in _measure(one)]


def _measure(asked: Asked) -> Iterator[_Measured]:
    def row(passages: Sequence[Passage], *, answered: bool, answerable: bool, natural: bool) -> Iterator[_Measured]:
        reading: Reading = read_passages(asked.text, passages)
        if passages and reading.sentences:
            features = measure(asked.text, asked.language, passages, reading)
            yield _Measured(features, answered, answerable, natural, codes_known(asked.text, passages), asked.language)

    found = any(asked.relevant)
    yield from row(asked.passages, answered=found, answerable=asked.answerable, natural=True)
    rest = [passage for passage, relevant in zip(asked.passages, asked.relevant, strict=True) if not relevant]
    if found and len(rest) >= _FEWEST_LEFT:
        yield from row(rest, answered=False, answerable=False, natural=False)


def _fit(sets: Mapping[str, Sequence[_Measured]], embedding: str, sentence: Logistic) -> Calibration:
    rows = [row for one in sets.values() for row in one]
    labels = np.array([row.answered for row in rows], dtype=float)
    if not 0 < labels.sum() < len(labels):
        raise ValueError("needs answered and unanswered questions")
    weights = np.concatenate([_class_weights(one) for one in sets.values()])

    def model(names: tuple[str, ...]) -> Logistic:
        return _logistic(names, np.array([[row.features[name] for name in names] for row in rows]), labels, weights, _L2)

    unset: dict[str, tuple[float, float, float]] = dict.fromkeys(_LANGUAGES, (0.5, 0.5, 0.5))
    fitted = Calibration(sentence, model(WORD_FEATURES), model(LIKENESS_FEATURES), embedding, unset)
    return replace(fitted, thresholds={language: _thresholds(sets, fitted, language) for language in _LANGUAGES})


def _thresholds(sets: Mapping[str, Sequence[_Measured]], fitted: Calibration, language: Language) -> tuple[float, float, float]:
    """The balanced one is the middle of those that are within a point of the best balanced accuracy, in the mean over the sets that ask
    in ``language``; one half where none can tell."""
    steps = np.linspace(0.2, 0.8, 61)
    curves = []
    for rows in sets.values():
        here = [row for row in rows if row.language == language]
        asked_so = [row for row in here if row.natural]
        judged = asked_so if sum(not row.answered for row in asked_so) >= _FEWEST_UNANSWERED else here
        said = np.array([_probability(row, fitted) for row in judged])
        held = np.array([row.answered for row in judged], dtype=bool)
        if held.any() and not held.all():
            spoke = said[None, :] >= steps[:, None]
            curves.append((spoke[:, held].mean(axis=1) + (~spoke[:, ~held]).mean(axis=1)) / 2)
    balanced = 0.5
    if curves:
        mean = np.mean(curves, axis=0)
        balanced = round(float(np.median(steps[mean >= mean.max() - _FLAT])), 2)
    return round(balanced + _STEP_ASIDE, 2), balanced, round(balanced - _STEP_ASIDE, 2)


def _class_weights(rows: Sequence[_Measured]) -> Numbers:
    """100 for the answered together, 100 for the unanswered: those asked so, or where they are few those made so."""
    answered = np.array([row.answered for row in rows])
    asked_so = np.array([not row.answered and row.natural for row in rows])
    made_so = np.array([not row.natural for row in rows])
    weights = np.zeros(len(rows))
    for members in (answered, asked_so if asked_so.sum() >= _FEWEST_UNANSWERED else made_so):
        if members.any():
            weights[members] = 100 / members.sum()
    return weights


def _logistic(names: tuple[str, ...], values: Numbers, labels: Numbers, weights: Numbers, l2: float) -> Logistic:
    """Newton's method; a feature that never varies gets weight 0. The penalty is on standardised weights, not on the intercept."""
    mean = np.average(values, axis=0, weights=weights)
    deviation = np.sqrt(np.average((values - mean) ** 2, axis=0, weights=weights))
    varies = deviation > 1e-9
    scaled = np.where(varies, (values - mean) / np.where(varies, deviation, 1.0), 0.0)
    design = np.c_[np.ones(len(scaled)), scaled]
    penalty = np.eye(design.shape[1]) * l2
    penalty[0, 0] = 1e-9
    solution = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        said = 1 / (1 + np.exp(-np.clip(design @ solution, -30, 30)))
        slope = design.T @ (weights * (said - labels)) + penalty @ solution
        curve = (design.T * (weights * said * (1 - said))) @ design + penalty
        step = np.linalg.solve(curve, slope)
        solution -= step
        if np.abs(step).max() < 1e-8:
            break
    raw = np.where(varies, solution[1:] / np.where(varies, deviation, 1.0), 0.0)
    intercept = float(solution[0] - raw @ mean)
    return Logistic(names, tuple(round(float(weight), 4) for weight in raw), round(intercept, 4))


def _probability(row: _Measured, calibration: Calibration) -> float:
    model = calibration.with_likeness
    probability = model.probability([row.features[name] for name in model.names])
    return probability if row.known_codes else min(probability, 0.1)


def _result(name: str, rows: Sequence[_Measured], calibration: Calibration) -> SetResult:
    asked_so = [row for row in rows if row.natural]
    # A set without an unanswerable question is judged by those that were made so.
    judged = asked_so if any(not row.answerable for row in asked_so) else list(rows)
    said = np.array([_probability(row, calibration) for row in judged])
    can = np.array([row.answerable for row in judged])
    spoke = said >= np.array([calibration.threshold("balanced", row.language) for row in judged])
    figures = abstention(list(spoke), list(can))
    return SetResult(
        name, len(judged), int((~can).sum()), share(float(spoke[can].sum()), int(can.sum())), figures.recall, figures.balanced_accuracy,
        _area(said, can),
    )  # fmt: skip


def _area(said: Numbers, can: NDArray[np.bool_]) -> float | None:
    """Of an answerable and an unanswerable question, how often the first has the higher probability."""
    yes, no = said[can], said[~can]
    if not len(yes) or not len(no):
        return None
    return float(((yes[:, None] > no[None, :]) + 0.5 * (yes[:, None] == no[None, :])).mean())
