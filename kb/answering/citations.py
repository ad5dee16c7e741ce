"""Which passage proves a sentence, word for word where, and how well: the checker that stands between a model and a reader.

The checker chooses the quote; a number that the model wrote only breaks a tie. Four rules are hard, so that no likeness makes up
for them: every figure of the sentence stands in the quote, its title, headings or table header; every name stands in the cited
passage or those; sentence and quote deny the same things; and they point the same way (before or after, at least or at most). Past
them, support is the share of the sentence's content words that the quote holds, its title and headings included. Where a
``similarity`` is given it may lift a paraphrase. And where another quote holds clearly more of the sentence's words but contradicts
it, the sentence is not proven.

An English sentence over a Dutch passage shares few words with it: then figures, names and similarity decide, negation is still
compared, and without a similarity such a sentence has hardly any support.

A sentence of two or three clauses may need as many quotes: each clause must then be proven by its own, and be about the same thing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from kb.answering.citation_markers import marked_numbers, without_markers
from kb.answering.directions import points_otherwise
from kb.answering.figures import Figure, figures, readings
from kb.answering.sentences import split_sentences
from kb.answering.words import content_words, count_negations, fold, is_function_word, meets, stem, tokens, word_set
from kb.types import Passage

Similarity: TypeAlias = Callable[[str, Sequence[str]], list[float]]
"""Cosine of one text to each of several, in [-1, 1]."""

MOST_QUOTES = 3
MOST_SENTENCES_PER_QUOTE = 3

NO_PASSAGES = "no_passages"
FIGURE_MISSING = "figure_missing"
NAME_MISSING = "name_missing"
NEGATION_DIFFERS = "negation_differs"
DIRECTION_DIFFERS = "direction_differs"
LOW_COVERAGE = "low_coverage"
LANGUAGE_DIFFERS = "language_differs"

_COVERED = 0.6
"""Below this share of content words LOW_COVERAGE is among the reasons."""
_PROVEN_BY_WORDS = 0.8
"""From here on no model is asked for likeness: most sentences that are right get there, and the model is slow."""
_SAYS_THE_SAME = 0.8
"""From here on a sentence is about the same as the claim."""
_CLEARLY_NEARER = 0.2
"""A contradicting quote that covers this much more than the best agreeing one wins."""
_CARRIERS = frozenset(map(stem, word_set("kost kosten bedraagt bedragen betreft betaalt ontvangt cost costs amounts receives pays")))
_CARRIER_WEIGHT = 0.25
"""Verbs between a thing and its figure; a table row does without them."""
_FIRST_WORD_WEIGHT = 2.0
"""The first word is often what the sentence is about, and its capital hides whether it is a name."""
_WORTH_A_SENTENCE = 0.05
"""A longer quote must bring this much more support."""
_COSINE_OF_NOTHING, _COSINE_OF_PROOF = 0.35, 0.85
_LEADING_ANSWER = re.compile(r"\A\s*(?:ja|nee|neen|jazeker|zeker|klopt|yes|no|correct)[.,!:]\s*", re.IGNORECASE)
_LIST_MARK = re.compile(r"\A\s*(?:[-•*▪◦–—]|\(?\d{1,2}[.)])\s+")
_CLAUSE = re.compile(
    r"\s*[;:()]\s*|,\s+|\s+[–—]\s+|\s*\|\s*|[.!?]\s+|\s+(?=(?:maar|but|tenzij|unless|terwijl|while|hoewel|although|behalve|except)\s)"
)
_PART = re.compile(r",?\s+(?:en|and|maar|but|terwijl|while|waarna|whereas)\s+|\s*;\s*|,\s+|[.!?]\s+")
_NOT_NAMES = word_set("u ik i uw dutch english nederlands nederlandse engels engelse nederland netherlands")


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote: ``text`` is the version's text from ``start`` to ``end``. ``passage`` numbers the passages from 1."""

    passage: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checker found. ``text`` is the sentence without markers; ``support`` lies in [0, 1].

    ``quotes`` prove the sentence where ``support`` suffices and are the nearest otherwise. ``reasons`` are stable words on
    what speaks against it.
    """

    text: str
    support: float
    quotes: tuple[Quote, ...]
    reasons: tuple[str, ...] = ()


class CitationChecker:
    """Judges the sentences of one answer against its ``passages``, which are numbered from 1 in their order."""

    def __init__(self, passages: Sequence[Passage], language: str, similarity: Similarity | None = None) -> None:
        self._language = language
        self._similarity = similarity
        self._sources = [_Source(number, passage) for number, passage in enumerate(passages, 1)]

    def check(self, sentence: str) -> Verdict:
        """Judge one generated ``sentence``, its ``[n]`` still in it."""
        text = _LIST_MARK.sub("", without_markers(sentence)) or without_markers(sentence)
        if not self._sources:
            return Verdict(text, 0.0, (), (NO_PASSAGES,))
        hints = frozenset(marked_numbers(sentence))
        whole = self._best(text, hints)
        if whole.support >= 1.0:
            return whole.verdict(text)
        parts = self._in_parts(text, hints)
        return parts if parts is not None and parts.support > max(whole.support, _COVERED) else whole.verdict(text)

    def _best(self, text: str, hints: frozenset[int]) -> _Judged:
        claim = _Claim(text, self._language, self._sources)
        windows = [window for source in self._sources for window in source.windows]
        if not windows:
            return _Judged(0.0, 0.0, _Window(self._sources[0], 0, len(self._sources[0].passage.text), 1), (LOW_COVERAGE,), False)
        verbatim = [window for window in windows if claim.plain in window.plain]
        judged = [_judge(claim, window, 0.0, hints) for window in verbatim or windows]
        if self._similarity is not None and max(one.support for one in judged) < _PROVEN_BY_WORDS:
            lifts = _lifts(claim, windows, self._similarity)
            judged = [_judge(claim, window, lift, hints) for window, lift in zip(windows, lifts, strict=True)]
        nearest = max(judged, key=_Judged.rank)
        agreeing = max((one for one in judged if one.support >= _COVERED), key=_Judged.rank, default=nearest)
        return nearest if nearest.nearness - agreeing.nearness >= _CLEARLY_NEARER else agreeing

    def _in_parts(self, text: str, hints: frozenset[int]) -> Verdict | None:
        """The sentence cut once or twice at a conjunction, each part proven by a quote, the quotes linked by what the parts speak of."""
        parts = [part for part in _PART.split(_LEADING_ANSWER.sub("", text)) if part.strip()]
        if not 2 <= len(parts) <= MOST_QUOTES or any(len(set(content_words(part))) < 2 for part in parts):
            return None
        found = [self._best(part, hints) for part in parts]
        for number, judged in enumerate(found):
            linked = any(
                _speaks_of(judged.window, parts[other]) or _speaks_of(found[other].window, parts[number])
                for other in range(len(parts))
                if other != number
            )
            if not linked:
                return None
        quotes = dict.fromkeys(judged.window.quote for judged in found)
        reasons = dict.fromkeys(reason for judged in found for reason in judged.reasons)
        return Verdict(text, min(judged.support for judged in found), tuple(quotes), tuple(reasons))


def check_sentence(sentence: str, passages: Sequence[Passage], language: str, similarity: Similarity | None = None) -> Verdict:
    """Judge one sentence alone; for the sentences of an answer a CitationChecker reads the passages once."""
    return CitationChecker(passages, language, similarity).check(sentence)


class _Source:
    """A passage with what its checks need, worked out once."""

    def __init__(self, number: int, passage: Passage) -> None:
        self.number = number
        self.passage = passage
        context = (passage.document_title, *passage.headings, passage.table_header or "")
        self.context_words = frozenset(word for part in context for word in content_words(part))
        self.context_readings = readings(figure for part in context for figure in figures(part))
        self.names = frozenset(fold(part) for text in (*context, passage.text) for part in _parts(text))
        self.sentences = split_sentences(passage.text)

    @cached_property
    def windows(self) -> list[_Window]:
        """One to three adjoining sentences; a table row stands alone."""
        found = []
        for first in range(len(self.sentences)):
            for last in range(first, min(first + MOST_SENTENCES_PER_QUOTE, len(self.sentences))):
                if last > first and " | " in self.sentences[last].text + self.sentences[last - 1].text:
                    break
                start, end = self.sentences[first].start, self.sentences[last].end
                found.append(_Window(self, start, end, last - first + 1))
        return found


class _Window:
    """A possible quote."""

    def __init__(self, source: _Source, start: int, end: int, length: int) -> None:
        self.source, self.length = source, length
        self.text = source.passage.text[start:end]
        offset = source.passage.start
        self.quote = Quote(source.number, offset + start, offset + end, self.text)
        self.plain = frozenset({_plain(self.text), _plain(_LIST_MARK.sub("", self.text))})
        self.words = frozenset(content_words(self.text)) | source.context_words

    @cached_property
    def readings(self) -> frozenset[str]:
        """The figures of the quote and of what it stands under."""
        return _with_units_of_header(readings(figures(self.text)), self.source) | self.source.context_readings

    @cached_property
    def sentences(self) -> list[tuple[frozenset[str], frozenset[str]]]:
        """The words and the figures of each sentence of the quote."""
        texts = [sentence.text for sentence in split_sentences(self.text)]
        return [(frozenset(content_words(text)), _with_units_of_header(readings(figures(text)), self.source)) for text in texts]

    @cached_property
    def clauses(self) -> list[tuple[frozenset[str], int]]:
        """The words of each clause, and whether it denies."""
        return [(frozenset(content_words(clause)), count_negations(clause) % 2) for clause in _clauses(self.text)]


class _Claim:
    """What a sentence, or a clause of it, asserts."""

    def __init__(self, text: str, language: str, sources: Sequence[_Source]) -> None:
        self.text, self.language, self.plain = text, language, _plain(text)
        body = _LEADING_ANSWER.sub("", text)
        self.figures = figures(body)
        self.names = _names(body, self.figures, sources)
        self.weights = {word: _CARRIER_WEIGHT if word in _CARRIERS else 1.0 for word in content_words(_without(body, self.figures))}
        first = next(iter(content_words(next(iter(tokens(body)), ""))), "")
        if first in self.weights:
            self.weights[first] = _FIRST_WORD_WEIGHT
        clauses = ((frozenset(content_words(clause)), count_negations(clause) % 2) for clause in _clauses(body))
        self.clauses = [(words, denial) for words, denial in clauses if words]


@dataclass(frozen=True, slots=True)
class _Judged:
    """``nearness`` is the support that the words alone would give; ``support`` is 0 where a hard rule is broken."""

    support: float
    nearness: float
    window: _Window
    reasons: tuple[str, ...]
    hinted: bool

    def verdict(self, text: str) -> Verdict:
        return Verdict(text, self.support, (self.window.quote,), self.reasons)

    def rank(self) -> tuple[float, ...]:
        length = self.window.length
        worth = round(self.nearness - _WORTH_A_SENTENCE * (length - 1), 2)
        return (worth, -len(self.reasons), self.hinted, -length, -self.window.source.number)


def _lifts(claim: _Claim, windows: Sequence[_Window], similarity: Similarity) -> list[float]:
    """How far likeness alone speaks for each window, in [0, 1]; asked for single sentences only, so that the model works little."""
    singles = [window for window in windows if window.length == 1]
    cosines = similarity(claim.text, [window.text for window in singles])
    scale = _COSINE_OF_PROOF - _COSINE_OF_NOTHING
    lift = {
        (window.quote.passage, window.quote.start): min(1.0, max(0.0, (cosine - _COSINE_OF_NOTHING) / scale))
        for window, cosine in zip(singles, cosines, strict=True)
    }
    return [lift.get((window.quote.passage, window.quote.start), 0.0) for window in windows]


def _judge(claim: _Claim, window: _Window, lift: float, hints: frozenset[int]) -> _Judged:
    passage = window.source.passage
    verbatim = claim.plain in window.plain
    foreign = claim.language != passage.language
    reasons = []
    if not verbatim:
        if any(not figure.readings & window.readings for figure in claim.figures) or _figure_replaced(claim, window):
            reasons.append(FIGURE_MISSING)
        if any(not _stands_in(name, window.source.names) for name in claim.names):
            reasons.append(NAME_MISSING)
        if _denies_otherwise(claim, window, foreign=foreign):
            reasons.append(NEGATION_DIFFERS)
        if points_otherwise(claim.text, window.text):
            reasons.append(DIRECTION_DIFFERS)
    allowed = not reasons
    covered = 1.0 if verbatim else _coverage(claim, window)
    support = covered
    if foreign and not verbatim:
        support = max(covered, lift)
        if support < _COVERED:
            reasons.append(LANGUAGE_DIFFERS)
    elif lift > covered:
        support = (covered + lift) / 2
    if support < _COVERED:
        reasons.append(LOW_COVERAGE)
    support, nearness = (round(support, 4), support) if allowed else (0.0, support)
    return _Judged(support, nearness, window, tuple(reasons), window.source.number in hints)


def _coverage(claim: _Claim, window: _Window) -> float:
    if not claim.weights:
        return 1.0 if claim.figures else 0.0
    return _share_held(claim.weights, window.words)


def _figure_replaced(claim: _Claim, window: _Window) -> bool:
    """Whether the claim says what one sentence of the quote says, but with a figure from beside it in place of that sentence's own."""
    said = frozenset(reading for figure in claim.figures for reading in figure.readings)
    for words, own in window.sentences:
        borrowed = {kind for figure in claim.figures if not figure.readings & own for kind in _kinds(figure.readings)}
        if borrowed & _kinds(own - said) and _share_held(claim.weights, words | window.source.context_words) >= _SAYS_THE_SAME:
            return True
    return False


def _kinds(found: frozenset[str]) -> frozenset[str]:
    """What sorts of figure these are; a year is one, since titles give it and other numbers do not take its place."""
    return frozenset("year" if re.fullmatch(r"n:(?:19|20)\d\d", reading) else reading[0] for reading in found)


def _share_held(weights: Mapping[str, float], words: frozenset[str]) -> float:
    total = sum(weights.values())
    return sum(weight * meets(word, words) for word, weight in weights.items()) / total if total else 0.0


def _denies_otherwise(claim: _Claim, window: _Window, *, foreign: bool) -> bool:
    """Whether some clause of the claim denies what its nearest clause of the quote does not, or the other way round."""
    if foreign:
        return (count_negations(claim.text) % 2) != (count_negations(window.text) % 2)
    for words, denied in claim.clauses:
        overlaps = [(sum(meets(word, other) for word in words), denial == denied) for other, denial in window.clauses]
        best = max((overlap for overlap, _ in overlaps), default=0.0)
        if best > 0 and not any(agrees for overlap, agrees in overlaps if overlap == best):
            return True
        if best == 0 and denied and not any(denial for _, denial in window.clauses):
            return True
    return False


def _clauses(text: str) -> list[str]:
    """``text`` cut at commas, brackets and conjunctions that turn; a piece without a content word stays with the one before."""
    clauses: list[str] = []
    for piece in _CLAUSE.split(text):
        if clauses and (not content_words(piece) or not content_words(clauses[-1])):
            clauses[-1] = f"{clauses[-1]} {piece}"
        else:
            clauses.append(piece)
    return clauses


def _speaks_of(window: _Window, part: str) -> bool:
    words = frozenset(content_words(window.text))
    return any(meets(word, words) == 1.0 for word in content_words(_without(part, figures(part))))


def _names(text: str, found: Sequence[Figure], sources: Sequence[_Source]) -> frozenset[str]:
    """The folded names of ``text``: words with a capital in the middle of a sentence, and the first one where it is a name too."""
    taken = [(figure.start, figure.end) for figure in found]
    names: set[str] = set()
    words = list(re.finditer(r"[^\W_]+(?:['’-][^\W_]+)*", text))
    for index, word in enumerate(words):
        written = re.sub(r"['’]s?\Z", "", word[0])
        if not any(c.isupper() for c in written) or any(start <= word.start() < end for start, end in taken):
            continue
        folded = fold(written)
        begins = index == 0 or re.search(r"[.!?:“\"„\n|]\s*['‘]?\Z", text[: word.start()]) is not None
        if len(folded) < 2 or folded in _NOT_NAMES or is_function_word(written):
            continue
        if begins and not (any(c.isupper() for c in written[1:]) or _next_is_name(words, index) or _is_name_elsewhere(folded, sources)):
            continue
        names.update(fold(part) for part in _parts(written))
    return frozenset(name for name in names if len(name) > 1)


def _next_is_name(words: Sequence[re.Match[str]], index: int) -> bool:
    following = words[index + 1][0] if index + 1 < len(words) else ""
    return following[:1].isupper() and fold(following) not in _NOT_NAMES


def _is_name_elsewhere(folded: str, sources: Sequence[_Source]) -> bool:
    """Whether the passages write the word with a capital in mid-sentence or alone in a cell, and never without."""
    seen = False
    for source in sources:
        for word in re.finditer(r"[^\W_]+", source.passage.text):
            if fold(word[0]) == folded:
                if word[0][0].islower():
                    return False
                before = source.passage.text[: word.start()].rstrip(" ")
                seen = seen or (bool(before) and before[-1] not in '.!?:\n“"-•*')
    return seen


def _without(text: str, found: Sequence[Figure]) -> str:
    for figure in found:
        text = text[: figure.start] + " " * (figure.end - figure.start) + text[figure.end :]
    return text


def _stands_in(name: str, others: frozenset[str]) -> bool:
    return name in others or (
        len(name) >= 5 and any(len(other) >= 5 and (other.startswith(name) or name.startswith(other)) for other in others)
    )


def _with_units_of_header(found: frozenset[str], source: _Source) -> frozenset[str]:
    """In a column of percentages a bare number is one."""
    header = source.passage.table_header or ""
    if re.search(r"%|procent|percent", header, re.IGNORECASE):
        return found | {"p:" + reading[2:] for reading in found if reading.startswith("n:")}
    return found


def _parts(text: str) -> list[str]:
    return [part for token in tokens(text) for part in {token, *re.split(r"['’.-]", token)} if part]


def _plain(text: str) -> str:
    return " ".join(fold(text).split()).rstrip(".;, ")
