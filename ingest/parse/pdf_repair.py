"""A PDF that does not open, made to open: its table of objects and its tree of pages are made again from the objects that are left."""

from __future__ import annotations

import re

MOST_OBJECTS = 200_000
LONGEST_DICTIONARY_BYTES = 20_000

_OBJECT = re.compile(rb"(?<!\d)(\d{1,7})\s+(\d{1,5})\s+obj\b")
_EMPTY_TREE = re.compile(rb"/Kids\s*\[\s*\]")
_PAGE = re.compile(rb"/Type\s*/Page\b")


def repaired(data: bytes) -> bytes | None:
    """``data`` with a new table and a new tree, or None where no page is left or its strings are encrypted.

    Pages come in the order in which they lie in the file.
    """
    if b"/Encrypt" in data:
        return None
    places = {int(match[1]): match.start() for match in _OBJECT.finditer(data)}
    if not 0 < len(places) <= MOST_OBJECTS:
        return None
    pages = sorted((place, number) for number, place in places.items() if _is_page(data, place))
    if not pages:
        return None
    tree, catalog = max(places) + 1, max(places) + 2
    kids = b" ".join(b"%d 0 R" % number for _, number in pages)
    made = b"\n%d 0 obj\n<</Type/Pages/Count %d/Kids[%s]>>\nendobj\n" % (tree, len(pages), kids)
    places[tree] = len(data) + 1
    places[catalog] = len(data) + len(made)
    made += b"%d 0 obj\n<</Type/Catalog/Pages %d 0 R>>\nendobj\n" % (catalog, tree)
    table = len(data) + len(made)
    made += b"xref\n0 1\n0000000000 65535 f \n"
    made += b"".join(b"%d 1\n%010d 00000 n \n" % (number, place) for number, place in sorted(places.items()))
    return data + made + b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (catalog + 1, catalog, table)


def has_no_pages(data: bytes) -> bool:
    """Whether the file is whole, with a tree of pages that has none."""
    return data.rstrip().endswith(b"%%EOF") and _EMPTY_TREE.search(data) is not None and b"/ObjStm" not in data


def _is_page(data: bytes, place: int) -> bool:
    end = data.find(b"endobj", place, place + LONGEST_DICTIONARY_BYTES)
    return end > 0 and _PAGE.search(data, place, end) is not None
