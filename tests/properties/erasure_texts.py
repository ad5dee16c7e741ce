"""What the erasure machine works with: people, documents that name them, and a look at every byte with eyes of its own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kb.privacy.types import REDACTED, Identifier, IdentifierKind

PEOPLE = (("Xandrine Quist", "x.quist@example.org"), ("Ysbrand Zwartveld", "y.zwartveld@example.org"))
CANARIES = ((b"xandrine", b"quist"), (b"ysbrand", b"zwartveld"))
SOURCES = ("a.md", "map/b.md", "é🚲.md", f"verslag {PEOPLE[0][0]}.md")
NAMED = SOURCES[3]
EDITIONS = 3

Who = frozenset[int]


def identifiers(person: int) -> tuple[Identifier, ...]:
    name, mail = PEOPLE[person]
    return Identifier(IdentifierKind.NAME, name), Identifier(IdentifierKind.EMAIL, mail)


def word(edition: int, who: Who, section: str) -> str:
    """It stands in one section of one text and nowhere else."""
    return f"merk{edition}{''.join('xy'[person] for person in sorted(who))}{section}"


def words(edition: int, who: Who) -> list[str]:
    return [word(edition, who, section) for section in ["d", *(f"p{person}" for person in sorted(who))]]


def content(edition: int, who: Who) -> bytes:
    """One section about nobody, and one about each of ``who``."""
    about, *people = words(edition, who)
    sections = [f"## Deel {about}\n\nDit deel gaat over {about} en over niets anders.\n"]
    for person, its in zip(sorted(who), people, strict=True):
        name, mail = PEOPLE[person]
        sections.append(f"## Deel {its}\n\nHierover belt {name} met {its}, of mail {mail}.\n")
    return "\n".join(["# Nota\n", *sections]).encode()


def blackened(text: str, people: Iterable[int]) -> str:
    for person in people:
        for one in PEOPLE[person]:
            text = text.replace(one, REDACTED * len(one))
    return text


def named_in(text: str) -> Who:
    """Whom it still names, by any word."""
    folded = text.lower().encode()
    return frozenset(person for person, canaries in enumerate(CANARIES) if any(canary in folded for canary in canaries))


def left_of(person: int, folder: Path) -> list[str]:
    """The files whose bytes or names say anything of the person, in two encodings and any case."""
    forms = [form for canary in CANARIES[person] for form in (canary, canary.decode().encode("utf-16-le"))]
    found = []
    for path in sorted(folder.rglob("*")):
        data = path.read_bytes().lower() if path.is_file() else b""
        if any(form in data or canary in path.name.lower().encode() for form in forms for canary in CANARIES[person]):
            found.append(str(path.relative_to(folder)))
    return found
