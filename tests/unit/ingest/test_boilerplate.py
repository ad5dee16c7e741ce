"""What repeats is marked, what says something once is not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.parse.boilerplate import marked
from kb.types import Element, ElementKind

NOTICE = "Aan deze informatie kunnen geen rechten worden ontleend, zie de voorwaarden."


def paragraphs(*texts: str) -> list[Element]:
    return [Element(ElementKind.PARAGRAPH, text) for text in texts]


def flags(texts: list[Element], *, is_mail: bool = False) -> list[bool]:
    return [element.boilerplate for element in marked(texts, is_mail=is_mail)]


def test_a_paragraph_that_stands_three_times_is_searched_once() -> None:
    assert flags(paragraphs(NOTICE, "Een.", NOTICE, "Twee.", NOTICE.upper())) == [False, False, True, False, True]


def test_twice_is_not_yet_boilerplate_and_short_lines_never_are() -> None:
    assert not any(flags(paragraphs(NOTICE, NOTICE)))
    assert not any(flags(paragraphs(*["Niet van toepassing."] * 5)))


def test_in_mail_what_is_quoted_again_is_marked_whatever_its_quotation_marks() -> None:
    assert flags(paragraphs("Wanneer komt hij?", "> > Wanneer komt hij?", "Morgen."), is_mail=True) == [False, True, False]


def test_rows_of_a_table_may_repeat() -> None:
    assert not any(flags([Element(ElementKind.TABLE_ROW, NOTICE)] * 4))


def test_a_mail_that_is_nothing_but_a_disclaimer_stays_searchable() -> None:
    assert flags(paragraphs("This message is intended only for the addressee."), is_mail=True) == [False]


@given(
    st.lists(st.sampled_from([NOTICE, "Kort.", "Een andere lange alinea, die ook op meer plaatsen in het stuk kan staan."]), max_size=12),
    st.booleans(),
)
def test_every_text_is_searched_at_least_once_and_nothing_is_lost(texts: list[str], is_mail: bool) -> None:
    found = marked(paragraphs(*texts), is_mail=is_mail)
    assert [element.text for element in found] == texts
    assert {element.text for element in found if not element.boilerplate} == set(texts)
