"""The readable part of a copy: one page of HTML without anything from elsewhere. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from html import escape

from kb.privacy.export_content import ExportContent, Holding
from kb.privacy.export_words import CATEGORY_OF, WORDS
from kb.types import Language

_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}"
    "h1,h2,h3{line-height:1.2}dt{font-weight:600}blockquote{margin:.5rem 0;padding:.5rem 1rem;border-left:.25rem solid #888;"
    "white-space:pre-wrap;overflow-wrap:anywhere}article{border-top:1px solid #bbb;margin-top:1rem}"
)


@dataclass(frozen=True, slots=True)
class ExportFrame:
    """What a copy says besides the data: of the request, of the organisation and of how it was made.

    ``retention``: days by category, 0 for until erased. ``others_released``: other people were left unmasked on purpose.
    """

    number: str
    received_on: date
    made_at: datetime
    organisation: str
    purpose: str
    contact: str
    retention: Mapping[str, int]
    others_released: bool
    unsearched: int


def export_page(content: ExportContent, frame: ExportFrame, language: Language) -> str:
    """The page in one language; every string of the data is escaped."""
    words = WORDS[language]
    body = "\n".join(_body(content, frame, words))
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(words['title'])}</title><style>{_STYLE}</style></head><body>\n{body}\n</body></html>\n"
    )


def _body(content: ExportContent, frame: ExportFrame, words: Mapping[str, str]) -> Iterator[str]:
    yield f"<h1>{escape(words['title'])}</h1>"
    yield _p(words["intro"].format(number=frame.number, received=frame.received_on.isoformat()))
    yield _p(words["made"].format(at=frame.made_at.strftime("%Y-%m-%d %H:%M UTC")))
    yield _h2(words["controller"]) + _p(frame.organisation or words["not_filled_in"])
    yield _h2(words["purposes"]) + _p(frame.purpose or words["purpose_search"])
    yield _list([words["purpose_search"], words["purpose_log"], words["purpose_audit"]])
    yield _p(words["automated"])
    if content.holdings:
        yield _h2(words["categories"]) + _list(_categories(content, words))
    yield _h2(words["holdings"])
    yield _p(words["released"] if frame.others_released else words["others"].format(masked=content.masked))
    if content.withheld:
        yield _p(words["withheld"].format(withheld=content.withheld))
    if frame.unsearched:
        yield _p(words["unsearched"].format(unsearched=frame.unsearched))
    if not content.holdings:
        yield _p(words["nothing"])
    for holding in content.holdings:
        yield "\n".join(_article(holding, words))
    yield _h2(words["recipients"])
    yield _list(_recipients(content, words)) if content.recipients else _p(words["no_recipients"])
    yield _h2(words["retention"])
    yield _list([words["retention_documents"], *_terms(frame, words)])
    if content.accesses:
        yield _h2(words["accesses"])
        yield _list(
            f"{one.at:%Y-%m-%d %H:%M} · {one.action} · {words.get(one.actor, one.actor)} · {one.source}" for one in content.accesses
        )
    yield _h2(words["rights"]) + _p(words["rights_text"])
    if frame.contact:
        yield _p(words["contact"].format(contact=frame.contact))


def _article(holding: Holding, words: Mapping[str, str]) -> Iterator[str]:
    yield f"<article><h3>{escape(words.get(holding.kind, words['elsewhere']))}</h3><dl>"
    told = [(words["source"], holding.source), (words["space"], holding.space)]
    if holding.added_at is not None:
        told.append((words["added"], holding.added_at.date().isoformat()))
    if holding.kind == "document":
        told.append((words["shown"], str(holding.shown)))
    if holding.original is not None:
        told.append((words["original"], holding.original))
    yield "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in told if value)
    yield f"</dl><p>{escape(words['passage'])}:</p>"
    texts = [holding.whole_text] if holding.whole_text is not None else []
    texts += [one.text for one in holding.passages if holding.whole_text is None or one.store != "version_texts"]
    yield "".join(f"<blockquote>{escape(text)}</blockquote>" for text in texts)
    yield "</article>"


def _categories(content: ExportContent, words: Mapping[str, str]) -> Iterator[str]:
    stores = {passage.store for holding in content.holdings for passage in holding.passages}
    yield from (words[one] for one in sorted({CATEGORY_OF.get(store, "kept_other") for store in stores}))


def _recipients(content: ExportContent, words: Mapping[str, str]) -> Iterator[str]:
    for one in content.recipients:
        actor, place = words.get(one.actor, one.actor), words.get(one.location, one.location)
        yield words["recipient"].format(actor=actor, model=one.model, backend=one.backend, location=place, times=one.times)


def _terms(frame: ExportFrame, words: Mapping[str, str]) -> Iterator[str]:
    for category, days in frame.retention.items():
        what = words.get(category, category)
        yield words["retention_days"].format(what=what, days=days) if days else words["retention_until_erased"].format(what=what)


def _h2(text: str) -> str:
    return f"<h2>{escape(text)}</h2>"


def _p(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _list(items: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in items)}</ul>"
