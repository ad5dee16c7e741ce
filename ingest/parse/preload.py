"""Loads what the readers import when they first meet a file of their family: for a process that children are forked from."""

from __future__ import annotations

import sys

_NOT_NEEDED = ("torch", "tensorflow", "mxnet", "cupy")
"""What spaCy loads where it is installed: 200 MB that no reader uses."""


def preload() -> None:
    """Load every vendor. Only in a process that does nothing but read files: some libraries cannot be loaded in it any more."""
    for name in _NOT_NEEDED:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # None: an import of it fails, as if it were not installed
    from ingest.parse.offline import prepare_unstructured

    prepare_unstructured()
    import docx
    import filetype
    import markdown
    import olefile
    import openpyxl
    import pi_heif
    import PIL.Image
    import pptx
    import pypdfium2.raw
    import xlrd
    from lxml import etree, html
    from unstructured.partition import csv, email, md, text, xlsx
    from unstructured.partition import docx as word
    from unstructured.partition import html as web
    from unstructured.partition import pptx as slides

    _ = (docx, filetype, markdown, olefile, openpyxl, PIL.Image, pi_heif, pptx, pypdfium2.raw, xlrd, etree, html)
    _ = (csv, word, email, web, md, slides, text, xlsx)
    from ingest.parse.files import FileParser

    parser = FileParser()
    for name, data in _SAMPLES:
        parser.parse(data, name)


_SAMPLES = (
    ("a.md", b"# a\n\nb c\n"),
    ("a.html", b"<html><body><h1>a</h1><p>b c</p></body></html>"),
    ("a.csv", b"a;b\n1;2\n3;4\n"),
    ("a.eml", b"From: a@example.org\nTo: b@example.org\nSubject: a\n\nb c\n"),
    ("a.txt", b"a b c\n"),
)
"""Some readers load more while they read."""
