"""Walks folders for the scan: every file by what it is, the names of files and folders, Chroma's records, tantivy's words."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Collection, Iterator
from pathlib import Path

from kb.errors import IndexBroken, ScanFailed
from kb.ledger.sqlite_rows import SqliteFile
from kb.privacy.folding import fold
from kb.privacy.residue_files import FileScan
from kb.privacy.residue_rows import BEGINS, BESIDE, RowScan
from kb.privacy.types import Place, Residue, Subject
from kb.privacy.vector_search import graph_vectors
from kb.search.tantivy_terms import known_terms

LEDGER = "ledger.sqlite3"
ORIGINALS = "originals"
_INDEX = re.compile(r"^indexes/([0-9a-f]{32})/")
_OF_VERSION = ("versions", "version_texts", "file_strings")
_WORD = re.compile(r"[^\W_]+")
_SHORTEST_TERM = 3


class FolderScan:
    """Scans one folder, which may be a data directory."""

    def __init__(self, root: Path, scan: FileScan, subject: Subject, places: Collection[Place]) -> None:
        self._root = root
        self._scan = scan
        self._rows = RowScan(scan, places)
        self._places = places
        self._terms = {
            term: number
            for number, one in enumerate(subject.identifiers)
            for term in {*_WORD.findall(fold(one.value)), "".join(fold(one.value).split())}
            if len(term) >= _SHORTEST_TERM
        }

    def run(self) -> None:
        """Every file below the folder. What cannot be opened is entered as unread; what is gone meanwhile is passed over."""
        kept = self._versions_kept()
        for path in self._files():
            shown = str(path.relative_to(self._root))
            self._scan.text(shown, ("name",), path.name)
            try:
                self._file(path, shown, kept)
            except FileNotFoundError:
                continue
            except (OSError, ScanFailed):
                self._scan.tally.unread.append(f"{shown}: cannot be read")

    def _files(self) -> Iterator[Path]:
        for folder, below, names in os.walk(self._root, followlinks=False):
            below.sort()
            for name in below:
                shown = str((Path(folder) / name).relative_to(self._root))
                self._scan.text(shown, ("name",), name)
            yield from (Path(folder) / name for name in sorted(names))

    def _file(self, path: Path, shown: str, kept: Collection[str]) -> None:
        what = path.lstat().st_mode
        if stat.S_ISLNK(what):
            self._scan.text(shown, ("link",), str(path.readlink()))
            return
        if not stat.S_ISREG(what):
            return
        self._scan.tally.files += 1
        if self._beside_a_database(path):
            return
        with path.open("rb") as stream:
            if stream.read(len(BEGINS)) == BEGINS:
                self._scan.tally.containers += 1
                self._rows.file(shown, path, ledger=shown == LEDGER)
                return
            stream.seek(0)
            self._scan.file(shown, stream, expected=path.parent == self._root / ORIGINALS and path.name in kept)
        if path.name == "data_level0.bin":
            self._graph(path, shown)
        elif path.name == "meta.json":
            self._words(path.parent, shown)

    def _beside_a_database(self, path: Path) -> bool:
        """Whether it is read with the database that it stands beside."""
        for suffix in BESIDE:
            main = path.with_name(path.name.removesuffix(suffix))
            if path.name.endswith(suffix) and main.is_file():
                with main.open("rb") as stream:
                    return stream.read(len(BEGINS)) == BEGINS
        return False

    # --- indexes -----------------------------------------------------------------------------------------------------

    def _graph(self, path: Path, shown: str) -> None:
        search = self._scan.vectors
        if search is None:
            return
        self._scan.tally.containers += 1
        try:
            for offset, rows in graph_vectors(path.parent, search.dimensions):
                self._scan.tally.vectors_compared += len(rows)
                for at in search.near(rows):
                    self._scan.tally.residue.append(Residue(shown, (f"record {at}",), offset, "vector", -1))
        except (ValueError, OSError):
            self._scan.tally.unread.append(f"{shown}: records")

    def _words(self, folder: Path, shown: str) -> None:
        """Terms of an index are residue when no text of its space has the word: it belongs to entries that are gone."""
        if not self._terms:
            return
        self._scan.tally.containers += 1
        try:
            left = known_terms(folder, self._terms)
        except IndexBroken:
            self._scan.tally.unread.append(f"{shown}: words")
            return
        for term in sorted(left - self._explained(shown, left)):
            self._scan.tally.residue.append(Residue(shown, ("terms",), 0, "term", self._terms[term]))

    def _explained(self, shown: str, terms: Collection[str]) -> set[str]:
        space = _INDEX.match(shown)
        ledger = self._root / LEDGER
        if not terms or space is None or not ledger.is_file():
            return set()
        waiting, explained = set(terms), set()
        database = SqliteFile(ledger)
        try:
            for text in database.texts_of_space(space[1]):
                folded = fold(text)
                met = {term for term in waiting if term in folded}
                explained |= met
                waiting -= met
                if not waiting:
                    break
        finally:
            database.close()
        return explained

    def _versions_kept(self) -> set[str]:
        """Versions whose original may hold the person, because places of them were kept or are another's."""
        kept = {place.field.key[0] for place in self._places if place.field.store in _OF_VERSION}
        documents = {place.field.key[0] for place in self._places if place.field.store == "documents"}
        ledger = self._root / LEDGER
        if documents and ledger.is_file():
            database = SqliteFile(ledger)
            try:
                kept |= database.versions_of(documents)
            finally:
                database.close()
        return kept
