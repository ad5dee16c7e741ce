"""A follow-up made self-contained for the search, by rule.

“En voor deeltijders?” says nothing to an index. It is preceded by what it continues: the last question that stands alone, and the
follow-ups since. Nothing is invented, and what stands alone is left as it was. The model still sees the question as typed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.answering.words import content_words
from kb.types import Turn

_MOST_EARLIER_QUESTIONS = 3
_FEW_WORDS = 3
_CONTINUES = re.compile(
    r"(?:en|maar|of|dus|and|but|or|so)\b[ ,]|(?:en|ook|and|also|same)\b.{0,40}\?\Z"
    r"|(?:hoe zit (?:het|dat) (?:dan )?(?:met|voor|bij)|geldt (?:dat|dit) (?:ook|dan)|wat (?:dan )?(?:met|als)"
    r"|ook (?:voor|als|bij|op|in)"
    r"|what about|how about|what if|also for|is that also|does that also|same for)\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:(?:is|kost|kosten|kan|kun|mag|moet|geldt|werkt|gaat|doe|doet|wordt|ik|je|u|we|wij|voor|van|met|over|na|betekent|duurt|krijg|vraag"
    r"|regel) (?:dat|dit|die|deze|ze|hij|zij)(?=\s*[?.!]"
    r"|\s+(?:ook|dan|nog|wel|niet|aan|op|in|bij|per|voor|na|als|maximaal|minimaal|precies)\b|\Z)"
    r"|(?:daarvoor|daarvan|daarbij|daarmee|daarover|daarna|daarop|daarin|hiervoor|hiervan|hierbij|hiermee|hierover|ervoor|ervan|erbij|ermee)"
    r"|(?:does|do|did|is|are|can|could|should|will|would|for|of|with|about|to|after|from|use|get|apply|request|take|mean)"
    r" (?:it|that|this|they|them|those|these|he|she)(?=\s*[?.!]|\s+(?:also|still|then|cost|take|apply|work|last|mean|include|need|have|get"
    r"|be|expire|count|per|for|on|in|if|with|too|at|available|valid)\b|\Z)"
    r"|(?:waarom|why|hoezo)(?= (?:niet|not|is dat|is that)?\s*\?|\?|\Z))",
    re.IGNORECASE,
)


def self_contained(question: str, history: Sequence[Turn]) -> str:
    """The text to search with: ``question`` itself, or preceded by the questions of ``history`` that it continues."""
    if not continues(question):
        return question
    earlier: list[str] = []
    for turn in reversed(history):
        if turn.role != "user" or not turn.text.strip():
            continue
        earlier.insert(0, " ".join(turn.text.split()))
        if not continues(turn.text) or len(earlier) == _MOST_EARLIER_QUESTIONS:
            break
    return " ".join((*earlier, question))


def continues(question: str) -> bool:
    """Whether ``question`` leans on what was said before."""
    text = " ".join(question.split())
    words = set(content_words(text))
    if not words:
        return True
    if len(words) <= _FEW_WORDS and _CONTINUES.match(text):
        return True
    return len(words) <= _FEW_WORDS and _POINTS_BACK.search(text) is not None
