"""The report of execution as a page to read and to print, in Dutch or English. It loads nothing from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from kb.privacy.report_words import CODES, NOT_SEEN, WORDS

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #ddd;"
    "vertical-align:top}th{width:55%;font-weight:400}code{overflow-wrap:anywhere}"
)


def report_page(report: Mapping[str, Any], language: str) -> str:
    """The report as HTML; ``language``: nl, or anything else for English. Everything in it comes from ``report``."""
    words = {name: pair[0 if language == "nl" else 1] for name, pair in WORDS.items()}
    codes = {name: pair[0 if language == "nl" else 1] for name, pair in CODES.items()}
    request, done, scan = report["request"], report["done"], report["scan"]
    facts = [
        (words["number"], request["number"]),
        (words["ground"], codes.get(str(request["ground"]), request["ground"] or "–")),
        (words["received_on"], request["received_on"]),
        (words["deadline"], request["deadline"]),
        (words["made_at"], str(report["made_at"])[:16].replace("T", " ") + " UTC"),
        (words["approvals"], request["approvals"]),
    ]
    changed = [
        (words["documents_erased"], done["documents_erased"]),
        (words["places_redacted"], done["places_redacted"]),
        (words["answers_erased"], done["answers_erased"]),
        *((words[f"originals_{name}"], number) for name, number in _originals(done["steps"]).items()),
    ]
    read = [
        (words["files"], scan["files"]),
        (words["bytes"], scan["bytes"]),
        (words["containers"], scan["containers"]),
        (words["vectors"], scan["vectors_compared"]),
        (words["found_unexpected"], scan["found_unexpected"]),
        (words["found_expected"], scan["found_expected"]),
        (words["unread"], scan["unread"]),
    ]
    kept = [
        (
            codes.get(row["decision"], row["decision"]),
            f"{row['places']}× {codes.get(str(row['ground']), row['ground'] or '')} {row['until'] or ''}".strip(),
        )
        for row in report["kept"]
    ]
    backups = [(row["name"], f"{words['expires_on']} {row['expires_on']}") for row in report["backups"]]
    not_seen = "".join(
        f"<li>{escape(NOT_SEEN[code][0 if language == 'nl' else 1])}</li>" for code in report["not_seen"] if code in NOT_SEEN
    )
    parts = [
        f"<h1>{escape(words['title'])}</h1><p>{escape(words['intro'])}</p>",
        _table("", facts),
        _table(words["changed"], changed),
        _table(words["scanned"], read),
        f"<p>{escape(words['scan_means'])}</p>",
        _table(words["kept"], kept) if kept else f"<h2>{escape(words['kept'])}</h2><p>{escape(words['nothing_kept'])}</p>",
        _table(words["backups"], backups) if backups else f"<h2>{escape(words['backups'])}</h2><p>{escape(words['no_backups'])}</p>",
        f"<h2>{escape(words['not_seen'])}</h2><ul>{not_seen}</ul>",
        f"<h2>{escape(words['check'])}</h2><p>{escape(words['check_how'])}</p>",
        _table("", [(words["person"], request["person"]), (words["public_key"], report.get("signature", {}).get("public_key", "–"))]),
    ]
    return (
        f'<!doctype html><html lang="{"nl" if language == "nl" else "en"}"><head><meta charset="utf-8">'
        f"<title>{escape(words['title'])} {escape(str(request['number']))}</title><style>{_STYLE}</style></head>"
        f"<body>{''.join(parts)}</body></html>"
    )


def _originals(steps: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    counts: Mapping[str, int] = next((step["counts"] for step in steps if step["step"] == "originals"), {})
    return {name: counts[name] for name in ("destroyed", "rewritten", "replaced") if counts.get(name)}


def _table(heading: str, rows: Iterable[tuple[object, object]]) -> str:
    head = f"<h2>{escape(heading)}</h2>" if heading else ""
    body = "".join(f'<tr><th scope="row">{escape(str(name))}</th><td><code>{escape(str(value))}</code></td></tr>' for name, value in rows)
    return f"{head}<table>{body}</table>"
