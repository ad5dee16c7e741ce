"""Reads SQLite files as rows: the ledger's, with its places that may hold the person, and those of Chroma.

Rows tell what bytes cannot: texts that are split over pages, and who may stand where. Bytes tell what rows cannot: freed pages, old frames
of the log. So both are read, and bytes that no row explains are residue.
"""

from __future__ import annotations

import json
import struct
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from kb.ledger.sqlite_rows import SqliteFile, SqliteTable, SqliteValue
from kb.privacy.containers import opened, opener
from kb.privacy.forms import Found, FoundText
from kb.privacy.residue_files import FileScan
from kb.privacy.types import Field, Place, Residue

BEGINS = b"SQLite format 3\0"
BESIDE = ("-wal", "-journal")

_TOGETHER = 1 << 20
_ROWS_AT_ONCE = 4_096


class RowScan:
    """Scans SQLite files. ``places`` may hold what is looked for; they count in the ledger alone."""

    def __init__(self, scan: FileScan, places: Collection[Place]) -> None:
        self._scan = scan
        self._expected: dict[Field, list[Place]] = {}
        for place in places:
            self._expected.setdefault(place.field, []).append(place)

    def file(self, path: str, on_disk: Path, *, ledger: bool) -> None:
        """Rows first, then bytes, with the files beside it. Raises ScanFailed where it cannot be read as SQLite."""
        database = SqliteFile(on_disk)
        explained: Counter[int] = Counter()
        try:
            for text in database.schema():
                self._scan.text(path, ("schema",), text)
                explained.update(hit.identifier for hit in self._scan.raw.find(text.encode("utf-8", "surrogateescape")))
            for table in database.tables:
                explained += self._table(path, database, table, ledger=ledger)
        finally:
            database.close()
        self._bytes(path, on_disk, explained)

    # --- rows --------------------------------------------------------------------------------------------------------

    def _table(self, path: str, database: SqliteFile, table: SqliteTable, *, ledger: bool) -> Counter[int]:
        explained: Counter[int] = Counter()
        texts: list[tuple[SqliteValue, Field, str]] = []
        vectors: list[SqliteValue] = []
        waiting = 0
        for value in database.values(table):
            if isinstance(value.value, bytes):
                self._blob(path, value, vectors)
                continue
            for name, text in _strings(value.column, value.value):
                texts.append((value, Field(table.name, value.key, name), text))
                waiting += len(text)
            if waiting > _TOGETHER:
                explained += self._texts(path, texts, table, ledger=ledger)
                texts, waiting = [], 0
            if len(vectors) >= _ROWS_AT_ONCE:
                self._vectors(path, vectors)
                vectors = []
        self._vectors(path, vectors)
        return explained + self._texts(path, texts, table, ledger=ledger)

    def _texts(self, path: str, texts: list[tuple[SqliteValue, Field, str]], table: SqliteTable, *, ledger: bool) -> Counter[int]:
        """What stands in these strings; how often in their bytes, with every index's copy."""
        explained: Counter[int] = Counter()
        if not texts:
            return explained
        starts, length = [], 0
        for _, _, text in texts:
            starts.append(length)
            length += len(text) + 1
        for hit in self._scan.texts.find("\0".join(text for _, _, text in texts)):
            at = bisect_right(starts, hit.start) - 1
            value, field, text = texts[at]
            start, end = hit.start - starts[at], hit.end - starts[at]
            if end <= len(text):
                expected = ledger and self._is_expected(field, FoundText(start, end, hit.identifier))
                inside = (f"table {table.name}", f"row {'/'.join(value.key)}", field.name)
                self._scan.tally.residue.append(Residue(path, inside, start, "row", hit.identifier, expected))
        stored = {id(value): value for value, _, _ in texts}
        for column in {value.column for value in stored.values()}:
            joined = "\0".join(str(value.value) for value in stored.values() if value.column == column)
            counted = Counter(hit.identifier for hit in self._scan.raw.find(joined.encode("utf-8", "surrogateescape")))
            for identifier, times in counted.items():
                explained[identifier] += times * table.copies[column]
        return explained

    def _is_expected(self, field: Field, hit: FoundText) -> bool:
        return any(place.start < hit.end and hit.start < place.end for place in self._expected.get(field, ()))

    def _blob(self, path: str, value: SqliteValue, vectors: list[SqliteValue]) -> None:
        assert isinstance(value.value, bytes)
        search = self._scan.vectors
        if search is not None and len(value.value) == search.bytes_each:
            vectors.append(value)
        elif len(value.value) > 16 and opener(value.value[:4096]) is not None:
            self._scan.file(f"{path}: table {value.table}: row {'/'.join(value.key)}: {value.column}", opened(value.value))

    def _vectors(self, path: str, rows: list[SqliteValue]) -> None:
        search = self._scan.vectors
        if search is None or not rows:
            return
        raw = b"".join(row.value for row in rows if isinstance(row.value, bytes))
        matrix = np.frombuffer(raw, dtype="<f4").reshape(len(rows), search.dimensions).astype(np.float32)
        self._scan.tally.vectors_compared += len(rows)
        for at in search.near(np.nan_to_num(matrix)):
            inside = (f"table {rows[at].table}", f"row {'/'.join(rows[at].key)}", rows[at].column)
            self._scan.tally.residue.append(Residue(path, inside, 0, "vector", -1))

    # --- bytes -------------------------------------------------------------------------------------------------------

    def _bytes(self, path: str, on_disk: Path, explained: Counter[int]) -> None:
        """Every hit of the bytes must be one of a row. A page that lies in the log as well is one page."""
        page_size = _page_size(on_disk)
        places: dict[tuple[int, int, int], tuple[str, Found]] = {}
        for suffix in ("", *BESIDE):
            beside = on_disk.with_name(on_disk.name + suffix)
            if not beside.is_file():
                continue
            with beside.open("rb") as stream:
                for hit in self._scan.hits(stream):
                    if hit.form == "vector":
                        self._scan.tally.residue.append(Residue(path + suffix, (), hit.start, hit.form, hit.identifier))
                        continue
                    page, within = divmod(hit.start, page_size)
                    if suffix == "-wal":
                        page, within = _frame(beside, hit.start, page_size)
                    places.setdefault((page, within, hit.identifier), (path + suffix, hit))
        surplus = Counter(identifier for _, _, identifier in places)
        surplus.subtract(explained)
        for (_, _, identifier), (where, hit) in reversed(places.items()):
            if surplus[identifier] > 0:
                surplus[identifier] -= 1
                self._scan.tally.residue.append(Residue(where, (), hit.start, hit.form, identifier))


def _strings(column: str, value: str) -> Iterator[tuple[str, str]]:
    """The strings of a column; of JSON those within, each with the way to it."""
    if value[:1] in '[{"':
        try:
            yield from _within(column, json.loads(value))
        except (ValueError, RecursionError):
            yield column, value
    else:
        yield column, value


def _within(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield f"{name} keys", key
            yield from _within(f"{name}/{key}", one)
    elif isinstance(value, list):
        for i, one in enumerate(value):
            yield from _within(f"{name}/{i}", one)


def _page_size(path: Path) -> int:
    with path.open("rb") as file:
        size = int(struct.unpack(">H", file.read(18)[16:18])[0])
    return 65_536 if size == 1 else size or 4_096


def _frame(path: Path, offset: int, page_size: int) -> tuple[int, int]:
    """The page that a place of the write-ahead log belongs to (from 0), and the offset within."""
    frame, within = divmod(offset - 32, 24 + page_size)
    with path.open("rb") as file:
        file.seek(32 + frame * (24 + page_size))
        header = file.read(4)
    page = int(struct.unpack(">I", header)[0]) - 1 if len(header) == 4 else -1
    return page, within - 24
