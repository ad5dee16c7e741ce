"""A Kennisbank in a folder that goes again, for benchmarks: real ledger, real indexes, the corpus's parser."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.bootstrap import Kennisbank, init_directory, open_kennisbank
from eval.benched import SPACE, CorpusParser
from kb.settings import Settings


@contextmanager
def temporary_kennisbank(settings: Settings, folder: Path, *, passages: int | None = None) -> Iterator[Kennisbank]:
    """Own a data directory in ``folder``, made where there is none, with ``settings`` but for where things lie.

    ``passages``: how many are retrieved for a question, where that is not to be the settings' number. Models that were prepared in the
    settings' own data directory are copied, so that they are not prepared again.

    What it ingests are uploads of ``eval.benched.corpus_uploads``. The ledger is SQLite in ``folder`` whatever the settings say: a
    benchmark never touches the organisation's own. Raises as open_kennisbank.
    """
    own = settings.model_copy(update={"data_dir": folder / "var", "secrets_dir": folder / "var.secrets", "ledger_url": None})
    if passages is not None:
        own = own.model_copy(update={"retrieval": own.retrieval.model_copy(update={"passages": passages})})
    before = tempfile.tempdir
    models = settings.data_dir / "models"
    try:
        if models.is_dir() and not own.data_dir.exists():
            shutil.copytree(models, own.data_dir / "models")
        init_directory(own, SPACE)
        with open_kennisbank(own, role="command") as kennisbank:
            kennisbank.pipeline._parser = CorpusParser(kennisbank.pipeline._parser)
            yield kennisbank
    finally:
        tempfile.tempdir = before  # opening pointed it into the folder, which is about to go
