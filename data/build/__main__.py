"""Build every binary document of the sample organisation from the sources beside this file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import yaml

from . import to_docx, to_eml, to_pdf, to_pptx, to_scan, to_xlsx
from .common import DOCUMENTS, SOURCES, read_source


def build_one(path: Path) -> bytes:
    """Build one document; the name of its source (``x.docx.md``) says which format it gets."""
    kind = Path(path.stem).suffix
    if kind == ".xlsx":
        return to_xlsx.build(yaml.safe_load(path.read_text(encoding="utf-8")))
    source = read_source(path)
    if kind == ".pdf" and source.meta.get("scan"):
        return to_scan.build(source)
    builders = {
        ".docx": to_docx.build,
        ".pdf": to_pdf.build,
        ".pptx": to_pptx.build,
        ".eml": to_eml.build,
    }
    return builders[kind](source)


def main() -> int:
    """Build all documents, or only compare with what lies there (``--check``)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="build nothing, compare the bytes")
    parser.add_argument("--only", default="", help="only documents whose path holds this text")
    arguments = parser.parse_args()
    different = 0
    sources = sorted(p for p in SOURCES.rglob("*") if p.is_file())
    sources.sort(key=lambda p: ".eml" in p.name)  # e-mails may attach the other documents
    for path in sources:
        target = DOCUMENTS / path.relative_to(SOURCES).with_suffix("")
        if arguments.only not in str(target):
            continue
        content = build_one(path)
        same = target.exists() and target.read_bytes() == content
        different += not same
        if not arguments.check:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        state = "same" if same else "differs" if arguments.check else "written"
        print(f"{state:8} {len(content):8} {target.relative_to(DOCUMENTS)}")
    if arguments.check and different:
        print(f"{different} documents differ from their sources", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
