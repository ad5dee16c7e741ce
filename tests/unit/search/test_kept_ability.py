"""What an embedder knows is measured once and kept with the index; anything doubtful is measured again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from kb.ports import Vectors
from kb.search.ability import ability
from kb.search.hashing_embedder import HashingEmbedder
from kb.search.kept_ability import FILE, kept_ability


class Counted(HashingEmbedder):
    """Knows how often it was measured."""

    measured = 0

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.measured += len(texts) > 1  # a question is embedded alone
        return super().embed_passages(texts)


def test_it_is_measured_once_and_the_next_process_reads_it(tmp_path: Path) -> None:
    embedder = Counted()
    first = kept_ability(tmp_path, "sha256:a", embedder)
    assert kept_ability(tmp_path, "sha256:a", embedder) == first == ability(HashingEmbedder())
    assert embedder.measured == 1
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_it_is_kept_for_this_embedder_and_these_pairs_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = Counted()
    kept_ability(tmp_path, "sha256:a", embedder)
    kept_ability(tmp_path, "sha256:b", embedder)
    monkeypatch.setattr("kb.search.kept_ability.PAIRS_VERSION", "other")
    kept_ability(tmp_path, "sha256:b", embedder)
    assert embedder.measured == 3


@pytest.mark.parametrize(
    "said", ["", "{", "[]", "{}", '{"of": "sha256:a 1", "weights": [["nl", "nl"]]}', '{"of": "sha256:a 1", "weights": 3}']
)
def test_a_file_that_says_nothing_is_written_anew(tmp_path: Path, said: str) -> None:
    (tmp_path / FILE).write_text(said)
    assert kept_ability(tmp_path, "sha256:a", HashingEmbedder()) == ability(HashingEmbedder())
    assert json.loads((tmp_path / FILE).read_text())["weights"]


def test_a_folder_that_cannot_be_written_costs_the_time_alone(tmp_path: Path) -> None:
    assert kept_ability(tmp_path / "gone", "sha256:a", HashingEmbedder()) == ability(HashingEmbedder())


def test_it_holds_numbers_and_no_text(tmp_path: Path) -> None:
    kept_ability(tmp_path, "sha256:a", HashingEmbedder())
    weights = json.loads((tmp_path / FILE).read_text())["weights"]
    assert {(asked, written) for asked, written, _ in weights} == {(a, b) for a in ("nl", "en") for b in ("nl", "en")}
    assert all(isinstance(weight, float) for _, _, weight in weights)
