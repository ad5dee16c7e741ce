"""What the words of a question find in its passages, sentence by sentence: measured once, for the choice of sentences and for the
weighing whether there is an answer at all.

A word of the question counts by how rare it is among the sentences at hand; one that is nowhere counts most. Words that only say what
sort of answer is wanted (“wat *kost*”) count little, because an answer need not repeat them. A word is found as itself, as part of a
compound, or, when it is nowhere, as a word that is one slip of the finger away. Where passages are in the other language, it is found as
what the lexicon says that it is there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kb.answering.figures import figures
from kb.answering.question_kind import Asked, Kind, asked, holds
from kb.answering.sentences import split_sentences
from kb.answering.slips import one_slip_apart
from kb.answering.table_rows import CELL, cells, covers, header_of, named_cells
from kb.answering.words import content_words, fold, is_function_word, meets, tokens
from kb.lexicon.bilingual import OTHER, renderings
from kb.lexicon.gloss import gloss
from kb.lexicon.small_words import language_by_small_words

_NAME_WEIGHT = 1.6
_ASKING_WEIGHT = 0.25
_HEADING_WORD = 0.8
"""A word that stands only above the sentence counts this much."""
_SLIP = 0.8
_RENDERED = 0.8
_IN_RANGE = 0.9
_NEARBY = 0.7
"""A word of the sentence before or after counts this much."""
_DIGITS_OF_A_YEAR = 4
_SHORT_WORDS = 4
_LONG_WORDS = 40
_NEW_WORDS = 4


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """The part of a passage that is read. ``title`` and ``section`` stand above it; ``language`` is empty when unknown."""

    title: str
    section: str
    text: str
    table_header: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence with what was measured of it: see ``FEATURES``. ``passage`` counts from 0; ``text`` begins at ``start`` in it."""

    passage: int
    start: int
    end: int
    text: str
    row: bool
    features: tuple[float, ...]

    def value(self, name: str) -> float:
        """The feature called ``name``."""
        return self.features[_PLACE[name]]


FEATURES = (
    "own",
    "with_heads",
    "with_neighbours",
    "with_passage",
    "rarest",
    "beyond_title",
    "pairs",
    "right_kind",
    "wrong_kind",
    "right_kind_and_own",
    "first_passage",
    "rank",
    "first_sentence",
    "row",
    "row_named",
    "short",
    "long",
    "label",
    "new_words",
)
"""What is measured of a sentence, each in [0, 1].

``own``: share of the question's words that it holds, by weight; ``with_heads``: title, headings, table header and the question or colon
above it included; ``with_neighbours``: those and the sentences beside it; ``with_passage``: its whole passage; ``rarest``: whether it
holds the word of most weight; ``beyond_title``: share of the words that the title does not hold; ``pairs``: share of adjoining words of
the question that adjoin in it; ``row_named``: it is a row whose first or second cell holds nothing but what was asked for;
``right_kind`` and ``wrong_kind``: the sort of answer that is asked for is, is not in it; ``rank``: 1 / the
rank of its passage; ``label``: ends like a heading; ``new_words``: words that the question has not, up to four.
"""
_PLACE = {name: place for place, name in enumerate(FEATURES)}


class Reading:
    """A question read against its ``passages``, best first."""

    def __init__(self, question: str, passages: Sequence[ReadPassage]) -> None:
        self.question = question
        self.asked: Asked = asked(question)
        self._codes = codes(question)
        self._passages = [_Passage(passage, with_codes=bool(self._codes)) for passage in passages]
        vocabulary = frozenset().union(*(passage.words for passage in self._passages))
        self._stems = [*dict.fromkeys(_worded(question, self._codes)), *self._codes]
        rendered = _in_the_other_language(question, passages)
        self.across = bool(rendered)
        """Whether some passage is in the other language."""
        self._strength = {word: _strengths(word, vocabulary, rendered.get(word, frozenset())) for word in self._stems}
        self.weights = self._weigh()
        total = sum(self.weights.values())
        self._shares = {word: weight / total for word, weight in self.weights.items()} if total else {}
        self._numbers = {word: number for number, word in _written_numbers(question) if word in self.weights}
        self._pairs = frozenset(zip(self._stems, self._stems[1:], strict=False))

    @cached_property
    def sentences(self) -> list[ReadSentence]:
        """Every sentence that could be quoted, in the order of the passages."""
        return [sentence for number, passage in enumerate(self._passages) for sentence in self._read(number, passage)]

    @cached_property
    def turns_on_a_number(self) -> bool:
        """Whether the word of most weight is a number and no year: “stap 17” is not answered by step 16."""
        rarest = max(self.weights, key=lambda word: self.weights[word], default="")
        return rarest.isdigit() and len(rarest) != _DIGITS_OF_A_YEAR

    @cached_property
    def held(self) -> list[dict[str, float]]:
        """For each passage how far it, its title and headings included, holds each word of the question."""
        found = []
        for passage in self._passages:
            body, heads = self._found(passage.body), self._found(passage.heads)
            found.append({word: max(body[word], _HEADING_WORD * heads[word]) for word in self.weights})
        return found

    @cached_property
    def titles(self) -> list[float]:
        """For each passage the share of the question that its title and headings hold."""
        return [self.share(self._found(passage.heads)) for passage in self._passages]

    def share(self, found: Mapping[str, float]) -> float:
        """The share of the question's weight that ``found`` holds."""
        return sum(self._shares[word] * part for word, part in found.items())

    def _weigh(self) -> dict[str, float]:
        bodies = [line.words for passage in self._passages for line in passage.lines]
        names = _names(self.question)
        weights = {}
        for word in self._stems:
            forms = self._strength[word]
            count = sum(1 for body in bodies if not body.isdisjoint(forms)) if forms else 0
            weight = math.log(1 + (len(bodies) + 1) / (count + 0.5))
            weights[word] = (
                weight
                * (_NAME_WEIGHT if word in names or word in self._codes else 1.0)
                * (_ASKING_WEIGHT if word in self.asked.asking else 1.0)
            )
        return weights

    def _found(self, words: frozenset[str]) -> dict[str, float]:
        return {
            word: max((strength for form, strength in self._strength[word].items() if form in words), default=0.0) for word in self.weights
        }

    def _found_in_row(self, line: _Line) -> dict[str, float]:
        """A row for “10-24” holds the twelve of the question."""
        found = self._found(line.words)
        for word, number in self._numbers.items():
            if found.get(word) == 0.0 and any(covers(cell, number) for cell in cells(line.text) + cells(line.header)):
                found[word] = _IN_RANGE
        return found

    def _names_row(self, line: _Line) -> bool:
        for cell in cells(line.text)[:2]:
            words = frozenset(content_words(cell))
            if frozenset(codes(cell)) & frozenset(self._codes) or (words and words <= self._matching):
                return True
        return False

    def _read(self, number: int, passage: _Passage) -> list[ReadSentence]:
        lines = passage.lines
        own = [self._found_in_row(line) if line.row else self._found(line.words) for line in lines]
        heads = self._found(passage.heads)
        whole = self._found(passage.words)
        with_passage = self.share(whole)
        rarest = max(self.weights, key=lambda word: self.weights[word], default="")
        beyond = {word: share for word, share in self._shares.items() if heads[word] < 1.0}
        rest = sum(beyond.values())
        read = []
        for place, line in enumerate(lines):
            if line.asks or line.names_columns or len(line.stems) == 0:
                continue
            above = self._found(line.above) if line.above else dict.fromkeys(own[place], 0.0)
            headed = {word: max(part, _HEADING_WORD * max(heads[word], above[word])) for word, part in own[place].items()}
            near = own[max(0, place - 1) : place] + own[place + 1 : place + 2]
            nearby = {word: max(part, *(_NEARBY * other[word] for other in near)) if near else part for word, part in headed.items()}
            share = self.share(own[place])
            right = holds(self.asked.kind, line.shown) if self.asked.kind is not Kind.OPEN else None
            adjoining = frozenset(zip(line.stems, line.stems[1:], strict=False))
            new = sum(1 for word in line.words if word not in self._matching)
            values = (
                share,
                self.share(headed),
                self.share(nearby),
                with_passage,
                own[place].get(rarest, 0.0),
                sum(part * own[place][word] for word, part in beyond.items()) / rest if rest else 1.0,
                len(self._pairs & adjoining) / len(self._pairs) if self._pairs else 0.0,
                float(right is True),
                float(right is False),
                share if right is True else 0.0,
                float(number == 0),
                1 / (number + 1),
                float(place == 0),
                float(line.row),
                float(line.row and self._names_row(line)),
                float(line.count < _SHORT_WORDS and not line.row),
                min(1.0, line.count / _LONG_WORDS),
                float(line.label),
                min(1.0, new / _NEW_WORDS),
            )
            read.append(ReadSentence(number, line.start, line.end, line.text, line.row, values))
        return read

    @cached_property
    def _matching(self) -> frozenset[str]:
        return frozenset(form for forms in self._strength.values() for form in forms)


class _Passage:
    """A passage taken apart."""

    def __init__(self, passage: ReadPassage, *, with_codes: bool) -> None:
        self.passage = passage
        self.heads = frozenset(content_words(" ".join((passage.title, passage.section, passage.table_header))))
        self.lines: list[_Line] = []
        above: frozenset[str] = frozenset()
        about_table: frozenset[str] = frozenset()
        in_list = False
        for sentence in split_sentences(passage.text):
            header = header_of(passage.text, sentence.start, passage.table_header) if CELL in sentence.text else ""
            if header and self.lines:
                # The first row of a table names its columns and is no answer; the line before it says what the table is about.
                self.lines[-1].names_columns = self.lines[-1].text == header
            line = _Line(sentence.start, sentence.end, sentence.text, above, header)
            if line.row and not header:
                line.above |= self.lines[-1].words if self.lines and not self.lines[-1].row else frozenset()
                about_table = line.above
            elif line.row:
                line.above |= about_table
            item = _LIST_ITEM.match(sentence.text) is not None
            if line.asks or line.text.endswith(":") or (line.label and not line.row):
                above, in_list = line.words, False
            elif item:
                in_list = True
            elif in_list:
                above, in_list = frozenset(), False
            if with_codes:
                line.words |= frozenset(codes(sentence.text))
            self.lines.append(line)
        self.body = frozenset().union(*(line.words for line in self.lines)) if self.lines else frozenset()
        self.words = self.body | self.heads


_LIST_ITEM = re.compile(r"\s*(?:[-•*▪◦–—·]|\(?\d{1,2}[.)]|[a-z][.)])\s")


class _Line:
    """A sentence taken apart. ``above``: the words of the question, colon, heading or table header that it stands under; ``shown``: its
    text, of a row with the names of its columns."""

    def __init__(self, start: int, end: int, text: str, above: frozenset[str], header: str) -> None:
        self.start, self.end, self.text = start, end, text
        self.header = header
        self.above = above | frozenset(content_words(header))
        self.shown = named_cells(text, header) if header else text
        self.names_columns = False
        self.stems = content_words(text)
        self.words = frozenset(self.stems)
        self.row = CELL in text
        self.count = len(text.split())
        self.asks = text.endswith("?")
        self.label = not self.row and self.count <= 12 and text[-1:].isalnum() and _LIST_ITEM.match(text) is None


def codes(text: str) -> list[str]:
    """The codes of ``text`` (article numbers, addresses, phone numbers), written in one way."""
    return [reading[2:] for figure in figures(text) for reading in sorted(figure.readings) if reading.startswith("c:")]


def _worded(question: str, found: Sequence[str]) -> list[str]:
    """The words of ``question`` without the parts of its codes."""
    if found:
        for figure in figures(question):
            if any(reading[2:] in found for reading in figure.readings):
                question = question[: figure.start] + " " * (figure.end - figure.start) + question[figure.end :]
    return content_words(question)


def _in_the_other_language(question: str, passages: Sequence[ReadPassage]) -> dict[str, frozenset[str]]:
    """What the words of ``question`` are in the language of the passages that are not in its own; nothing where all are."""
    language = language_by_small_words(question)
    if language is None or not any(passage.language == OTHER[language] for passage in passages):
        return {}
    found: dict[str, set[str]] = {}
    for one in renderings(question, language):
        own = " ".join(one.words)
        said = one.alternatives or ((gloss(own),) if language == "nl" else ())
        for word in content_words(own):
            found.setdefault(word, set()).update(other for text in said for other in content_words(text))
    return {word: frozenset(others - {word}) for word, others in found.items()}


def _strengths(word: str, vocabulary: frozenset[str], rendered: frozenset[str]) -> dict[str, float]:
    """The words of ``vocabulary`` in which ``word`` is found, and how surely; ``rendered``: what it is in the other language."""
    found = {other: strength for other in vocabulary if (strength := meets(word, frozenset((other,)))) > 0.0} if len(word) >= 4 else {}
    if word in vocabulary:
        found[word] = 1.0
    for other in vocabulary if rendered else ():
        strength = _RENDERED * max((meets(one, frozenset((other,))) for one in rendered), default=0.0)
        if strength > found.get(other, 0.0):
            found[other] = strength
    if not found:
        found = {other: _SLIP for other in vocabulary if one_slip_apart(word, other)}
    return found


def _written_numbers(question: str) -> Iterable[tuple[float, str]]:
    """The plain numbers of ``question``, each with the word that it is there."""
    for figure in figures(question):
        number = next((reading[2:] for reading in figure.readings if reading.startswith("n:")), "")
        words = content_words(question[figure.start : figure.end])
        if len(words) == 1 and number.replace(".", "", 1).isdigit():
            yield float(number), words[0]


def _names(question: str) -> frozenset[str]:
    words: Iterable[str] = (word for word in tokens(question)[1:] if word[0].isupper() and not is_function_word(word))
    return frozenset(stemmed for word in words for stemmed in content_words(fold(word)))
