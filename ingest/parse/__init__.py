"""Files to what they say: one file per family of formats, ``FileParser`` in front of them."""

from ingest.parse.files import FileParser

__all__ = ["FileParser"]
