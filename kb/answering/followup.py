"""A follow-up made self-contained for the search: by rule, or by a model where there is one.

“En voor deeltijders?” says nothing to an index. By rule it is preceded by what it continues: the last question that stands alone, and
the follow-ups since. Nothing is invented, and what stands alone is left as it was. A model may write it as one question instead; what it
writes is taken only when it is one, about the same things, and in time. The model that answers still sees the question as typed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.answering.citation_markers import without_markers
from kb.answering.figures import figures, readings
from kb.answering.prompts import harmless
from kb.answering.words import content_words
from kb.ports import Message
from kb.types import Language, Turn

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
    r"\b(?:(?:is|kost|kosten|kan|kun|mag|moet|geldt|werkt|gaat|doe|doet|wordt|ik|je|u|we|wij|voor|van|met|over|na|betekent"
    r"|duurt|krijg|vraag"
    r"|regel) (?:dat|dit|die|deze|ze|hij|zij)(?=\s*[?.!]"
    r"|\s+(?:ook|dan|nog|wel|niet|aan|op|in|bij|per|voor|na|als|maximaal|minimaal|precies)\b|\Z)"
    r"|(?:daarvoor|daarvan|daarbij|daarmee|daarover|daarna|daarop|daarin|hiervoor|hiervan|hierbij|hiermee|hierover|ervoor|ervan"
    r"|erbij|ermee)"
    r"|(?:does|do|did|is|are|can|could|should|will|would|for|of|with|about|to|after|from|use|get|apply|request|take|mean)"
    r" (?:it|that|this|they|them|those|these|he|she)(?=\s*[?.!]|\s+(?:also|still|then|cost|take|apply|work|last|mean|include"
    r"|need|have|get"
    r"|be|expire|count|per|for|on|in|if|with|too|at|available|valid)\b|\Z)"
    r"|(?:waarom|why|hoezo)(?= (?:niet|not|is dat|is that)?\s*\?|\?|\Z))",
    re.IGNORECASE,
)
_REFERS = re.compile(
    r"\b(?:its|they|them|their|theirs|those|these|he|she|his|hers?|him|the same|others?|another|the (?:first|second|last) one|ones?"
    r"|there|also|too|such|both|else|instead"
    r"|it(?!['’]?s? (?:allowed|possible|necessary|true|ok|okay|permitted|mandatory|better|worth|common|normal|safe|legal|important))"
    r"|this(?! (?:year|month|week|morning|afternoon|evening|quarter|summer|winter|company|organi[sz]ation|building|office))"
    r"|(?:is|does|do|did|was|about|for|of|with|to|after|from|like|than|by|mean|at) that"
    r"|hij|hem|haar|hun|dezelfde|hetzelfde|diezelfde|datzelfde|de andere|een andere|het andere|anderen)\b",
    re.IGNORECASE,
)
"""Words that stand for something said before, where the question does not say it itself. A dummy subject (“is it allowed”) does not."""
_NOT_FOR_THEMSELVES = re.compile(
    r"\b(?:is|are|was|were|be|how many|what|which|who) (?:there|others?|ones?)\b|\bthere (?:is|are"
    r"|was|were)\b",
    re.IGNORECASE,
)
_LONGEST_REWRITE_CHARACTERS = 300


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
    if len(words) <= _FEW_WORDS and _POINTS_BACK.search(text) is not None:
        return True
    return _REFERS.search(_NOT_FOR_THEMSELVES.sub(" ", text)) is not None


def rewrite_messages(question: str, history: Sequence[Turn], language: Language) -> tuple[Message, ...]:
    """What a model is asked, to write ``question`` so that it stands alone."""
    said = "\n".join(f"{_SPEAKER[language][turn.role]}: {harmless(without_markers(turn.text))}" for turn in history[-_MOST_TURNS:])
    return (Message("system", _REWRITE[language]), Message("user", f"{said}\n\n{_QUESTION[language]}: {harmless(question)}"))


def accepted_rewrite(written: str, question: str, history: Sequence[Turn]) -> str | None:
    """``written`` by a model, on one line, where it can be searched with: one question, not long, without a figure that nobody gave, and
    most of its words from the conversation; else None."""
    lines = [line.strip().strip("\"'“”„*") for line in written.strip().splitlines() if line.strip()]
    if len(lines) != 1 or len(lines[0]) > _LONGEST_REWRITE_CHARACTERS or lines[0].count("?") != 1 or not lines[0].endswith("?"):
        return None
    words = set(content_words(lines[0]))
    known = set(content_words(" ".join((question, *(turn.text for turn in history)))))
    own = set(content_words(question))
    given = readings(figure for text in (question, *(turn.text for turn in history)) for figure in figures(text))
    if not words or any(not figure.readings & given for figure in figures(lines[0])):
        return None
    if len(words & known) < _KNOWN_SHARE * len(words) or (own and not words & own):
        return None
    return lines[0]


_MOST_TURNS = 6
_KNOWN_SHARE = 0.6
_SPEAKER: dict[Language, dict[str, str]] = {
    "nl": {"user": "Medewerker", "assistant": "Assistent"},
    "en": {"user": "Employee", "assistant": "Assistant"},
}
_QUESTION: dict[Language, str] = {"nl": "Laatste vraag", "en": "Last question"}
_REWRITE: dict[Language, str] = {
    "nl": (
        "Herschrijf de laatste vraag tot één vraag die zonder het gesprek te begrijpen is. Vul alleen aan wat het gesprek noemt."
        " Beantwoord niets. Schrijf alleen de vraag."
    ),
    "en": (
        "Rewrite the last question as one question that can be understood without the conversation. Add only what the conversation"
        " mentions. Answer nothing. Write the question alone."
    ),
}
