"""Finding a person in any text agrees with a slow reader that goes word by word, and its shortcut loses nothing."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import hypothesis.strategies as st
from hypothesis import example, given

from kb.privacy.folding import FoldedText, fold, squeezed
from kb.privacy.identifiers import identifier, subject, written_forms
from kb.privacy.matching import Matcher
from kb.privacy.types import How, Identifier, IdentifierKind, Match

K = IdentifierKind
PERSON = subject(
    [
        identifier(K.NAME, "Jan de Vries"),
        identifier(K.EMAIL, "j.devries@kantoor.example"),
        identifier(K.PHONE, "06-12345678"),
        identifier(K.NUMBER, "P-0137"),
    ]
)
MATCHER = Matcher(PERSON)
CERTAIN = (How.EXACT, How.NORMALISED)

words = st.sampled_from(
    ["Jan", "jan", "J", "j", "P", "de", "DE", "Vries", "vrïes", "VRIES", "dhr", "De", "heer", "Vriesland", "ﬁets", "x", "ß"]
)
gaps = st.sampled_from([" ", "\n", "  \n ", ". ", ".", "-", "_", ", ", "\u00a0", " (", "....", "|", " - ", "\u200b ", ""])


@st.composite
def texts(draw: st.DrawFn) -> str:
    return "".join(draw(gaps) + draw(words) for _ in range(draw(st.integers(0, 12))))


def tokens(text: str) -> list[tuple[str, int, int]]:
    """Words as runs of letters and digits of the folded text, with where they stand in the original; slowly."""
    signs = [(folded, at) for at, one in enumerate(text) for folded in fold(one)]
    found: list[tuple[str, int, int]] = []
    last: int | None = None
    for place, (sign, at) in enumerate(signs):
        if sign.isalnum():
            if last == place - 1 and found:
                word, start, _ = found.pop()
                found.append((word + sign, start, at + 1))
            else:
                found.append((sign, at, at + 1))
            last = place
    return found


def reference(text: str) -> list[tuple[int, int]]:
    """Where “Jan de Vries” is named, word by word: orders and titles with at most three signs between two words."""
    ways = [["jan", "de", "vries"], ["j", "de", "vries"], ["vries", "jan", "de"], ["de", "vries", "jan"], ["dhr", "de", "vries"]]
    ways += [["de", "heer", "de", "vries"], ["heer", "jan", "de", "vries"], ["j", "p", "de", "vries"]]
    read = tokens(text)
    found = []
    for first in range(len(read)):
        for way in ways:
            run = read[first : first + len(way)]
            if [one[0] for one in run] == way and all(_close(text[a[2] : b[1]]) for a, b in pairwise(run)):
                found.append((run[0][1], run[-1][2]))
    return found


def _close(gap: str) -> bool:
    return len([one for one in fold(gap) if not one.isspace()]) <= 3


@given(texts())
@example("Jan-\nde Vries")
@example("x-\nJan de Vries")
@example("Vries, Jan de")
@example(" Jan de Vries Jan")
def test_whatever_a_slow_reader_finds_is_found(text: str) -> None:
    """Where one surname can be read with the first name before it and with the one after it, the first reading stands for both."""
    certain = [match for match in MATCHER.find(text) if match.how in CERTAIN]
    read = reference(text)
    for start, end in read:
        shared = any((a, b) != (start, end) and a < end and start < b for a, b in read)
        whole = any(one.start <= start and end <= one.end for one in certain)
        assert whole or (shared and any(one.start < end and start < one.end for one in certain)), (text[start:end], certain)


@given(texts())
def test_nothing_is_found_for_certain_without_its_surname_and_what_tells_the_person(text: str) -> None:
    for match in MATCHER.find(text):
        stretch = fold(text[match.start : match.end])
        assert "vries" in "".join(one for one in stretch if one.isalnum())
        if match.how in CERTAIN:
            assert any(word in {"j", "jan", "dhr", "heer"} or "vriesj" in word or word.startswith("j") for word, _, _ in tokens(stretch))


def disguised(draw: st.DrawFn, form: str) -> str:
    """The same form with other capitals, accents, invisible signs and white space."""
    parts = []
    for one in form:
        change = draw(st.sampled_from(["", "", "", "upper", "lower", "accent", "hidden", "space"]))
        if change == "upper" and one.upper().isascii():
            one = one.upper()
        elif change == "lower":
            one = one.lower()
        elif change == "accent" and one.isalpha():
            one = unicodedata.normalize(draw(st.sampled_from(["NFC", "NFD"])), one + draw(st.sampled_from("\u0300\u0301\u0308\u0327")))
        elif change == "hidden":
            one += draw(st.sampled_from("\u200b\u00ad\u2060"))
        elif change == "space" and one == " ":
            one = draw(st.sampled_from(["\n", "  ", "\u00a0", "\t \n"]))
        parts.append(one)
    return "".join(parts)


@st.composite
def planted(draw: st.DrawFn) -> tuple[str, int, int]:
    form = disguised(draw, draw(st.sampled_from([form for one in PERSON.identifiers for form in written_forms(one)])))
    before = draw(st.text(max_size=20)) + draw(st.sampled_from(["", " ", "(", "\n"])) if draw(st.booleans()) else ""
    after = draw(st.sampled_from(["", " ", ".", ")\n"])) + draw(st.text(max_size=20)) if draw(st.booleans()) else ""
    if before and (fold(before[-1:]) + "x")[0].isalnum():
        before += " "
    if after and fold(after[:1])[:1].isalnum():
        after = " " + after
    return before + "; " + form + " ;" + after, len(before) + 2, len(before) + 2 + len(form)


@given(planted())
def test_every_written_form_is_found_however_it_is_disguised(planted: tuple[str, int, int]) -> None:
    text, start, end = planted
    letters = [at for at in range(start, end) if fold(text[at]).strip(" .,()+-\n\t")]
    covered = {at for one in MATCHER.find(text) if one.how in CERTAIN for at in range(one.start, one.end)}
    assert set(letters) <= covered


@given(st.one_of(texts(), st.text(), planted().map(lambda one: one[0])))
def test_the_shortcut_loses_nothing(text: str) -> None:
    assert MATCHER.find(text) == MATCHER._precise(text, range(len(PERSON.identifiers)))


@given(st.lists(st.one_of(texts(), st.text(), planted().map(lambda one: one[0])), max_size=6))
def test_texts_read_together_give_what_each_gives(several: list[str]) -> None:
    together: dict[int, list[Match]] = dict(MATCHER.find_among(several))
    assert together == {at: found for at, text in enumerate(several) if (found := MATCHER.find(text.replace("\0", " ")))}


@given(st.text(), st.text())
@example("`", "\x80")
def test_folding_goes_sign_by_sign(one: str, other: str) -> None:
    assert fold(one + other) == fold(one) + fold(other)
    assert squeezed(one + other) == squeezed(one) + squeezed(other)
    folded = fold(one)
    kept = "".join(sign for sign in folded if sign.isalnum() or sign == "\0")
    assert squeezed(one).decode() == kept


@given(st.text())
def test_every_stretch_of_a_folded_text_leads_back_to_what_it_was_folded_from(text: str) -> None:
    folded = FoldedText(text)
    for start in range(len(folded.text)):
        first, last = folded.place(start, start + 1)
        assert 0 <= first < last <= len(text)
        assert folded.text[start] == " " or folded.text[start] in fold(text[first:last])


def test_one_identifier_is_as_good_as_many() -> None:
    alone = Identifier(K.NAME, "Jan de Vries")
    assert Matcher(subject([alone])).find("Jan de Vries")[0].how is How.EXACT
