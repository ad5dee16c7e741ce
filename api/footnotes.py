"""An answer as plain text: its sentences with numbers, and a line per source."""

from __future__ import annotations

from collections.abc import Iterable

from kb.types import Answer, AnswerSentence, Citation, Language, PassageRef

_SOURCES: dict[Language, str] = {"nl": "Bronnen", "en": "Sources"}
_NEAREST: dict[Language, str] = {"nl": "Dichtstbijzijnde passages", "en": "Nearest passages"}


def marked_sentence(sentence: AnswerSentence) -> str:
    """The sentence, followed by its numbers: ``Verlof duurt 26 weken. [1][2]``."""
    numbers = "".join(f"[{n}]" for n in sentence.citations)
    return f"{sentence.text} {numbers}" if numbers else sentence.text


def place(title: str, page: int | None, section: str | None) -> str:
    """Where something stands: ``Verlofregeling, p. 4, Ouderschapsverlof``; what is not known is left out."""
    return ", ".join(part for part in (title, f"p. {page}" if page is not None else None, section) if part)


def citation_line(citation: Citation) -> str:
    """``[1] title, p. 4, section — “quote”``, on one line."""
    quote = " ".join(citation.quote.split())
    return f"[{citation.n}] {place(citation.document_title, citation.page, citation.section)} — “{quote}”"


def passage_lines(passages: Iterable[PassageRef]) -> list[str]:
    """Each place once, nearest first."""
    return list(dict.fromkeys(place(passage.document_title or passage.document_id, passage.page, passage.section) for passage in passages))


def footnotes(answer: Answer, language: Language) -> str:
    """The sources of an answer, or what came nearest when there is none; empty when there is nothing to name."""
    if answer.citations:
        return f"{_SOURCES[language]}:\n" + "\n".join(citation_line(citation) for citation in answer.citations)
    lines = passage_lines(answer.passages)
    return f"{_NEAREST[language]}:\n" + "\n".join(f"- {line}" for line in lines) if lines else ""


def marked_text(answer: Answer) -> str:
    """The answer's sentences with their numbers, or its text when nothing was proven."""
    return " ".join(marked_sentence(sentence) for sentence in answer.sentences) or answer.text
