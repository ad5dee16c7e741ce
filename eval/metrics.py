"""What a question's ranking or answer is worth, as numbers. Pure: no files, no clock, no model.

Rankings are lists of passage ids, best first, without repeats; ``relevant`` are the ids of which any one answers the question.
All ranking figures look at the FIRST relevant passage alone: a person needs one passage that answers, not every copy of it.
Texts are compared folded: lower case, without diacritics, white space collapsed.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from kb.search.stop_words import STOP_WORDS

RANKS = 10
"""How deep MRR and nDCG look."""

LONGEST_LITERAL_WORDS = 8
"""A gold answer of at most this many words must stand in the text literally; of a longer one half its content words."""

CONTENT_SHARE = 0.5

_ARTICLES = frozenset({"a", "an", "the", "de", "het", "een"})
_SILENT = STOP_WORDS["nl"] | STOP_WORDS["en"] | _ARTICLES
_WORD = re.compile(r"\w+(?:[.,:/@+&-]\w+)*")


# --- rankings ----------------------------------------------------------------------------------------------------------


def distinct(ids: Iterable[str]) -> list[str]:
    """``ids`` at their first places only: a passage that was cut into several chunks counts once, by its best chunk."""
    return list(dict.fromkeys(ids))


def first_relevant_rank(ranking: Sequence[str], relevant: Collection[str], depth: int = RANKS) -> int | None:
    """Rank from 1 of the first relevant passage among the first ``depth``, None when there is none."""
    return next((rank for rank, id_ in enumerate(ranking[:depth], start=1) if id_ in relevant), None)


def recall_at(k: int, ranking: Sequence[str], relevant: Collection[str]) -> float:
    """1 when a relevant passage is among the first ``k``, else 0: the hit rate, also called success@k.

    Source: Voorhees, "The TREC-8 Question Answering Track Report", 1999, scored questions so; with one relevant passage it equals
    recall@k.
    """
    return 0.0 if first_relevant_rank(ranking, relevant, k) is None else 1.0


def mrr_at(k: int, ranking: Sequence[str], relevant: Collection[str]) -> float:
    """Reciprocal rank: ``1 / rank`` of the first relevant passage among the first ``k``, else 0. Its mean is MRR@k.

    Source: Voorhees, "The TREC-8 Question Answering Track Report", 1999.
    """
    rank = first_relevant_rank(ranking, relevant, k)
    return 0.0 if rank is None else 1.0 / rank


def ndcg_at(k: int, ranking: Sequence[str], relevant: Collection[str]) -> float:
    """``1 / log2(rank + 1)`` of the first relevant passage among the first ``k``, else 0.

    Source: Järvelin & Kekäläinen, "Cumulated gain-based evaluation of IR techniques", TOIS 20(4), 2002, with binary gain counted
    once; the ideal ranking has its relevant passage first, so its gain is 1 and nothing is left to divide by.
    """
    rank = first_relevant_rank(ranking, relevant, k)
    return 0.0 if rank is None else 1.0 / math.log2(rank + 1)


# --- texts -------------------------------------------------------------------------------------------------------------


def fold(text: str) -> str:
    """``text`` in lower case, compatibility forms and diacritics taken away, white space collapsed."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return " ".join("".join(character for character in decomposed if not unicodedata.combining(character)).split())


def squad_tokens(text: str) -> list[str]:
    """Words of ``text`` as SQuAD's evaluation normalises them: lower case, no punctuation, no articles, single spaces.

    The articles are a, an, the, and the Dutch de, het and een, taken away whatever the language: English texts have no Dutch
    articles, so both sides of a comparison lose the same. Punctuation is every character of a Unicode category P or S.
    """
    plain = "".join(character for character in text.casefold() if unicodedata.category(character)[0] not in "PS")
    return [word for word in plain.split() if word not in _ARTICLES]


def token_f1(text: str, golds: Iterable[str]) -> float:
    """Harmonic mean of the precision and recall of ``text``'s words against a gold answer, words counted as often as they occur;
    the best over ``golds``. Two texts without a word agree.

    Source: Rajpurkar et al., "SQuAD: 100,000+ Questions for Machine Comprehension of Text", EMNLP 2016 (evaluate-v1.1.py); two
    empty texts as in evaluate-v2.0.py.
    """
    given = squad_tokens(text)
    return max((_f1(given, squad_tokens(gold)) for gold in golds), default=0.0)


def _f1(given: Sequence[str], gold: Sequence[str]) -> float:
    if not given or not gold:
        return float(given == gold)
    shared = sum((Counter(given) & Counter(gold)).values())
    if shared == 0:
        return 0.0
    precision, recall = shared / len(given), shared / len(gold)
    return 2 * precision * recall / (precision + recall)


def contains_gold(text: str, golds: Iterable[str]) -> bool:
    """Whether ``text`` holds one of the gold answers.

    One of at most LONGEST_LITERAL_WORDS words must stand in it literally, folded, at the edges of words (“5” is not in “2015”). Of a
    longer one at least CONTENT_SHARE of the distinct content words must be words of ``text``; content words are those that are
    no function words of Dutch or English. One of function words alone is looked for literally whatever its length.
    """
    folded = fold(text)
    words = frozenset(_WORD.findall(folded))
    return any(_holds(folded, words, fold(gold)) for gold in golds)


def _holds(text: str, words: frozenset[str], gold: str) -> bool:
    gold = gold.strip(" .;,:!?")
    if not gold:
        return False
    content = {word for word in _WORD.findall(gold) if word not in _SILENT}
    if content and len(gold.split()) > LONGEST_LITERAL_WORDS:
        return len(content & words) >= CONTENT_SHARE * len(content)
    return re.search(rf"(?<!\w){re.escape(gold)}(?!\w)", text) is not None


# --- abstention and citations ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Abstention:
    """How well a system knows when to keep silent. A figure is None where nothing is there to divide by."""

    precision: float | None
    recall: float | None
    balanced_accuracy: float | None


def abstention(answered: Sequence[bool], answerable: Sequence[bool]) -> Abstention:
    """Precision and recall of keeping silent, where silence is right exactly for the unanswerable questions.

    precision = silent and unanswerable / silent; recall = silent and unanswerable / unanswerable; balanced accuracy = the mean of
    that recall and of the share of answerable questions that were answered.

    Source: Brodersen et al., "The balanced accuracy and its posterior distribution", ICPR 2010.
    """
    pairs = list(zip(answered, answerable, strict=True))
    silent = sum(not spoke for spoke, _ in pairs)
    unanswerable = sum(not possible for _, possible in pairs)
    rightly_silent = sum(not spoke and not possible for spoke, possible in pairs)
    rightly_spoken = sum(spoke and possible for spoke, possible in pairs)
    recall = share(rightly_silent, unanswerable)
    spoken = share(rightly_spoken, len(pairs) - unanswerable)
    balanced = None if recall is None or spoken is None else (recall + spoken) / 2
    return Abstention(share(rightly_silent, silent), recall, balanced)


@dataclass(frozen=True, slots=True)
class CitationQuality:
    """Whether sources are the right ones. A figure is None where nothing is there to divide by."""

    precision: float | None
    recall: float | None


def citation_quality(cited: Sequence[Sequence[str]], relevant: Sequence[Collection[str]]) -> CitationQuality:
    """Of the answered, answerable questions: the passages that each answer cites, one entry per citation, and those relevant to it.

    precision = citations of a relevant passage / citations, over all these questions together; recall = questions with at least one
    citation of a relevant passage / these questions. The names are those of Gao et al., "Enabling Large Language Models to Generate
    Text with Citations", EMNLP 2023; judged by the set's relevant passages instead of by a model.
    """
    right = [sum(id_ in wanted for id_ in ids) for ids, wanted in zip(cited, relevant, strict=True)]
    return CitationQuality(share(sum(right), sum(map(len, cited))), share(sum(count > 0 for count in right), len(right)))


def share(part: float, whole: float) -> float | None:
    """``part / whole``; None of nothing."""
    return part / whole if whole else None


def mean(values: Sequence[float]) -> float | None:
    """The arithmetic mean; None of nothing."""
    return sum(values) / len(values) if values else None
