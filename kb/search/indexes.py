"""The indexes of every space: derived from the ledger, checked before use, rebuilt beside the live ones and switched.

Nothing here is true on its own. A generation that is missing, broken, foreign or behind costs time, never a document.
"""

from __future__ import annotations

import shutil
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from kb.errors import EmbedderError, IndexBroken, SearchIndexError
from kb.ledger.chunks import ChunkText
from kb.ledger.indexing import Generation
from kb.ledger.ledger import Ledger
from kb.logs import get_logger
from kb.ports import Embedder, Vectors, WordEntry
from kb.search.index_pair import IndexPair, OpenIndexes, PairFolder
from kb.search.recipe import index_fingerprint, passage_windows
from kb.types import IndexState

_BATCH = 1_000
_EMBED_BATCH = 256

_OLD_SEARCHES_SECONDS = 60.0
"""How long searches in an index that was replaced may take to end."""

log = get_logger(__name__)

Rebuilding = Callable[[str, int, int], None]
"""Hears how a rebuild gets on: space name, chunks done, chunks in all."""


class Embedders:
    """The embedder of the settings, loaded at first use, and those that older generations were made with."""

    def __init__(self, config: Mapping[str, Any], load: Callable[[Mapping[str, Any]], Embedder]) -> None:
        self.config = dict(config)
        self._load = load
        self._loaded: dict[str, Embedder] = {}
        self._guard = threading.Lock()

    def current(self) -> Embedder:
        """The one that the settings name. Raises EmbedderError."""
        return self._of(self.config)

    def fingerprint(self) -> str:
        """What vectors of now are marked with."""
        return index_fingerprint(self.current())

    def of(self, generation: Generation) -> Embedder | None:
        """The one that made this generation, None when it cannot be had any more: then words alone are searched."""
        try:
            embedder = self._of(generation.embedder)
        except EmbedderError:
            return None
        return embedder if index_fingerprint(embedder) == generation.fingerprint else None

    def _of(self, config: Mapping[str, Any]) -> Embedder:
        key = repr(sorted(config.items()))
        with self._guard:
            if key not in self._loaded:
                self._loaded[key] = self._load(config)
            return self._loaded[key]


@dataclass(slots=True)
class _Space:
    """What this process has open of a space.

    ``building`` is held for as long as a build takes, ``guard`` for moments; whoever wants both takes ``building`` first.
    """

    building: threading.Lock
    guard: threading.RLock
    generation: Generation | None = None
    pair: IndexPair | None = None
    keep_changes: bool = False


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """A leased pair and the embedder whose vectors it holds."""

    pair: IndexPair
    fingerprint: str
    embedder: Embedder | None


class Indexes:
    """Opens, catches up, rebuilds and switches the indexes of all spaces. Safe to use from several threads."""

    def __init__(
        self,
        ledger: Ledger,
        root: Path,
        embedders: Embedders,
        open_indexes: OpenIndexes,
        check_folder: Callable[[Path, Path], str | None],
    ) -> None:
        """``check_folder`` opens a vector and a word folder where a crash costs nothing and says what is wrong, if anything."""
        self._ledger = ledger
        self._root = root
        self._embedders = embedders
        self._open_indexes = open_indexes
        self._check_folder = check_folder
        self._interrupted = threading.Event()
        self._spaces: defaultdict[str, _Space] = defaultdict(lambda: _Space(threading.Lock(), threading.RLock()))

    # --- searching ---------------------------------------------------------------------------------------------------

    @contextmanager
    def reading(self, space_id: str) -> Iterator[OpenIndex]:
        """The live indexes of a space, made usable first. Raises EmbedderError when a rebuild needs a model that is not there."""
        space = self._spaces[space_id]
        while True:
            self._ready(space_id, space)
            with space.guard:
                pair, generation = space.pair, space.generation
                if pair is not None and generation is not None and pair.lease():
                    break
        try:
            yield OpenIndex(pair, generation.fingerprint, self._embedders.of(generation))
        finally:
            pair.give_back()

    def rebuild(self, space_id: str) -> None:
        """A new generation from the ledger instead of the live one, which failed."""
        space = self._spaces[space_id]
        with space.building:
            log.warning("index_rebuild", space_id=space_id)
            self._build(space_id, space)

    def rebuild_fresh(self, space_id: str) -> None:
        """A new generation in a folder of its own, and no other folder of the space left: what an index forgets stays in its files.

        Searches go on in the old one until the switch; it is waited for until they end. Twice does no harm. Raises EmbedderError,
        and SearchIndexError when an old folder cannot be removed.
        """
        space = self._spaces[space_id]
        with space.building:
            gone = threading.Event()
            self._build(space_id, space, old_gone=gone.set)
            if not gone.wait(_OLD_SEARCHES_SECONDS):
                raise SearchIndexError
            assert space.generation is not None
            for folder in (self._root / space_id).iterdir():
                if folder.name != space.generation.id:
                    shutil.rmtree(folder)

    # --- keeping up --------------------------------------------------------------------------------------------------

    def catch_up(self, space_id: str) -> None:
        """Take in what the ledger changed since. The live indexes hold it when this returns."""
        space = self._spaces[space_id]
        self._ready(space_id, space)
        try:
            with space.guard:
                self._apply(space)
        except IndexBroken:
            self.rebuild(space_id)

    def maintain(self, heard: Rebuilding = lambda space, done, total: None) -> None:
        """Bring every space to the embedder of the settings; the old index serves until its successor is whole.

        Killed at any moment and called again, it goes on where it was: embeddings are kept in the ledger as they are made.
        """
        with self._ledger.reading() as tx:
            spaces = tx.spaces.all()
        wanted = self._embedders.fingerprint()
        for listed in spaces:
            space = self._spaces[listed.id]
            self._ready(listed.id, space)
            if space.generation is None or space.generation.fingerprint == wanted:
                self.catch_up(listed.id)
                continue
            with space.building:
                log.warning("embedding_model_changed", space_id=listed.id, state="rebuilding")
                self._build(listed.id, space, partial(heard, listed.name))

    def stale(self) -> int:
        """How many chunks wait for the embedder of the settings because an index was made with another."""
        with self._ledger.reading() as tx:
            generations = [generation for generation in tx.indexing.all() if generation.state == "live"]
            if all(dict(generation.embedder) == self._embedders.config for generation in generations):
                return 0
            wanted = self._embedders.fingerprint()
            return sum(tx.chunks.counts(g.space_id, wanted)[0] for g in generations if g.fingerprint != wanted)

    def states(self) -> tuple[IndexState, ...]:
        """What is live, per space."""
        with self._ledger.reading() as tx:
            found = []
            for space in tx.spaces.all():
                live = tx.indexing.live(space.id)
                behind = tx.indexing.behind(space.id, live.applied_seq) if live else 0
                chunks = tx.chunks.counts(space.id, live.fingerprint if live else "")[0]
                building = self._spaces[space.id].building.locked()
                id_, made_with = (live.id, live.fingerprint) if live else (None, None)
                found.append(IndexState(space.name, id_, chunks, behind, building, made_with))
        return tuple(found)

    def tidy(self) -> None:
        """Remove what no live generation owns: builds that were cut off, generations that were replaced. At start only."""
        with self._ledger.writing() as tx:
            live = {(g.space_id, g.id) for g in tx.indexing.all() if g.state == "live"}
            for generation in tx.indexing.all():
                if generation.state != "live":
                    tx.indexing.forget(generation.id)
        for space_folder in self._root.iterdir():
            for folder in space_folder.iterdir() if space_folder.is_dir() else ():
                if (space_folder.name, folder.name) not in live:
                    shutil.rmtree(folder, ignore_errors=True)

    def interrupt(self) -> None:
        """Have a build under way end early with SearchIndexError: this process is about to close. It goes on at the next start."""
        self._interrupted.set()

    def close(self) -> None:
        """Close what is open and record that it was closed in order."""
        for space in list(self._spaces.values()):
            with space.guard:
                if space.pair is not None and space.generation is not None:
                    space.pair.retire(lambda: None)
                    with self._ledger.writing() as tx:
                        tx.indexing.mark(space.generation.id, clean=True)
                space.pair, space.generation = None, None

    # --- the inside --------------------------------------------------------------------------------------------------

    def _ready(self, space_id: str, space: _Space) -> None:
        """Have an open pair that is whole: the live one where it is sound, else a new one."""
        if space.pair is not None:
            return
        with space.building:
            if space.pair is not None:
                return
            with self._ledger.reading() as tx:
                generation = tx.indexing.live(space_id)
            problem = self._open(generation, space) if generation is not None else "missing"
            if problem is not None:
                log.info("index_rebuilt_at_open", space_id=space_id, reason=problem)
                self._build(space_id, space)

    def _open(self, generation: Generation, space: _Space) -> str | None:
        """Open ``generation`` and catch up; what is wrong with it, if anything. The caller holds ``building``."""
        folder = PairFolder(self._root / generation.space_id / generation.id)
        if not folder.belongs_to(generation.id, generation.fingerprint):
            return "foreign"
        if not generation.clean:
            problem = self._check_folder(folder.vectors, folder.words)
            if problem is not None:
                return problem
        with self._ledger.writing() as tx:
            tx.indexing.mark(generation.id, clean=False)
        try:
            pair = IndexPair(folder, *self._open_indexes(folder.vectors, folder.words))
        except IndexBroken:
            return "unreadable"
        with space.guard:
            space.pair, space.generation = pair, generation
            try:
                self._apply(space)
                if self._is_whole(space):
                    return None
            except IndexBroken:
                log.warning("index_broken", space_id=generation.space_id)
            space.pair, space.generation = None, None
        pair.retire(lambda: None)
        return "count"

    def _is_whole(self, space: _Space) -> bool:
        """Whether the indexes hold as much as the ledger. The caller holds ``guard``."""
        assert space.pair is not None
        assert space.generation is not None
        while True:
            with self._ledger.reading() as tx:
                behind = tx.indexing.behind(space.generation.space_id, space.generation.applied_seq)
                expected = tx.chunks.counts(space.generation.space_id, space.generation.fingerprint)
            if not behind:
                return (space.pair.words.count(), space.pair.vectors.count()) == expected
            self._apply(space)

    def _apply(self, space: _Space) -> None:
        """Take in the changes after the generation's number; twice does no harm. The caller holds ``guard``."""
        assert space.pair is not None
        assert space.generation is not None
        while True:
            generation = space.generation
            with self._ledger.reading() as tx:
                changes = tx.indexing.changes_after(generation.space_id, generation.applied_seq, _BATCH)
                texts = tx.chunks.texts([change.chunk_id for change in changes if change.kind == "add"])
                vectors = tx.chunks.vectors([text.chunk_id for text in texts], generation.fingerprint)
            if not changes:
                return
            if self._embed_for_older_model(generation, texts, vectors[0]):
                continue
            _fill(space.pair, texts, vectors)
            # A chunk that came and went within this batch has no row any more, so it was not added above.
            removed = [change.chunk_id for change in changes if change.kind == "remove"]
            space.pair.words.remove(removed)
            space.pair.vectors.remove(removed)
            applied = changes[-1].seq
            with self._ledger.writing() as tx:
                tx.indexing.applied(generation.id, applied)
                if not space.keep_changes:
                    tx.indexing.forget_changes(generation.space_id, applied)
            space.generation = replace(generation, applied_seq=applied)

    def _embed_for_older_model(self, generation: Generation, texts: Sequence[ChunkText], embedded: Sequence[str]) -> bool:
        """While another model takes over, new chunks come embedded with that one alone; the live index needs its own."""
        known = set(embedded)
        missing = [text for text in texts if text.chunk_id not in known]
        embedder = self._embedders.of(generation) if missing else None
        if embedder is None:
            return False
        vectors = embed_chunks(embedder, missing)
        with self._ledger.writing() as tx:
            tx.chunks.add_embeddings(generation.fingerprint, vectors)
        return True

    def _build(
        self,
        space_id: str,
        space: _Space,
        heard: Callable[[int, int], object] = lambda done, total: None,
        old_gone: Callable[[], object] = lambda: None,
    ) -> None:
        """A new generation from the ledger, switched to when it is whole; the old one serves until then and goes after.

        The caller holds ``building``. Killed in between, it leaves a folder that ``tidy`` removes and embeddings that stay.
        """
        space.keep_changes = True
        try:
            self._embed_missing(space_id, heard)
            with self._ledger.writing() as tx:
                generation = tx.indexing.begin(space_id, self._embedders.fingerprint(), self._embedders.config)
                ids = tx.chunks.ids_of_space(space_id)
            folder = PairFolder(self._root / space_id / generation.id)
            folder.sign(generation.id, generation.fingerprint)
            pair = IndexPair(folder, *self._open_indexes(folder.vectors, folder.words))
            for start in range(0, len(ids), _BATCH):
                self._go_on()
                with self._ledger.reading() as tx:
                    texts = tx.chunks.texts(ids[start : start + _BATCH])
                    vectors = tx.chunks.vectors([text.chunk_id for text in texts], generation.fingerprint)
                _fill(pair, texts, vectors)
            with space.guard:
                with self._ledger.writing() as tx:
                    replaced = tx.indexing.live(space_id)
                    tx.indexing.switch(generation)
                old_pair, space.pair, space.generation = space.pair, pair, replace(generation, state="live")
                self._apply(space)
        finally:
            space.keep_changes = False
        with self._ledger.writing() as tx:
            tx.chunks.drop_other_embeddings(space_id, generation.fingerprint)
            if replaced is not None:
                tx.indexing.forget(replaced.id)
        if replaced is not None:
            gone = self._root / space_id / replaced.id

            def remove() -> None:
                shutil.rmtree(gone, ignore_errors=True)
                old_gone()

            if old_pair is not None:
                old_pair.retire(remove)
            else:
                remove()
        else:
            old_gone()
        log.info("index_switched", space_id=space_id, chunks=len(ids))

    def _go_on(self) -> None:
        if self._interrupted.is_set():
            raise SearchIndexError

    def _embed_missing(self, space_id: str, heard: Callable[[int, int], object]) -> None:
        """Embed what the settings' embedder has not embedded yet, keeping each batch as it is done."""
        embedder, fingerprint = self._embedders.current(), self._embedders.fingerprint()
        while True:
            self._go_on()
            with self._ledger.reading() as tx:
                missing = tx.chunks.without_embedding(space_id, fingerprint, _EMBED_BATCH)
                texts = tx.chunks.texts(missing)
                total = tx.chunks.counts(space_id, fingerprint)[0]
            if not texts:
                return
            vectors = embed_chunks(embedder, texts)
            with self._ledger.writing() as tx:
                tx.chunks.add_embeddings(fingerprint, vectors)
                left = tx.chunks.count_without_embedding(space_id, fingerprint)
            heard(total - left, total)


def embed_chunks(embedder: Embedder, texts: Sequence[ChunkText]) -> dict[str, Vectors]:
    """(windows, dimensions) float32 per chunk id, all windows of all chunks in one call of the model."""
    windows = [passage_windows(embedder, t.title, t.headings, t.table_header, t.text) for t in texts]
    vectors = embedder.embed_passages([window for of_chunk in windows for window in of_chunk])
    per_chunk: dict[str, Vectors] = {}
    start = 0
    for text, of_chunk in zip(texts, windows, strict=True):
        per_chunk[text.chunk_id] = vectors[start : start + len(of_chunk)]
        start += len(of_chunk)
    return per_chunk


def _fill(pair: IndexPair, texts: Sequence[ChunkText], vectors: tuple[list[str], list[int], Vectors]) -> None:
    if texts:
        pair.words.add([WordEntry(t.chunk_id, t.title, (*t.headings, t.table_header or ""), t.text, t.language) for t in texts])
    ids, windows, matrix = vectors
    if ids:
        pair.vectors.add(ids, windows, matrix)
