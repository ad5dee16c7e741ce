"""Check the questions: ``python -m data.build.check_questions``.

Checked are the counts, the ids, the fields, that every document exists and that every quote occurs
literally (but for white space) in one piece of its document, on the page that is named. A quote
from the scan cannot be checked against text; it is looked up in the source of the scan instead.
"""

from __future__ import annotations

import sys
from collections import Counter
from functools import cache
from typing import Any

import yaml

from .common import DOCUMENTS, QUESTIONS, SOURCES
from .readers import Piece, read_pieces, squeeze

FIELDS = {"id", "question", "language", "history", "gold", "answers", "unanswerable", "tags"}
MINIMUM = {
    "nl over nl": 55,
    "en over en": 20,
    "cross-language": 12,
    "follow-up": 12,
    "two-documents": 10,
    "table or price": 12,
    "unanswerable": 30,
    "all": 130,
}


@cache
def _pieces(document: str) -> tuple[Piece, ...]:
    return tuple(read_pieces(DOCUMENTS / document))


def document_language(document: str) -> str:
    """Return the language of a document: the folder ``english`` is English, all else is Dutch."""
    return "en" if document.startswith("english/") else "nl"


def check_gold(gold: dict[str, Any], scan: bool) -> list[str]:
    """Return what is wrong with one gold passage."""
    document, page, quote = gold["document"], gold["page"], squeeze(gold["quote"])
    if not (DOCUMENTS / document).is_file():
        return [f"no such document: {document}"]
    if scan:
        source = SOURCES / f"{document}.md"
        found = quote in squeeze(source.read_text(encoding="utf-8"))
        return [] if found else [f"not in the source of the scan: {quote!r}"]
    places = [where for where, text in _pieces(document) if quote in text]
    if not places:
        return [f"not in {document}: {quote!r}"]
    if page not in places:
        return [f"{document}: {quote!r} is on {sorted(set(map(str, places)))}, not on {page}"]
    return []


def check_question(question: dict[str, Any]) -> list[str]:
    """Return what is wrong with one question."""
    faults = [f"unknown field {name}" for name in sorted(question.keys() - FIELDS)]
    tags, gold = question["tags"], question["gold"]
    unanswerable = question.get("unanswerable", False)
    if question["language"] not in ("nl", "en"):
        faults.append("language is nl or en")
    if unanswerable != ("unanswerable" in tags) or unanswerable == bool(gold):
        faults.append("unanswerable, its tag and an empty gold go together")
    if bool(question["answers"]) == unanswerable:
        faults.append("an answerable question has answers, another has none")
    if ("follow-up" in tags) != bool(question.get("history")):
        faults.append("a follow-up has a history, another question has none")
    if "two-documents" in tags and len({entry["document"] for entry in gold}) < 2:
        faults.append("two-documents asks for two documents")
    languages = {document_language(entry["document"]) for entry in gold}
    crosses = bool(gold) and question["language"] not in languages
    if ("cross-language" in tags) != crosses and "two-documents" not in tags:
        faults.append("the tag cross-language does not fit")
    for entry in gold:
        faults += check_gold(entry, "scan" in tags)
    return faults


def count(questions: list[dict[str, Any]]) -> dict[str, int]:
    """Count the questions of each kind that the set must hold."""
    counts: Counter[str] = Counter()
    for question in questions:
        tags, language = question["tags"], question["language"]
        languages = {document_language(entry["document"]) for entry in question["gold"]}
        counts["all"] += 1
        counts[f"{language} over {language}"] += language in languages
        counts["table or price"] += bool({"table", "price"} & set(tags))
        for tag in ("cross-language", "follow-up", "two-documents", "unanswerable"):
            counts[tag] += tag in tags
    return dict(counts)


def main() -> int:
    """Check all questions, print the counts and the faults."""
    questions: list[dict[str, Any]] = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    faults: list[str] = []
    for ident, times in Counter(question["id"] for question in questions).items():
        if times > 1:
            faults.append(f"{ident}: occurs {times} times")
    for question in questions:
        faults += [f"{question['id']}: {fault}" for fault in check_question(question)]
    counts = count(questions)
    for kind, least in MINIMUM.items():
        print(f"{kind:16} {counts.get(kind, 0):4}  (at least {least})")
        if counts.get(kind, 0) < least:
            faults.append(f"too few: {kind}")
    tags = Counter(tag for question in questions for tag in question["tags"])
    print("tags:", ", ".join(f"{tag} {times}" for tag, times in tags.most_common()))
    cited = {entry["document"] for question in questions for entry in question["gold"]}
    print(f"{len(cited)} of {sum(p.is_file() for p in DOCUMENTS.rglob('*'))} documents are asked")
    print("\n".join(faults) if faults else "no faults", file=sys.stderr if faults else sys.stdout)
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
