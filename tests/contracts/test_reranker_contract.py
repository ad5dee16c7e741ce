"""What every reranker keeps to: the double, and a cross-encoder of a few random weights, made here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kb.errors import RerankerBroken, RerankerModelMissing
from kb.ports import Reranker
from kb.search.cross_encoder import CrossEncoderReranker
from kb.search.overlap_reranker import OverlapReranker

QUESTION = "hoeveel dagen verlof"
TEXTS = ["verlof is 27 dagen", "de kantine is open", "verlof", "dagen " * 400]

_MADE_MODEL = """
import sys
import torch
from pathlib import Path
from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast
folder, labels = Path(sys.argv[1]), int(sys.argv[2])
folder.mkdir(parents=True)
words = "[PAD] [UNK] [CLS] [SEP] [MASK] hoeveel dagen verlof is 27 de kantine open summer the zomer".split()
vocabulary = folder / "vocab.txt"
vocabulary.write_text("\\n".join(words), encoding="utf-8")
torch.manual_seed(0)
shape = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64, "max_position_embeddings": 64}
BertForSequenceClassification(BertConfig(vocab_size=len(words), num_labels=labels, initializer_range=0.5, **shape)).save_pretrained(folder)
BertTokenizerFast(str(vocabulary), model_max_length=64).save_pretrained(folder)
"""


def made_model(folder: Path, labels: int) -> Path:
    if not folder.is_dir():
        environment = {"HF_HUB_OFFLINE": "1", "PATH": ""}
        subprocess.run([sys.executable, "-W", "ignore", "-c", _MADE_MODEL, str(folder), str(labels)], env=environment, check=True)
    return folder


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_model(tmp_path_factory.mktemp("rerankers") / "tiny", 1)


@pytest.fixture(params=["double", "cross-encoder"])
def reranker(request: pytest.FixtureRequest, tmp_path: Path) -> Reranker:
    if request.param == "double":
        return OverlapReranker()
    return CrossEncoderReranker(str(request.getfixturevalue("cross_encoder")), tmp_path)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
class TestReranker:
    def test_every_text_has_a_score_of_its_own_whatever_stands_beside_it(self, reranker: Reranker) -> None:
        together = reranker.scores(QUESTION, TEXTS)
        alone = [reranker.scores(QUESTION, [text])[0] for text in TEXTS]
        assert together == pytest.approx(alone, abs=1e-4)
        assert len(set(together)) > 1

    def test_the_same_texts_have_the_same_scores_and_no_text_has_none(self, reranker: Reranker) -> None:
        assert reranker.scores(QUESTION, TEXTS) == reranker.scores(QUESTION, TEXTS)
        assert reranker.scores(QUESTION, []) == []

    def test_empty_and_odd_texts_have_a_score_too(self, reranker: Reranker) -> None:
        assert len(reranker.scores("?", ["", "\n", "🌷 \u202e", "verlof"])) == 4


def test_the_double_prefers_the_text_that_holds_what_was_asked() -> None:
    assert OverlapReranker().scores(QUESTION, ["Verlof: 27 dagen", "de kantine"]) == [2 / 3, 0.0]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_cross_encoder_that_reads_english_only_is_given_dutch_in_english(cross_encoder: Path, tmp_path: Path) -> None:
    plain = CrossEncoderReranker(str(cross_encoder), tmp_path)
    glossing = CrossEncoderReranker(str(cross_encoder), tmp_path, gloss_dutch=True)
    english = plain.scores("is the summer", ["the summer"])
    assert glossing.scores("is de zomer", ["de zomer"]) == pytest.approx(english, abs=1e-6)
    assert plain.scores("is de zomer", ["de zomer"]) != pytest.approx(english, abs=1e-6)


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RerankerModelMissing, match="nowhere"):
        CrossEncoderReranker(str(tmp_path / "nowhere"), tmp_path).scores(QUESTION, TEXTS)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_model_that_gives_several_scores_per_passage_is_refused(tmp_path: Path) -> None:
    classifier = made_model(tmp_path / "classifier", 3)
    with pytest.raises(RerankerBroken):
        CrossEncoderReranker(str(classifier), tmp_path).scores(QUESTION, TEXTS)
