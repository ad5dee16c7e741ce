"""A process that has one file read, for the tests that kill it: ``sandbox_holder TEMPORARY_FOLDER FILE_CONTENT``."""

from __future__ import annotations

import sys
from pathlib import Path

from ingest.sandbox import SandboxedParser
from kb.settings import SandboxSettings

if __name__ == "__main__":
    parser = SandboxedParser(SandboxSettings(), Path(sys.argv[1]), parser="tests.doubles.naughty_parser:NaughtyParser", preload=None)
    try:
        parser.parse(sys.argv[2].encode(), "a.txt")
    except KeyboardInterrupt:
        parser.close()
        sys.exit(130)
