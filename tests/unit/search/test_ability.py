"""An embedder's vote goes along with what it is seen to know."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.ports import Vectors
from kb.search.ability import _TOPICS, FULL_WEIGHT, LEAST_WEIGHT, Ability, ability
from kb.search.hashing_embedder import HashingEmbedder


class Knowing(HashingEmbedder):
    """Gives each topic a vector of its own, for the texts at ``places`` of a topic; other texts are all alike."""

    def __init__(self, *places: int) -> None:
        super().__init__()
        self._topics = {topic[place]: number for number, topic in enumerate(_TOPICS) for place in places}

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return np.eye(len(_TOPICS) + 1, dtype=np.float32)[[self._topics.get(text, len(_TOPICS)) for text in texts]]


def test_an_embedder_that_knows_both_languages_has_a_full_vote_everywhere() -> None:
    assert set(ability(Knowing(0, 1, 2, 3)).weights.values()) == {FULL_WEIGHT}


def test_one_that_knows_english_alone_has_the_least_vote_in_dutch_and_none_across() -> None:
    weights = ability(Knowing(2, 3)).weights
    assert weights == {("nl", "nl"): LEAST_WEIGHT, ("nl", "en"): 0.0, ("en", "nl"): 0.0, ("en", "en"): FULL_WEIGHT}


def test_a_language_that_was_not_measured_counts_as_the_worst() -> None:
    assert Ability({("nl", "nl"): 0.3, ("en", "en"): 0.8}).weight("en", "de") == 0.3
