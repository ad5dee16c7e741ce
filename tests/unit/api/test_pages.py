"""The pages as a browser without JavaScript gets them, and what their files promise."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from api.memory_operations import MemoryKennisbank
from api.routes.pages import ASSETS, PAGES, page_texts
from api.source_view import source_lines
from kb.authorise import OWNER
from kb.types import Upload
from tests.service import LEAVE_QUESTION, STRANGE_QUESTION
from tests.unit.api.conftest import Service

TEMPLATES = sorted(PAGES.glob("*.html"))


def test_both_languages_have_the_same_texts_and_every_text_is_used() -> None:
    dutch, english = page_texts("nl"), page_texts("en")
    used = "".join(path.read_text("utf-8") for path in [*TEMPLATES, ASSETS / "chat.js"])

    assert list(dutch) == list(english)
    assert [key for key in dutch if not key.startswith(("notice.", "language.", "role.")) and key not in used] == []
    for key in dutch:
        assert set(re.findall(r"\{\w+\}", dutch[key])) == set(re.findall(r"\{\w+\}", english[key])), key


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_holds_no_script_no_style_and_no_address_elsewhere(path: Path) -> None:
    html = path.read_text("utf-8")

    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=|https?:|//\w", html)
    assert not re.search(r">[^<{]*[A-Za-z]{3,}[^<{]*<", re.sub(r"\{%.*?%\}|\{\{.*?\}\}|<!doctype html>", "", html, flags=re.S))


@pytest.mark.parametrize("name", ["chat.js", "kennisbank.css"])
def test_the_pages_files_load_nothing_from_elsewhere(name: str) -> None:
    text = (ASSETS / name).read_text("utf-8")

    assert not re.search(r"https?://|@import|innerHTML|insertAdjacentHTML|eval\(|document\.write", text)


def test_the_page_speaks_the_language_of_the_browser_or_of_the_reader(service: Service) -> None:
    assert '<html lang="en">' in service.anyone.get("/", headers={"Accept-Language": "en"}).text
    assert '<html lang="nl">' in service.anyone.get("/", headers={"Accept-Language": "de"}).text

    chosen = service.anyone.get("/?lang=en", headers={"Accept-Language": "nl"}, follow_redirects=True)

    assert '<html lang="en">' in chosen.text
    assert "You are using an AI system" in chosen.text


def test_a_form_without_scripts_is_answered_with_sources_to_open(service: Service) -> None:
    html = service.anyone.post("/", data={"question": LEAVE_QUESTION}).text

    assert "Het ouderschapsverlof 🙂 duurt 26 weken." in html
    link = re.search(r'href="(/documents/[^"#]+)#quote"', html)
    assert link is not None
    source = service.anyone.get(link[1].replace("&amp;", "&")).text
    assert '<mark id="quote">Het ouderschapsverlof 🙂 duurt 26 weken.</mark>' in source
    assert "p. 2" in source


def test_a_form_without_scripts_says_what_is_not_in_the_documents(service: Service) -> None:
    html = service.anyone.post("/", data={"question": STRANGE_QUESTION}).text

    assert "Niet in de documenten" in html


def test_a_second_question_by_form_carries_the_first(service: Service) -> None:
    first = service.anyone.post("/", data={"question": LEAVE_QUESTION}).text
    hidden = dict(re.findall(r'name="(conversation_id|earlier_question|earlier_answer)" value="([^"]*)"', first))

    html = service.anyone.post("/", data={"question": "En hoeveel weken ouderschapsverlof daarna?", **hidden}).text

    _, history, _ = service.kennisbank.store.asked[-1]
    assert [turn.role for turn in history] == ["user", "assistant"]
    assert hidden["conversation_id"] in html
    assert html.count('<li class="turn">') == 3  # two turns, and the template that scripts copy


def test_a_form_that_cannot_be_answered_says_why_and_keeps_the_question(service: Service) -> None:
    response = service.anyone.post("/", data={"question": LEAVE_QUESTION, "space": "kelder"})

    assert response.status_code == 404
    assert 'role="alert"' in response.text
    assert f">{LEAVE_QUESTION}</textarea>" in response.text


def test_what_is_typed_or_stored_is_never_markup(service: Service) -> None:
    service.kennisbank.operations(OWNER).ingest([Upload("x.txt", b"<script>alert(1)</script> verlofkaart <b>verlofkaart</b> kopieren.\n")])

    answered = service.anyone.post("/", data={"question": "<img src=x onerror=alert(1)> verlofkaart kopieren alert script"}).text
    document_id = service.owner.get("/v1/documents").json()["documents"][-1]["id"]
    source = service.anyone.get(f"/documents/{document_id}").text

    assert "<img" not in answered
    assert "<script>alert" not in answered + source
    assert "&lt;script&gt;" in source


def test_a_source_that_is_gone_says_so(service: Service) -> None:
    response = service.anyone.get("/documents/geen")

    assert response.status_code == 404
    assert 'role="alert"' in response.text


def test_a_quote_over_several_sections_is_marked_in_each_and_begins_once() -> None:
    kennisbank = MemoryKennisbank()
    operations = kennisbank.operations(OWNER)
    report = operations.ingest([Upload("a.txt", "Één alinea 🙂 hier.\nTwee alinea's.\nDrie.\n".encode())])
    document = operations.document_text(report.files[0].document_id or "")

    lines = source_lines(document, 11, 23)

    assert [(line.before, line.quoted, line.after) for line in lines] == [
        ("Één alinea ", "🙂 hier.", ""),
        ("", "Twee", " alinea's."),
        ("Drie.", "", ""),
    ]
    assert [line.quote_begins for line in lines] == [True, False, False]


def test_the_texts_are_plain_json_for_the_browser(service: Service) -> None:
    for language in ("nl", "en"):
        served = service.anyone.get(f"/pages/texts/{language}.json")
        assert json.loads(served.text) == page_texts(language)  # type: ignore[arg-type]
