from __future__ import annotations

import re

import pytest

from kb.search.hashing_embedder import HashingEmbedder
from kb.search.recipe import MAX_WINDOWS_PER_CHUNK, index_fingerprint, passage_header, passage_windows

SENTENCES = [f"Artikel {number} regelt de vergoeding van reiskosten voor groep {number}." for number in range(60)]


def test_title_headings_and_table_header_stand_above_the_text() -> None:
    [window] = passage_windows(HashingEmbedder(), "Personeelsgids", ("Verlof", "Ziekte"), "Dag | Uren", "ma | 8")
    assert window == "Personeelsgids\nVerlof › Ziekte\nDag | Uren\nma | 8"


def test_what_is_not_there_leaves_no_empty_line() -> None:
    assert passage_windows(HashingEmbedder(), "", (), None, "tekst") == ("tekst",)
    assert passage_header("Gids", (), " ") == "Gids\n"


def test_a_heading_that_repeats_the_title_is_said_once() -> None:
    assert passage_header("Gids", ("Gids", "Verlof"), None) == "Gids\nVerlof\n"


def test_a_text_that_fits_is_one_window_and_one_token_more_is_two() -> None:
    embedder = HashingEmbedder(window_tokens=20)
    assert len(passage_windows(embedder, "", (), None, "kat " * 20)) == 1
    assert len(passage_windows(embedder, "", (), None, "kat " * 21)) == 2


@pytest.mark.parametrize("window_tokens", [40, 64, 100, 150])
def test_every_window_fits_and_carries_the_header(window_tokens: int) -> None:
    embedder = HashingEmbedder(window_tokens=window_tokens)
    windows = passage_windows(embedder, "Gids", ("Reizen",), None, " ".join(SENTENCES[:12]))
    assert 1 < len(windows) <= MAX_WINDOWS_PER_CHUNK
    assert max(embedder.count_tokens(windows)) <= window_tokens
    assert all(window.startswith("Gids\nReizen\n") for window in windows)


@pytest.mark.parametrize("sentences", [5, 12, 60])
def test_every_sentence_is_whole_in_some_window(sentences: int) -> None:
    windows = passage_windows(HashingEmbedder(window_tokens=64), "Gids", (), None, " ".join(SENTENCES[:sentences]))
    for sentence in SENTENCES[:sentences]:
        assert any(sentence in window for window in windows), sentence


@pytest.mark.parametrize(
    "text",
    [
        "x" * 3_000,
        "woord " * 900,
        "a.b.c. " * 400,
        "\n\n\n" + "regel\n" * 500,
        "汉字" * 800,
        "Kort. " + "lang" * 500 + " slot.",
        "…" * 900,
    ],
    ids=["one word", "no sentence", "many full stops", "lines", "no spaces", "a long word amid", "marks only"],
)
def test_nothing_of_the_text_is_lost_and_there_are_never_more_windows_than_the_most(text: str) -> None:
    windows = passage_windows(HashingEmbedder(window_tokens=48), "", (), None, text)
    assert len(windows) <= MAX_WINDOWS_PER_CHUNK
    # Each window goes on where the one before ended, or repeats its end: laid over each other they are the text again.
    wanted, covered = re.sub(r"\s", "", text), 0
    for window in (re.sub(r"\s", "", part) for part in windows):
        start = max(at for at in range(max(covered - len(window), 0), covered + 1) if wanted.startswith(window, at))
        covered = start + len(window)
    assert covered == len(wanted)


def test_neighbouring_windows_share_a_sentence_when_there_is_room() -> None:
    short = " ".join(f"Regel {number}." for number in range(40))
    first, second, *_ = passage_windows(HashingEmbedder(window_tokens=60), "", (), None, short)
    assert first.split(". ")[-1].rstrip(".") in second


def test_a_header_too_long_for_the_window_loses_its_outer_headings_first() -> None:
    embedder = HashingEmbedder(window_tokens=40)
    headings = tuple(f"kop {'woord ' * 5}{number}" for number in range(6))
    windows = passage_windows(embedder, "Gids", headings, None, " ".join(SENTENCES[:4]))
    assert max(embedder.count_tokens(windows)) <= 40
    assert all(window.startswith("Gids\n") and headings[-1] in window and headings[0] not in window for window in windows)


def test_even_a_title_longer_than_the_window_leaves_room_for_the_text() -> None:
    embedder = HashingEmbedder(window_tokens=40)
    windows = passage_windows(embedder, "titel " * 100, (), "kop | " * 100, SENTENCES[0])
    assert any(SENTENCES[0] in window for window in windows)


def test_the_fingerprint_follows_the_embedder() -> None:
    assert index_fingerprint(HashingEmbedder(64)) == index_fingerprint(HashingEmbedder(64))
    assert index_fingerprint(HashingEmbedder(64)) != index_fingerprint(HashingEmbedder(128))
    assert index_fingerprint(HashingEmbedder(64)).startswith("sha256:")
