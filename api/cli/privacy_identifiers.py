"""How a person is named to `kb privacy`: by options, or by a file or stdin, which leave no trace in the shell's history."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from kb.privacy.types import Identifier, IdentifierKind

Names = Annotated[list[str] | None, typer.Option("--name", help="A name, as written in full. May be given again.", show_default=False)]
Emails = Annotated[list[str] | None, typer.Option("--email", help="An e-mail address.", show_default=False)]
Phones = Annotated[list[str] | None, typer.Option("--phone", help="A telephone number, in any notation.", show_default=False)]
Bsns = Annotated[list[str] | None, typer.Option("--bsn", help="A citizen service number.", show_default=False)]
Numbers = Annotated[list[str] | None, typer.Option("--number", help="Of an employee, a pupil, a customer.", show_default=False)]
Ibans = Annotated[list[str] | None, typer.Option("--iban", help="An account number.", show_default=False)]
Aliases = Annotated[list[str] | None, typer.Option("--alias", help="Anything else the person is called.", show_default=False)]
Listed = Annotated[
    Path | None,
    typer.Option(
        "--identifiers", help="A file with lines such as “name: …” or “email: …”; - reads stdin. Nothing lands in the shell's history.",
        show_default=False,
    ),
]  # fmt: skip

Said = Sequence[str] | None


def identifiers_of(
    name: Said, email: Said, phone: Said, bsn: Said, number: Said, iban: Said, alias: Said, listed: Path | None
) -> tuple[Identifier, ...]:
    """Everything that was given, in order. Raises InvalidRequest for a line that names no kind, PathMissing."""
    given = zip(
        (
            IdentifierKind.NAME,
            IdentifierKind.EMAIL,
            IdentifierKind.PHONE,
            IdentifierKind.BSN,
            IdentifierKind.NUMBER,
            IdentifierKind.IBAN,
            IdentifierKind.ALIAS,
        ),
        (name, email, phone, bsn, number, iban, alias),
        strict=True,
    )
    found = [Identifier(kind, value) for kind, values in given for value in values or ()]
    return (*found, *(_lines(listed) if listed is not None else ()))


def _lines(listed: Path) -> list[Identifier]:
    from kb.errors import InvalidRequest, PathMissing

    if str(listed) == "-":
        text = sys.stdin.read()
    elif listed.is_file():
        text = listed.read_text(encoding="utf-8")
    else:
        raise PathMissing(path=listed)
    found = []
    for at, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        kind, colon, value = line.partition(":")
        if not colon or kind.strip().lower() not in list(IdentifierKind):
            raise InvalidRequest(reason=f"--identifiers, {at}: {', '.join(IdentifierKind)}")
        found.append(Identifier(IdentifierKind(kind.strip().lower()), value.strip()))
    return found
