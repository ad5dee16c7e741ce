"""The generator without a model: the sentences that answer, quoted word for word from the passages, with their numbers.

How probable it is that a sentence belongs to the answer comes from what ``kb.answering.reading`` measures of it. One that holds the number,
date, person or place that was asked for is the whole answer unless another is about as good; an open question is answered by a few that
stand out. Nothing is added to fill up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from kb.answering.evidence import shipped_calibration
from kb.answering.logistic import Logistic
from kb.answering.question_kind import Kind
from kb.answering.reading import Reading, ReadPassage, ReadSentence
from kb.answering.words import content_words, fold
from kb.ports import Cancellation, GenerationRequest
from kb.types import GeneratorInfo

_FIGURES = frozenset({Kind.MONEY, Kind.DURATION, Kind.SIZE, Kind.NUMBER, Kind.CONTACT})
_HARDLY_MET = 0.05
_ALIKE = 0.3
_MOST_COMPARED = 12
_LEAST = 0.12
"""A sentence of less probability is not shown, even as the best."""
_NEAR_THE_BEST = {kind: 0.8 if kind in _FIGURES else 0.55 if kind.exact else 0.35 for kind in Kind}
"""How near a further sentence must come: a figure is said once, a person or a place needs a word more, an open question a few."""
_MOST_FIGURES = 2
_SAYS_LITTLE_NEW = 0.25
"""A further sentence must bring this share of words that no chosen one has."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    probability: float
    sentence: ReadSentence


class ExtractiveGenerator:
    """Quotes at most ``most_sentences`` sentences in the order of the passages. Deterministic; safe from several threads.

    ``similarity`` (cosine of one text to each of several) chooses where no word of the question is met, and helps to choose across
    languages; a few sentences are compared, so that it stays quick. ``sentence_model`` (None: the one that ships) tells how probable it
    is that a sentence belongs to the answer.
    """

    def __init__(
        self,
        most_sentences: int = 3,
        similarity: Callable[[str, Sequence[str]], list[float]] | None = None,
        sentence_model: Logistic | None = None,
    ) -> None:
        self._most_sentences = most_sentences
        self._similarity = similarity
        self._model = sentence_model or shipped_calibration().sentence

    def info(self) -> GeneratorInfo:
        """There is no model and no window."""
        return GeneratorInfo("extractive", "extractive", "local", None)

    def count_tokens(self, text: str) -> int:
        """Words: nothing is limited by them."""
        return len(text.split())

    def generate(self, request: GenerationRequest, cancellation: Cancellation) -> Iterator[str]:
        """One piece per quoted sentence. Raises nothing."""
        passages = [
            ReadPassage(passage.title, passage.section or "", passage.text, passage.table_header or "", passage.language)
            for passage in request.passages
        ]
        for index, chosen in enumerate(self._choose(Reading(request.question, passages))):
            if cancellation.cancelled:
                return
            yield ("\n\n" if index else "") + f"{chosen.text} [{request.passages[chosen.passage].n}]"

    def _choose(self, reading: Reading) -> list[ReadSentence]:
        candidates = [
            _Candidate(self._model.probability(sentence.features), sentence)
            for sentence in reading.sentences
            if sentence.value("with_heads") > 0.0
        ]
        if reading.across or not any(one.sentence.value("own") > _HARDLY_MET for one in candidates):
            candidates = self._alike(reading) or candidates
        if reading.turns_on_a_number:
            candidates = [one for one in candidates if one.sentence.value("rarest") == 1.0] or candidates
        candidates.sort(key=lambda one: (-one.probability, one.sentence.passage, one.sentence.start))
        if not candidates or candidates[0].probability < _LEAST:
            return []
        kind = reading.asked.kind
        most = min(self._most_sentences, _MOST_FIGURES) if kind in _FIGURES else self._most_sentences
        least = candidates[0].probability * _NEAR_THE_BEST[kind]
        chosen: list[ReadSentence] = []
        for one in candidates:
            if len(chosen) == most or one.probability < least:
                break
            if not chosen or _brings_something(one.sentence, chosen):
                chosen.append(one.sentence)
        return sorted(chosen, key=lambda one: (one.passage, one.start))

    def _alike(self, reading: Reading) -> list[_Candidate]:
        """The sentences of the first passages that are like the question, where words do not meet or meet as renderings alone."""
        first = [sentence for sentence in reading.sentences if sentence.value("short") == 0.0][:_MOST_COMPARED]
        if self._similarity is None or not first:
            return []
        cosines = self._similarity(reading.question, [sentence.text for sentence in first])
        return [
            _Candidate((cosine + self._model.probability(sentence.features)) / 2 if reading.across else cosine, sentence)
            for cosine, sentence in zip(cosines, first, strict=True)
            if cosine >= _ALIKE
        ]


def _brings_something(sentence: ReadSentence, chosen: Sequence[ReadSentence]) -> bool:
    said = frozenset(word for one in chosen for word in content_words(one.text))
    words = frozenset(content_words(sentence.text))
    again = any(" ".join(fold(one.text).split()) == " ".join(fold(sentence.text).split()) for one in chosen)
    return not again and bool(words) and len(words - said) >= _SAYS_LITTLE_NEW * len(words)
