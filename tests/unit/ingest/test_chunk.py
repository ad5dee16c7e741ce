"""Chunks: under their headings, by sentences and rows, nothing lost."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunk import HeadingChunker
from ingest.normalise import normalise
from kb.search.hashing_embedder import HashingEmbedder
from kb.types import Box, ChunkDraft, Element, ElementKind, VersionText

EMBEDDER = HashingEmbedder()
SENTENCE = "De vergoeding voor een dienstreis met de eigen auto is in dit jaar opnieuw vastgesteld. "


def heading(text: str, level: int = 1, page: int | None = None) -> Element:
    return Element(ElementKind.HEADING, text, level=level, page=page)


def paragraph(text: str, page: int | None = None) -> Element:
    return Element(ElementKind.PARAGRAPH, text, page=page)


def row(text: str, kind: ElementKind = ElementKind.TABLE_ROW) -> Element:
    return Element(kind, text)


def chunked(elements: list[Element], target_tokens: int = 60, title: str = "Titel") -> tuple[VersionText, list[ChunkDraft]]:
    text = normalise(elements)
    return text, HeadingChunker(target_tokens).chunk(text, title, EMBEDDER)


def shown(text: VersionText, draft: ChunkDraft) -> tuple[list[str], str]:
    return [text.text[start:end] for start, end in draft.headings], text.text[draft.start : draft.end]


def test_a_text_that_is_too_short_to_tell_is_in_the_language_that_its_file_says() -> None:
    short = normalise([paragraph("Lease 2031")])
    telling = normalise([paragraph("De huur van het gebouw loopt in 2031 af en wordt dan verlengd.")])

    said = [HeadingChunker().chunk(text, "Titel", EMBEDDER, "en")[0].language for text in (short, telling)]

    assert said == ["en", "nl"]


def test_a_heading_starts_a_chunk_and_is_its_path_not_its_text() -> None:
    text, drafts = chunked(
        [heading("Verlof"), paragraph("Eerst."), heading("Vakantie", 2), paragraph("Dan."), heading("Ziekte"), paragraph("Ook.")]
    )
    assert [shown(text, draft) for draft in drafts] == [(["Verlof"], "Eerst."), (["Verlof", "Vakantie"], "Dan."), (["Ziekte"], "Ook.")]


def test_a_heading_with_nothing_under_it_is_text_so_that_it_can_be_found() -> None:
    text, drafts = chunked([heading("Alleen een kop")])
    assert [shown(text, draft) for draft in drafts] == [([], "Alleen een kop")]
    text, drafts = chunked([heading("Artikel"), heading("Vervallen", 2), heading("Slot", 2), paragraph("Tekst.")])
    assert [shown(text, draft) for draft in drafts] == [(["Artikel"], "Vervallen"), (["Artikel", "Slot"], "Tekst.")]


def test_a_title_stands_above_every_heading() -> None:
    text, drafts = chunked([Element(ElementKind.TITLE, "Handboek"), paragraph("Intro."), heading("Een"), paragraph("Tekst.")])
    assert [shown(text, draft)[0] for draft in drafts] == [["Handboek"], ["Handboek", "Een"]]


def test_long_text_is_cut_between_sentences_in_pieces_of_about_the_same_size() -> None:
    text, drafts = chunked([paragraph(SENTENCE * 20)], target_tokens=60)
    pieces = [text.text[draft.start : draft.end] for draft in drafts]
    assert all(piece.endswith("vastgesteld.") and piece.startswith("De vergoeding") for piece in pieces)
    sizes = EMBEDDER.count_tokens(pieces)
    assert max(sizes) <= 60
    assert len(sizes) <= -(-sum(sizes) // 60) + 1
    assert min(sizes) > 0.5 * max(sizes)


def test_a_sentence_longer_than_the_target_is_cut_but_nothing_of_it_is_lost() -> None:
    text, drafts = chunked([paragraph("woord " * 300)], target_tokens=50)
    assert "".join(text.text[draft.start : draft.end].replace(" ", "") for draft in drafts) == "woord" * 300


def test_rows_are_packed_whole_and_later_chunks_carry_the_header_row() -> None:
    rows = [row("Naam | Functie | Toestel", ElementKind.TABLE_HEADER), *(row(f"Medewerker {n} | monteur | 1{n}") for n in range(40))]
    text, drafts = chunked([heading("Lijst"), *rows], target_tokens=60)
    assert len(drafts) > 3
    assert drafts[0].table_header is None
    assert text.text[drafts[0].start : drafts[0].end].startswith("Naam | Functie")
    for draft in drafts[1:]:
        assert draft.table_header is not None
        assert text.text[slice(*draft.table_header)] == "Naam | Functie | Toestel"
        assert all(line.startswith("Medewerker") and line.count("|") == 2 for line in text.text[draft.start : draft.end].split("\n"))


def test_a_small_table_stays_with_the_sentence_that_introduces_it() -> None:
    elements = [paragraph("De tarieven zijn:"), row("Soort | Bedrag", ElementKind.TABLE_HEADER), row("Auto | 0,23")]
    assert len(chunked(elements)[1]) == 1


def test_title_headings_header_and_text_fit_the_window_together() -> None:
    embedder = HashingEmbedder(window_tokens=64)
    elements = [heading("Een tamelijk lange kop boven dit stuk"), row("Kolom een | Kolom twee", ElementKind.TABLE_HEADER)]
    elements += [row(f"waarde {n} | nog een waarde {n}") for n in range(60)]
    text = normalise(elements)
    for draft in HeadingChunker(180).chunk(text, "De titel van het document", embedder):
        above = ["De titel van het document", *shown(text, draft)[0]]
        above += [text.text[slice(*draft.table_header)]] if draft.table_header else []
        assert embedder.count_tokens(["\n".join([*above, text.text[draft.start : draft.end]])])[0] <= 64


def test_a_chunk_knows_its_first_and_last_page() -> None:
    boxes = (Box(4, 0, 0, 1, 1), Box(5, 0, 0, 1, 1))
    elements = [paragraph("Een.", 3), Element(ElementKind.PARAGRAPH, "Twee loopt door.", page=4, boxes=boxes)]
    (draft,) = chunked(elements)[1]
    assert (draft.page_first, draft.page_last) == (3, 5)
    (draft,) = chunked([paragraph("Zonder bladzijden.")])[1]
    assert (draft.page_first, draft.page_last) == (None, None)


def test_a_chunk_has_its_own_language_and_a_short_one_that_of_the_document() -> None:
    english = "The warranty on the battery covers two years from the date on which the customer received the bicycle."
    dutch = "De garantie op de accu geldt twee jaar vanaf de dag waarop de klant de fiets heeft gekregen, mits goed onderhouden."
    _, drafts = chunked(
        [heading("A"), paragraph(dutch * 3), heading("B"), paragraph(english), heading("C"), paragraph("Download the service manual")]
    )
    assert [draft.language for draft in drafts] == ["nl"] * (len(drafts) - 2) + ["en", "nl"]


def test_boilerplate_stays_text_but_is_in_no_chunk_and_no_chunk_runs_across_it() -> None:
    folded = Element(ElementKind.PARAGRAPH, "Dit bericht is vertrouwelijk.", boilerplate=True)
    text, drafts = chunked([heading("Kop"), paragraph("Eerst."), folded, paragraph("Daarna.")])
    assert "vertrouwelijk" in text.text
    assert [shown(text, draft) for draft in drafts] == [(["Kop"], "Eerst."), (["Kop"], "Daarna.")]


def test_a_heading_above_boilerplate_alone_is_text_as_one_above_nothing() -> None:
    folded = Element(ElementKind.PARAGRAPH, "Zie boven.", boilerplate=True)
    text, drafts = chunked([heading("Eerst"), paragraph("Tekst."), heading("Dan"), folded])
    assert [shown(text, draft)[1] for draft in drafts] == ["Tekst.", "Dan"]


def test_no_elements_give_no_chunks() -> None:
    assert HeadingChunker().chunk(VersionText("", ()), "Titel", EMBEDDER) == []


class NoWordForSigns(HashingEmbedder):
    """As many real models: letters that it does not know, as the signs of a formula, are no tokens."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return super().count_tokens([text.replace("\uf8f6", " ") for text in texts])


def test_signs_that_the_model_does_not_know_are_in_one_chunk_only() -> None:
    formula = "Een formule met haken \uf8f6\n\n\uf8f6 \uf8f6\n\n"
    text = normalise([paragraph(part) for part in (formula * 20).split("\n\n") if part])
    drafts = HeadingChunker(60).chunk(text, "Titel", NoWordForSigns())
    assert "".join(text.text[draft.start : draft.end] for draft in drafts).count("\uf8f6") == text.text.count("\uf8f6")
    assert all(one.end <= following.start for one, following in pairwise(drafts))


words = st.text(alphabet="abcdé .,!?|1\uf8f6\n\n-", min_size=1, max_size=120).filter(str.strip)
elements = st.lists(
    st.builds(
        Element,
        kind=st.sampled_from(ElementKind),
        text=words,
        level=st.integers(1, 4),
        page=st.integers(1, 3),
        boilerplate=st.booleans(),
    ),
    max_size=14,
)


@settings(max_examples=150, deadline=None)
@given(elements, st.integers(32, 90), st.integers(40, 256))
def test_chunks_are_in_order_apart_and_cover_every_span_that_is_not_a_heading_or_boilerplate(
    parts: list[Element], target: int, window: int
) -> None:
    text = normalise(parts)
    drafts = HeadingChunker(target).chunk(text, "Titel", NoWordForSigns(window_tokens=window))
    covered: set[int] = set()
    end = 0
    for draft in drafts:
        assert end <= draft.start < draft.end <= len(text.text)
        assert text.text[draft.start : draft.end] == text.text[draft.start : draft.end].strip("\n").rstrip()
        covered.update(range(draft.start, draft.end))
        end = draft.end
    above = {range_ for draft in drafts for range_ in draft.headings}
    for span in text.spans:
        letters = {place for place in range(span.start, span.end) if not text.text[place].isspace()}
        if span.boilerplate:
            assert not letters & covered
            continue
        is_heading = span.kind in (ElementKind.TITLE, ElementKind.HEADING)
        assert letters <= covered or (is_heading and (span.start, span.end) in above)
