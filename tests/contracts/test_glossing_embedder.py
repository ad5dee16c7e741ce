"""What glosses give the packaged model, which reads English only: Dutch, and questions in the other language."""

from __future__ import annotations

import numpy as np

from kb.ports import Embedder
from kb.search.ability import ability
from kb.search.glossing_embedder import GlossingEmbedder


def test_with_glosses_the_packaged_model_finds_dutch_and_across_languages(minilm: Embedder) -> None:
    plain, glossing = ability(minilm), ability(GlossingEmbedder(minilm))
    assert glossing.weight("en", "en") == plain.weight("en", "en")
    for asked, written in (("nl", "nl"), ("nl", "en"), ("en", "nl")):
        assert glossing.weight(asked, written) > plain.weight(asked, written) + 0.2


def test_a_dutch_question_lies_nearer_to_the_english_passage_about_it_than_to_another(minilm: Embedder) -> None:
    embedder = GlossingEmbedder(minilm)
    question = embedder.embed_query("Wat zijn de openingstijden van de kantine?")
    right, wrong = embedder.embed_passages(["The canteen is open from noon until one.", "The printer is out of paper."])
    assert float(np.dot(question, right)) > float(np.dot(question, wrong)) + 0.2
