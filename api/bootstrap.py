"""The one composition root: everything is made and wired here, and nowhere else.

Nothing is loaded before it is needed: a command that lists documents opens the ledger and no model.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kb.authorise import Actor
from kb.clock import SystemClock
from kb.data_directory import DataDirectory, RunningServer
from kb.ledger.engine import sqlite_url
from kb.ledger.ledger import Ledger
from kb.logs import get_logger
from kb.ports import Embedder, Generator, Reranker, VectorIndex, WordIndex
from kb.settings import EmbeddingSettings, Settings

if TYPE_CHECKING:
    from api.accounts import Accounts
    from api.bootstrap_backup import KeepingParts
    from api.bootstrap_privacy import PrivacyParts
    from api.folders import FolderClaims, SyncedFolders
    from api.in_process import InProcessOperations
    from api.jobs import Jobs
    from ingest.pipeline import Pipeline
    from ingest.sandbox import SandboxedParser
    from ingest.web import WebFetcher
    from kb.accounts.people import People
    from kb.accounts.types import OneTimeCode
    from kb.answering.ask import Asker
    from kb.privacy.gate import SuppressionGate
    from kb.privacy.suppression import Suppression
    from kb.restore import Restore
    from kb.search.indexes import Embedders, Indexes
    from kb.search.retrieval import Retriever

log = get_logger(__name__)

Role = Literal["server", "command"]

_EMBEDDER_IDENTITY = {"backend", "model", "ollama_url", "query_prefix", "passage_prefix", "gloss_dutch"}
"""The settings that make an embedder another one; the rest says how fast it goes."""

_NO_CALLING_HOME = {
    "DO_NOT_TRACK": "true",
    "SCARF_NO_ANALYTICS": "true",
    "ANONYMIZED_TELEMETRY": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "OTEL_SDK_DISABLED": "true",
    "ORT_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "true",
}


class Kennisbank:
    """The parts of one Kennisbank, each made at its first use. The process that holds one owns its data directory."""

    def __init__(self, settings: Settings, directory: DataDirectory) -> None:
        self.settings = settings
        self.directory = directory
        self.clock = SystemClock()
        url = settings.ledger_url or sqlite_url(directory.ledger)
        self.ledger = Ledger(url, self.clock, directory.audit_key(), directory.path)

    @property
    def owner_token(self) -> str:
        """The token that makes its bearer the owner."""
        return self.directory.owner_token()

    def announce(self, url: str, certificate: str | None = None) -> None:
        """Write down where the server of this process listens, and by which certificate (PEM) it is known."""
        self.directory.announce(url, certificate)

    def operations(self, actor: Actor, language: str | None = None) -> InProcessOperations:
        """What ``actor`` can do; ``language`` (None: that of the settings) is that of the sentences about files."""
        from api.in_process import InProcessOperations

        return InProcessOperations(
            actor,
            language or self.settings.language,
            ledger=self.ledger,
            asker=lambda: self.asker,
            pipeline=lambda: self.pipeline,
            indexes=lambda: self.indexes,
            generator=lambda: self.generator,
            claims=lambda: self.folder_claims,
            synced=lambda: self.synced_folders.all(),
            web=lambda: self.web_fetcher,
            office=lambda: self.privacy.office,
            people=self.people,
            backups=lambda actor: self.keeping.operations(actor),
            embedder_name=f"{self.settings.embedding.backend}: {self.settings.embedding.model}",
        )

    @cached_property
    def keeping(self) -> KeepingParts:
        """Backups, and what ends by itself."""
        from api.bootstrap_backup import KeepingParts

        return KeepingParts(self)

    @cached_property
    def accounts(self) -> Accounts:
        """The door."""
        from api.bootstrap_accounts import make_accounts

        return make_accounts(self)

    def people(self, actor: Actor) -> People:
        """What ``actor`` can do with people and groups."""
        from kb.accounts.people import People

        return People(actor, self.ledger, self.clock, self.settings.sign_in)

    def close(self) -> None:
        """Close what was opened."""
        if "jobs" in self.__dict__:
            from kb.search.onnx_export import interrupt_exports

            if "indexes" in self.__dict__:
                self.indexes.interrupt()
            interrupt_exports()
            self.jobs.stop()
        if "parser" in self.__dict__:
            self.parser.close()
        if "indexes" in self.__dict__:
            self.indexes.close()
        self.ledger.close()

    # --- the parts ---------------------------------------------------------------------------------------------------

    @cached_property
    def embedders(self) -> Embedders:
        """The embedder of the settings, and those of older generations."""
        from kb.search.indexes import Embedders

        return Embedders(self.settings.embedding.model_dump(include=_EMBEDDER_IDENTITY), self._load_embedder)

    @cached_property
    def indexes(self) -> Indexes:
        """The indexes of every space."""
        from kb.search.health import check_folder
        from kb.search.indexes import Indexes

        indexes = Indexes(self.ledger, self.directory.indexes, self.embedders, _open_indexes, check_folder)
        indexes.tidy()
        return indexes

    @cached_property
    def retriever(self) -> Retriever:
        """Questions to passages."""
        from kb.search.retrieval import Retriever

        return Retriever(self.ledger, self.indexes, self.settings.retrieval, self._reranker())

    def _reranker(self) -> Reranker | None:
        from kb.search.cross_encoder import CrossEncoderReranker
        from kb.search.glossing_embedder import reads_english_only

        model = self.settings.retrieval.cross_encoder
        return CrossEncoderReranker(model, self.directory.models / "hub", gloss_dutch=reads_english_only(model)) if model else None

    @cached_property
    def parser(self) -> SandboxedParser:
        """Bytes to elements, in processes of their own."""
        from ingest.sandbox import SandboxedParser

        return SandboxedParser(self.settings.sandbox, self.directory.temporary)

    @cached_property
    def pipeline(self) -> Pipeline:
        """Files to chunks."""
        from ingest.chunk import HeadingChunker
        from ingest.pipeline import Pipeline
        from kb.originals import Originals

        return Pipeline(
            self.ledger,
            Originals(self.directory.originals),
            self.parser,
            HeadingChunker(self.settings.chunking.target_tokens),
            self.embedders,
            self.indexes,
            largest_file_bytes=self.settings.limits.file_bytes,
            readers=self.parser.threads,
            gate=self.gate,
        )

    @cached_property
    def privacy(self) -> PrivacyParts:
        """The privacy office and its parts."""
        from api.bootstrap_privacy import PrivacyParts

        return PrivacyParts(self)

    @cached_property
    def suppression(self) -> Suppression:
        """What keeps erased people from coming back."""
        from kb.privacy.suppression import Suppression

        return Suppression(self.ledger, self.directory.secret_key("suppression"))

    @cached_property
    def gate(self) -> SuppressionGate:
        """What every file passes before it may be found."""
        from kb.privacy.gate import SuppressionGate

        return SuppressionGate(self.ledger, self.suppression)

    @cached_property
    def folder_claims(self) -> FolderClaims:
        """Which folder a name stands for."""
        from api.folders import FolderClaims

        return FolderClaims(self.directory.path / "folders.json", self.directory.audit_key())

    @cached_property
    def synced_folders(self) -> SyncedFolders:
        """How the folders of the settings are doing."""
        from api.folders import SyncedFolders

        return SyncedFolders(self.settings.sync)

    @cached_property
    def web_fetcher(self) -> WebFetcher:
        """The way to pages that the settings allow."""
        from ingest.web import WebFetcher

        return WebFetcher(self.settings.web, largest_bytes=self.settings.limits.file_bytes)

    @cached_property
    def asker(self) -> Asker:
        """Questions to answers. Raises RestoredWithoutJournal."""
        self.directory.refuse_if_restored()
        from kb.answering.ask import Asker

        return Asker(self.ledger, self.retriever, self.generator, self._similarity, self.settings)

    @cached_property
    def generator(self) -> Generator:
        """The back end that the settings name."""
        from kb.answering.generators.auto import AutoGenerator
        from kb.answering.generators.extractive import ExtractiveGenerator
        from kb.answering.generators.ollama import OllamaGenerator
        from kb.answering.generators.openai_compatible import OpenAICompatibleGenerator
        from kb.answering.generators.scripted import ScriptedGenerator

        generation = self.settings.generation
        extractive = ExtractiveGenerator(self.settings.answering.extractive_sentences, self._similarity)
        match generation.backend:
            case "extractive":
                return extractive
            case "scripted":
                return ScriptedGenerator(generation.script)
            case "ollama":
                return OllamaGenerator(generation)
            case "openai-compatible":
                return OpenAICompatibleGenerator(generation)
            case "auto":
                return AutoGenerator(OllamaGenerator(generation), extractive, self.clock)

    def _similarity(self, text: str, others: Sequence[str]) -> list[float]:
        """Cosine of ``text`` to each of ``others`` by the embedder of the settings."""
        vectors = self.embedders.current().embed_passages([text, *others])
        return [float(cosine) for cosine in vectors[1:] @ vectors[0]]

    @cached_property
    def jobs(self) -> Jobs:
        """What a server does by itself."""
        from api.jobs import Jobs

        return Jobs(self)

    def _load_embedder(self, identity: Mapping[str, Any]) -> Embedder:
        from kb.search.glossing_embedder import GlossingEmbedder, reads_english_only

        # Generations from before there were glosses do not say so and have none.
        wanted = EmbeddingSettings(**{**self.settings.embedding.model_dump(), "gloss_dutch": False, **identity})
        glossed = reads_english_only(wanted.model) if wanted.gloss_dutch is None else wanted.gloss_dutch
        embedder = self._plain_embedder(wanted)
        return GlossingEmbedder(embedder) if glossed and wanted.backend != "hashing" else embedder

    def _plain_embedder(self, wanted: EmbeddingSettings) -> Embedder:
        if wanted.backend == "hashing":
            from kb.search.hashing_embedder import HashingEmbedder

            return HashingEmbedder()
        if wanted.backend == "ollama":
            from kb.search.ollama_embedder import OllamaEmbedder

            return OllamaEmbedder(
                wanted.model,
                url=wanted.ollama_url,
                query_prefix=wanted.query_prefix,
                passage_prefix=wanted.passage_prefix,
                batch_size=wanted.batch_size,
                timeout_seconds=wanted.timeout_seconds,
            )
        from kb.search.sentence_transformer import SentenceTransformerEmbedder

        return SentenceTransformerEmbedder(
            wanted.model,
            model_cache=self.directory.models,
            query_prefix=wanted.query_prefix,
            passage_prefix=wanted.passage_prefix,
            batch_size=wanted.batch_size,
            threads=wanted.threads,
        )


def _open_indexes(vectors: Path, words: Path) -> tuple[VectorIndex, WordIndex]:
    from kb.search.chroma_vectors import ChromaVectorIndex
    from kb.search.tantivy_words import TantivyWordIndex

    return ChromaVectorIndex(vectors), TantivyWordIndex(words)


@contextmanager
def open_kennisbank(settings: Settings, *, role: Role) -> Iterator[Kennisbank]:
    """Own the data directory and give the Kennisbank in it, until the end of the block.

    Raises DirectoryMissing, DirectoryLocked, DirectoryReadOnly, DirectoryNewer, DirectoryDamaged, DiskFull.
    """
    directory = DataDirectory(settings.data_dir, settings.secrets_dir)
    ownership = directory.take()
    kennisbank: Kennisbank | None = None
    try:
        _stay_home(directory)
        kennisbank = Kennisbank(settings, directory)
        kennisbank.ledger.prepare()
        log.info("opened", role=role)
        if role == "server":
            directory.refuse_if_restored()
        if role == "server":
            kennisbank.jobs.start()
        yield kennisbank
    finally:
        if kennisbank is not None:
            kennisbank.close()
        ownership.release()


def init_directory(settings: Settings, first_space: str) -> bool:
    """Make the data directory with its ledger and one space. False when it was there already; then nothing is changed.

    Raises DirectoryReadOnly, DiskFull, DirectoryLocked.
    """
    directory = DataDirectory(settings.data_dir, settings.secrets_dir)
    there = directory.exists
    directory.create()
    with open_kennisbank(settings, role="command") as kennisbank, kennisbank.ledger.writing() as tx:
        if not tx.spaces.all():
            space = tx.spaces.add(first_space)
            tx.audit.append("owner", "space.add", space.id)
    return not there


def restore() -> Restore:
    """What restores backups, into directories that nobody owns yet."""
    from api.bootstrap_backup import restore_with

    def open_ledger(directory: DataDirectory) -> Ledger:
        ledger = Ledger(sqlite_url(directory.ledger), SystemClock(), directory.audit_key(), directory.path)
        ledger.prepare()
        return ledger

    return restore_with(open_ledger)


def first_administrator_code(settings: Settings) -> OneTimeCode | None:
    """A fresh code for the first administrator; None once there are accounts. Raises DirectoryLocked and its kin."""
    with open_kennisbank(settings, role="command") as kennisbank:
        return kennisbank.accounts.sign_in.first_code()


def running_server(settings: Settings) -> RunningServer | None:
    """The server that owns the data directory now, if there is one."""
    return DataDirectory(settings.data_dir, settings.secrets_dir).running_server()


def _stay_home(directory: DataDirectory) -> None:
    """Temporary files go where erasure reaches; no dependency calls its maker."""
    directory.sweep_temporary()
    tempfile.tempdir = str(directory.temporary)
    os.environ["TMPDIR"] = str(directory.temporary)
    os.environ.update(_NO_CALLING_HOME)
