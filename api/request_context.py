"""What is known of a request besides its content: its id and the language of whoever reads the response."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from kb.types import Language

LANGUAGE_COOKIE = "kb_lang"


def request_id_of(connection: HTTPConnection) -> str:
    """The id that the response carries as ``X-Request-ID`` and under which the log knows the request."""
    found = connection.scope.get("kb.request_id")
    return found if isinstance(found, str) else ""


def language_of(connection: HTTPConnection) -> Language:
    """The reader's language: what the page was switched to, else the first of Accept-Language that is known, else the settings'."""
    chosen = connection.cookies.get(LANGUAGE_COOKIE)
    if chosen is not None and (known := _known(chosen)) is not None:
        return known
    return preferred_language(connection.headers.get("accept-language", ""), connection.app.state.kennisbank.settings.language)


def preferred_language(accept_language: str, otherwise: Language) -> Language:
    """The known language of the highest weight in an Accept-Language header (RFC 9110, 12.5.4), else ``otherwise``."""
    best: tuple[float, Language] | None = None
    for item in accept_language.split(","):
        tag, _, parameter = item.strip().partition(";")
        try:
            weight = float(parameter.strip().removeprefix("q=")) if parameter else 1.0
        except ValueError:
            continue
        known = _known(tag.partition("-")[0].strip())
        if known is not None and weight > 0 and (best is None or weight > best[0]):
            best = (weight, known)
    return otherwise if best is None else best[1]


def _known(tag: str) -> Language | None:
    match tag.lower():
        case "nl":
            return "nl"
        case "en":
            return "en"
        case _:
            return None
