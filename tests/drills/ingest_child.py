"""The process that the kill drill kills: ingests the files of a folder, from the first, and ends."""

from __future__ import annotations

import sys
from pathlib import Path

from api.bootstrap import open_kennisbank
from kb.authorise import OWNER
from kb.settings import load_settings
from kb.types import Upload

if __name__ == "__main__":
    data_dir, folder = Path(sys.argv[1]), Path(sys.argv[2])
    settings = load_settings(data_dir, embedding={"backend": "hashing"}, generation={"backend": "extractive"})
    with open_kennisbank(settings, role="command") as kennisbank:
        files = (Upload(path.name, path.read_bytes()) for path in sorted(folder.iterdir()))
        kennisbank.operations(OWNER).ingest(files, progress=lambda result: print(result.path, flush=True))
