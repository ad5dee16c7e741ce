"""What an embedder was measured to know, kept in the folder of the generation that it made: numbers, no text."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from kb.ports import Embedder
from kb.search.ability import PAIRS_VERSION, Ability, ability

FILE = "ability.json"


def kept_ability(folder: Path, fingerprint: str, embedder: Embedder) -> Ability:
    """The ability of ``embedder``, whose vectors have this ``fingerprint``: as it was kept in ``folder``, else measured and kept there.

    A file that is broken, or of another embedder or other pairs, counts for nothing. Raises EmbedderError.
    """
    key = f"{fingerprint} {PAIRS_VERSION}"
    file = folder / FILE
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads(file.read_text(encoding="utf-8"))
        if kept["of"] == key:
            return Ability({(str(asked), str(written)): float(weight) for asked, written, weight in kept["weights"]})
    measured = ability(embedder)
    draft = file.with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError):  # it only saves time: a disk that is full or read-only is told of by what must be written
        draft.write_text(
            json.dumps({"of": key, "weights": [[*pair, weight] for pair, weight in measured.weights.items()]}), encoding="utf-8"
        )
        draft.replace(file)
    return measured
