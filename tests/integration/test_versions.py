"""A new version of a document: what it costs, what stays, what is no longer found."""

from __future__ import annotations

import io
import random

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from api.bootstrap import Kennisbank
from kb.authorise import OWNER
from kb.ports import Vectors
from kb.search.hashing_embedder import HashingEmbedder
from kb.search.indexes import embed_chunks
from kb.types import Upload

PAGES = 200
LINES = 30
WORDS = """de het een monteur fiets onderdeel controleert vervangt werkplaats klant levering garantie reparatie termijn datum afspraak
formulier afdeling verlof rooster planning magazijn voorraad bestelling factuur betaling contract veiligheid melding procedure"""


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that goes to the embedder as a passage."""
    texts: list[str] = []
    embed = HashingEmbedder.embed_passages

    def counting(self: HashingEmbedder, passages: list[str]) -> Vectors:
        texts.extend(passages)
        return embed(self, passages)

    monkeypatch.setattr(HashingEmbedder, "embed_passages", counting)
    return texts


def manual(*, chapters: bool, changed_page: int | None = None) -> bytes:
    """A manual of 200 pages of running text; with ``changed_page`` other sentences stand on that page."""
    out = io.BytesIO()
    canvas = Canvas(out, A4, invariant=1)
    words_of_a_manual = WORDS.split()
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
                    sentence = [chance.choice(words_of_a_manual) for _ in range(chance.randint(7, 16))]
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


def test_a_chunk_that_stays_keeps_its_vectors_to_the_bit_and_is_found_where_it_stands_now(
    kennisbank: Kennisbank, embedded: list[str]
) -> None:
    operations = kennisbank.operations(OWNER)
    before = "# Nota\n\n## Verlof\n\nVoltijders krijgen 27 vakantiedagen per jaar.\n\n## Ziekte\n\nMeld je voor negen uur ziek.\n"
    operations.ingest([Upload("nota.md", before.encode())])
    assert len(embedded) == 2
    embedded.clear()
    after = before.replace("27 vakantiedagen", "29 vakantiedagen en een snipperdag")
    operations.ingest([Upload("nota.md", after.encode())])
    assert [text for text in embedded if "27" in text or "Ziekte" in text] == []
    assert len(embedded) == 1
    with kennisbank.ledger.reading() as tx:
        space = tx.spaces.named("algemeen").id
        ids = tx.chunks.ids_of_space(space)
        said = {text.chunk_id: text for text in tx.chunks.texts(ids)}
        owners, _, vectors = tx.chunks.vectors(ids, kennisbank.embedders.fingerprint())
    for owner, vector in zip(owners, vectors, strict=True):
        text = said[owner]
        [fresh] = embed_chunks(kennisbank.embedders.current(), [text])[owner]
        assert (vector == fresh).all()
    [passage] = [one for one in kennisbank.retriever.retrieve("ziek melden", [space], "nl") if "ziek" in one.text]
    assert operations.document_text(passage.document_id).sections[-1].start == passage.start


def test_a_changed_heading_embeds_what_stands_under_it_again(kennisbank: Kennisbank, embedded: list[str]) -> None:
    operations = kennisbank.operations(OWNER)
    before = "# Nota\n\n## Verlof\n\nMeld je voor negen uur.\n\n## Ziekte\n\nMeld je voor tien uur.\n"
    operations.ingest([Upload("nota.md", before.encode())])
    embedded.clear()
    operations.ingest([Upload("nota.md", before.replace("## Ziekte", "## Verzuim").encode())])
    assert len(embedded) == 1
    assert "Verzuim" in embedded[0]


def test_a_version_that_cannot_be_read_leaves_the_one_before_it_to_be_found(kennisbank: Kennisbank) -> None:
    operations = kennisbank.operations(OWNER)
    operations.ingest([Upload("nota.md", b"# Nota\n\nMeld je voor negen uur ziek.\n")])
    [failed] = operations.ingest([Upload("nota.md", b"%PDF-1.7 not really")]).files
    assert failed.status == "failed"
    with kennisbank.ledger.reading() as tx:
        space = tx.spaces.named("algemeen").id
    assert "negen uur" in kennisbank.retriever.retrieve("ziek melden", [space], "nl")[0].text
    [again] = operations.ingest([Upload("nota.md", b"# Nota\n\nMeld je voor acht uur ziek.\n")]).files
    assert again.status == "ready"
    assert "acht uur" in kennisbank.retriever.retrieve("ziek melden", [space], "nl")[0].text
