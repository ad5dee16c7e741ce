"""What only the embedder over sentence-transformers has to keep to."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import huggingface_hub
import huggingface_hub.errors
import numpy as np
import pytest

from kb.errors import EmbedderBroken, EmbedderModelChanged, EmbedderModelMissing
from kb.search import model_folder, onnx_pipeline, sentence_transformer
from kb.search.sentence_transformer import SentenceTransformerEmbedder

TEXTS = ["Vergoeding van reiskosten", "The quick brown fox. " * 20, "4711-B", "ÉÉN café"]

_WITH_TORCH = """
import json, sys
from sentence_transformers import SentenceTransformer
model = SentenceTransformer(sys.argv[1], device="cpu", local_files_only=True)
print(json.dumps({"vectors": model.encode(json.loads(sys.argv[2]), normalize_embeddings=True).tolist()}))
"""

_MADE_MODEL = """
import sys
import torch
from pathlib import Path
from transformers import BertConfig, BertModel, BertTokenizerFast
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Dense, Normalize, Pooling, Transformer
kind, vocabulary, target = sys.argv[1:]
torch.manual_seed(0)
plain = Path(target).with_name("plain")
words = len(Path(vocabulary).read_text(encoding="utf-8").splitlines())
shape = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
BertModel(BertConfig(vocab_size=words, **shape)).save_pretrained(plain)
BertTokenizerFast(vocabulary, model_max_length=64).save_pretrained(plain)
transformer = Transformer(str(plain), max_seq_length=64)
modules = [transformer, Pooling(32, pooling_mode="cls")]
if kind == "dense":
    modules += [Dense(32, 16)]
SentenceTransformer(modules=[*modules, Normalize()], device="cpu").save_pretrained(target)
"""


def run(program: str, *arguments: str, **more: str) -> str:
    environment = {"HF_HUB_OFFLINE": "1", "PATH": "", **more}
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program, *arguments], env=environment, capture_output=True, check=True)
    return done.stdout.decode()


def packaged() -> Path:
    return model_folder._packaged_path()


def test_vectors_are_those_of_sentence_transformers_itself(minilm: SentenceTransformerEmbedder) -> None:
    theirs = np.array(json.loads(run(_WITH_TORCH, str(packaged()), json.dumps(TEXTS)))["vectors"])
    assert (minilm.embed_passages(TEXTS) * theirs).sum(axis=1).min() > 0.99999


def test_the_packaged_model_reads_256_tokens_of_which_two_are_its_own(minilm: SentenceTransformerEmbedder) -> None:
    assert minilm.window_tokens == 254
    assert minilm.dimensions == 384
    assert minilm.count_tokens(["reiskosten", "the cat sat"]) == [3, 3]


def test_a_warm_start_needs_no_torch(minilm: SentenceTransformerEmbedder, model_cache: Path) -> None:
    minilm.embed_query("eerst")  # the export is there now
    program = (
        "import sys; from pathlib import Path; from kb.search.sentence_transformer import SentenceTransformerEmbedder as E;"
        "E(model_cache=Path(sys.argv[1])).embed_query('kat');"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers', 'huggingface_hub.file_download') if m in sys.modules])"
    )
    assert run(program, str(model_cache)).strip() == "[]"


def test_embedding_and_exporting_leave_nothing_outside_the_model_cache_and_prepare_no_report_to_anyone(tmp_path: Path) -> None:
    cache, temporary, home = (tmp_path / name for name in ("cache", "temporary", "home"))
    for folder in (temporary, home):
        folder.mkdir()
    program = (
        "import sys; from pathlib import Path; from kb.search.sentence_transformer import SentenceTransformerEmbedder as E;"
        "E(model_cache=Path(sys.argv[1])).embed_query('kat')"
    )
    run(program, str(cache), TMPDIR=str(temporary), HOME=str(home))
    assert [*temporary.iterdir(), *home.iterdir()] == []


def test_a_packaged_model_with_other_weights_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in ("config.json", "modules.json"):
        shutil.copy(packaged() / file, tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    monkeypatch.setattr(model_folder, "_packaged_path", lambda: tmp_path)
    with pytest.raises(EmbedderModelChanged):
        _ = SentenceTransformerEmbedder(model_cache=tmp_path).fingerprint


@pytest.mark.parametrize("model", ["/nowhere/at/all", "no such model", "../elsewhere", ""])
def test_a_model_that_is_not_there_is_missing(tmp_path: Path, model: str) -> None:
    with pytest.raises(EmbedderModelMissing):
        _ = SentenceTransformerEmbedder(model, model_cache=tmp_path).fingerprint


def test_a_folder_that_is_no_model_is_missing(tmp_path: Path) -> None:
    with pytest.raises(EmbedderModelMissing):
        _ = SentenceTransformerEmbedder(str(tmp_path), model_cache=tmp_path).fingerprint


def test_a_folder_that_only_looks_like_a_model_is_broken_and_leaves_nothing_half_made(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    abandoned, running = tmp_path / "cache" / ".old.partial", tmp_path / "cache" / ".new.partial"
    for partial in (abandoned, running):
        partial.mkdir(parents=True)
    os.utime(abandoned, (0, 0))
    with pytest.raises(EmbedderBroken):
        SentenceTransformerEmbedder(str(tmp_path), model_cache=tmp_path / "cache").embed_query("kat")
    assert list((tmp_path / "cache").iterdir()) == [running]


def test_a_hub_name_is_looked_for_on_disk_before_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def snapshot(name: str, *, local_files_only: bool, **_: object) -> str:
        asked.append((name, local_files_only))
        return str(packaged())

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)
    embedder = SentenceTransformerEmbedder("intfloat/multilingual-e5-small", model_cache=tmp_path)
    assert embedder.name == "intfloat/multilingual-e5-small"
    assert asked == [("intfloat/multilingual-e5-small", True)]


def test_a_hub_name_that_cannot_be_fetched_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def snapshot(name: str, *, local_files_only: bool, **_: object) -> str:
        asked.append(local_files_only)
        raise huggingface_hub.errors.LocalEntryNotFoundError("no network")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)
    with pytest.raises(EmbedderModelMissing, match="intfloat/multilingual-e5-small"):
        _ = SentenceTransformerEmbedder("intfloat/multilingual-e5-small", model_cache=tmp_path).fingerprint
    assert asked == [True, False]


def test_prefixes_change_the_vectors_the_window_and_the_fingerprint(minilm: SentenceTransformerEmbedder, model_cache: Path) -> None:
    prefixed = SentenceTransformerEmbedder(model_cache=model_cache, query_prefix="query: ", passage_prefix="")
    assert prefixed.fingerprint != minilm.fingerprint
    assert prefixed.window_tokens == minilm.window_tokens - 2
    assert np.abs(prefixed.embed_query("kat") - minilm.embed_query("query: kat")).max() < 1e-5
    assert np.abs(prefixed.embed_passages(["kat"])[0] - minilm.embed_passages(["kat"])[0]).max() < 1e-5


def test_the_fingerprint_is_the_same_for_a_copy_of_the_model(tmp_path: Path, minilm: SentenceTransformerEmbedder) -> None:
    copy = shutil.copytree(packaged(), tmp_path / "copy")
    assert SentenceTransformerEmbedder(str(copy), model_cache=tmp_path).fingerprint == minilm.fingerprint
    (copy / "1_Pooling" / "config.json").write_text('{"word_embedding_dimension": 384, "pooling_mode_cls_token": true}')
    assert SentenceTransformerEmbedder(str(copy), model_cache=tmp_path).fingerprint != minilm.fingerprint


def test_a_damaged_export_is_made_again(
    tmp_path: Path, minilm: SentenceTransformerEmbedder, model_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = minilm.embed_query("kat")
    [whole] = [folder for folder in model_cache.iterdir() if (folder / "pipeline.json").is_file()]
    damaged = shutil.copytree(whole, tmp_path / whole.name) / "model.onnx"
    damaged.write_bytes(damaged.read_bytes()[:1_000_000])

    def exported(source: Path, target: Path, name: str) -> Path:
        return target if target.is_dir() else Path(shutil.copytree(whole, target))

    monkeypatch.setattr(sentence_transformer, "exported", exported)
    again = SentenceTransformerEmbedder(model_cache=tmp_path).embed_query("kat")
    assert np.abs(again - expected).max() < 1e-6


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["cls", "dense"])
def test_other_kinds_of_models_give_what_sentence_transformers_gives(tmp_path: Path, kind: str) -> None:
    target = tmp_path / kind
    run(_MADE_MODEL, kind, str(packaged() / "vocab.txt"), str(target))
    theirs = np.array(json.loads(run(_WITH_TORCH, str(target), json.dumps(TEXTS[2:])))["vectors"])
    embedder = SentenceTransformerEmbedder(str(target), model_cache=tmp_path / "cache")
    assert (embedder.embed_passages(TEXTS[2:]) * theirs).sum(axis=1).min() > 0.9999
    assert embedder.dimensions == theirs.shape[1]
    assert embedder.window_tokens == 62
    long = "kat " * 500
    assert 1 - embedder.embed_query(long) @ embedder.embed_query(long + "reis " * 300) > 1e-6


@pytest.mark.parametrize("small", [True, False], ids=["batches side by side", "threads that share a batch"])
def test_many_texts_of_any_length_get_the_vectors_that_each_gets_alone_whatever_the_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, small: bool
) -> None:
    monkeypatch.setattr(onnx_pipeline, "_SMALL_MODEL_BYTES", 1 << 40 if small else 0)
    texts = [f"Artikel {number}: " + "het verlof van de medewerker " * (number % 13) for number in range(60)]
    embedder = SentenceTransformerEmbedder(model_cache=tmp_path, threads=3)
    together = embedder.embed_passages(texts)
    alone = np.stack([embedder.embed_passages([text])[0] for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    with ThreadPoolExecutor(4) as threads:
        for again in threads.map(embedder.embed_passages, [texts] * 4):
            np.testing.assert_allclose(again, together, atol=1e-6)
