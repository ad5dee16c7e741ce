"""A new version of a document: what it costs, what stays, what is no longer found."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from api.bootstrap import Kennisbank
from kb.authorise import OWNER
from kb.ports import Vectors
from kb.search.hashing_embedder import HashingEmbedder
from kb.types import Upload

PAGES = 200
LINES = 30
WORDS = """de het een monteur fiets onderdeel controleert vervangt werkplaats klant levering garantie reparatie termijn datum afspraak
formulier afdeling verlof rooster planning magazijn voorraad bestelling factuur betaling contract veiligheid melding procedure""".split()


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every text that goes to the embedder as a passage."""
    texts: list[str] = []
    embed = HashingEmbedder.embed_passages

    def counting(self: HashingEmbedder, passages: list[str]) -> Vectors:
        texts.extend(passages)
        return embed(self, passages)

    monkeypatch.setattr(HashingEmbedder, "embed_passages", counting)
    yield texts


def manual(*, chapters: bool, changed_page: int | None = None) -> bytes:
    """A manual of 200 pages of running text; with ``changed_page`` other sentences stand on that page."""
    out = io.BytesIO()
    canvas = Canvas(out, A4, invariant=1)
    canvas.setTitle("Handboek werkplaats")
    for page in range(PAGES):
        chance = random.Random(page if page != changed_page else f"{page} changed")
        y = 790.0
        if chapters and page % 8 == 0:
            canvas.setFont("Helvetica-Bold", 18)
            canvas.drawString(60, y, f"Hoofdstuk {page // 8 + 1}")
            y -= 34
        canvas.setFont("Helvetica", 10)
        words = iter([])
        for _ in range(LINES):
            line = ""
            while canvas.stringWidth(line) < 420:
                word = next(words, None)
                if word is None:
                    sentence = [chance.choice(WORDS) for _ in range(chance.randint(7, 16))]
                    words = iter([sentence[0].capitalize(), *sentence[1:-1], sentence[-1] + "."])
                    word = next(words)
                line += word + " "
            canvas.drawString(60, y, line.strip())
            y -= 14
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.mark.parametrize("chapters", [True, False])
def test_of_a_manual_of_which_one_page_changed_under_a_twentieth_is_embedded_again(
    kennisbank: Kennisbank, embedded: list[str], chapters: bool
) -> None:
    operations = kennisbank.operations(OWNER)
    [first] = operations.ingest([Upload("handboek.pdf", manual(chapters=chapters))]).files
    assert (first.status, first.pages) == ("ready", PAGES)
    assert len(embedded) >= first.chunks > PAGES
    embedded.clear()
    [second] = operations.ingest([Upload("handboek.pdf", manual(chapters=chapters, changed_page=100))]).files
    assert second.status == "ready"
    assert 0 < len(embedded) < 0.05 * second.chunks
    statistics = kennisbank.pipeline.last_statistics
    assert statistics is not None
    assert statistics.chunks_kept > 0.95 * second.chunks
    assert statistics.texts_embedded == len(embedded)
