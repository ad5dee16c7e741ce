"""Pages of HTML from templates, in the reader's language, with who is signed in."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from api.auth import Caller
from api.request_context import language_of
from kb.authorise import ANONYMOUS
from kb.types import Language, PassageRef

PAGES = Path(__file__).parent / "pages"
ASSETS = PAGES / "assets"
LANGUAGES: tuple[Language, ...] = ("nl", "en")

_VARY = "Accept-Language, Cookie"


@cache
def page_texts(language: Language) -> dict[str, str]:
    """Every string of the pages in one language."""
    texts: dict[str, str] = json.loads((ASSETS / "texts" / f"{language}.json").read_text("utf-8"))
    return texts


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(PAGES), autoescape=select_autoescape(default=True), undefined=StrictUndefined, trim_blocks=False
    )
    environment.globals["nearest"] = _once_each
    return environment


def page(template: str, request: Request, status: int = 200, **values: Any) -> Response:
    """A page. Besides ``values`` a template knows the texts, the organisation and ``signed_in`` (None for nobody)."""
    language = language_of(request)
    caller: Caller = getattr(request.state, "caller", Caller(ANONYMOUS))
    html = (
        _environment()
        .get_template(template)
        .render(
            language=language,
            texts=page_texts(language),
            names={one: page_texts(one)["language.name"] for one in LANGUAGES},
            organisation=request.app.state.kennisbank.settings.organisation,
            signed_in=caller.signed_in,
            **values,
        )
    )
    return HTMLResponse(html, status_code=status, headers={"Vary": _VARY})


def _once_each(passages: Iterable[PassageRef]) -> list[PassageRef]:
    return list({(passage.document_id, passage.section, passage.page): passage for passage in reversed(list(passages))}.values())[::-1]
