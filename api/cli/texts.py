"""What the command says besides errors, per language. Help texts are English, like the names of commands and options."""

from __future__ import annotations

from kb.types import Language

_TEXTS: dict[str, tuple[str, str]] = {
    "made": ("Gegevensmap gemaakt: {data_dir}", "Made the data directory {data_dir}"),
    "made_already": ("De gegevensmap was er al: {data_dir}", "The data directory was there already: {data_dir}"),
    "made_secrets": (
        "Sleutels en logboek: {secrets_dir}. Bewaar een kopie op een andere plek.",
        "Keys and journal: {secrets_dir}. Keep a copy elsewhere.",
    ),
    "made_next": ("Volgende stap: kb ingest MAP", "Next: kb ingest FOLDER"),
    "listening": (
        "Kennisbank luistert op {url}. Open dat adres in een browser; Ctrl-C stopt.",
        "Kennisbank listens on {url}. Open that address in a browser; Ctrl-C stops it.",
    ),
    "stopped": ("Kennisbank is gestopt.", "Kennisbank has stopped."),
    "interrupted": ("Afgebroken.", "Interrupted."),
    "not_in_documents": ("Niet in de documenten.", "Not in the documents."),
    "sources": ("Bronnen", "Sources"),
    "nearest": ("Dichtstbijzijnde passages", "Nearest passages"),
    "dropped.one": (
        "1 zin is weggelaten, omdat de documenten die niet bewijzen.",
        "1 sentence was left out, because the documents do not prove it.",
    ),
    "dropped.many": (
        "{count} zinnen zijn weggelaten, omdat de documenten ze niet bewijzen.",
        "{count} sentences were left out, because the documents do not prove them.",
    ),
    "notice.extractive": ("Letterlijk geciteerd, zonder taalmodel.", "Quoted word for word, without a language model."),
    "notice.context_shortened": (
        "Niet alle gevonden passages pasten in het geheugen van het taalmodel.",
        "Not all passages that were found fitted the language model's window.",
    ),
    "notice.generator_interrupted": (
        "Het taalmodel brak af. Wat tot dan bewezen was, staat er.",
        "The language model broke off. What was proven until then is shown.",
    ),
    "reading": ("Bestanden lezen", "Reading files"),
    "ingested": (
        "{ready} gelezen, {unchanged} ongewijzigd, {failed} mislukt, {quarantined} apart gezet in {seconds} s",
        "{ready} read, {unchanged} unchanged, {failed} failed, {quarantined} set aside in {seconds} s",
    ),
    "skipped": (
        "{count} verborgen bestanden, koppelingen en bijzondere bestanden zijn overgeslagen.",
        "{count} hidden files, links and special files were passed over.",
    ),
    "no_documents": (
        "Er zijn nog geen documenten. `kb ingest MAP` voegt ze toe.",
        "There are no documents yet. `kb ingest FOLDER` adds them.",
    ),
    "described": ("{title}: {state}", "{title}: {state}"),
    "released": ("Vrijgegeven en gelezen: {title}", "Released and read: {title}"),
    "label_set": ("{space}: {label} → {action}", "{space}: {label} → {action}"),
    "state.concept": ("concept", "concept"),
    "state.valid": ("geldig", "valid"),
    "state.expired": ("verlopen, wordt niet gevonden", "expired, not found any more"),
    "column.state": ("geldigheid", "state"),
    "column.owner": ("eigenaar", "owner"),
    "column.review": ("herzien op", "review on"),
    "column.valid_until": ("geldig tot", "valid until"),
    "column.labels": ("gevoelig", "sensitive"),
    "column.warnings": ("let op", "warnings"),
    "column.id": ("id", "id"),
    "column.title": ("titel", "title"),
    "column.source": ("bestand", "file"),
    "column.space": ("ruimte", "space"),
    "column.status": ("stand", "status"),
    "column.pages": ("pagina's", "pages"),
    "column.chunks": ("stukken", "chunks"),
    "column.name": ("naam", "name"),
    "column.documents": ("documenten", "documents"),
    "column.language": ("taal", "language"),
    "column.version": ("versie", "version"),
    "column.size": ("bytes", "bytes"),
    "column.added": ("toegevoegd", "added"),
    "column.pending": ("in behandeling", "pending"),
    "column.failed": ("mislukt", "failed"),
    "column.spaces": ("ruimtes", "spaces"),
    "column.generator": ("taalmodel", "language model"),
    "column.embedder": ("embeddingmodel", "embedding model"),
    "column.index": ("index {space}", "index {space}"),
    "index.building": ("wordt opgebouwd", "being built"),
    "index.behind": ("{count} wijzigingen achter", "{count} changes behind"),
    "index.current": ("bij", "up to date"),
    "remove.question": ("“{title}” ({source}) verwijderen?", "Remove “{title}” ({source})?"),
    "remove.needs_yes": ("zonder terminal is --yes nodig", "without a terminal --yes is needed"),
    "removed": ("Verwijderd: {title}", "Removed: {title}"),
    "kept": ("Niets verwijderd.", "Nothing was removed."),
    "space_added": ("Ruimte gemaakt: {name}", "Made the space {name}"),
}


def text(key: str, language: Language, **values: object) -> str:
    """The text of ``key`` in ``language``, with ``values`` filled in."""
    dutch, english = _TEXTS[key]
    return (dutch if language == "nl" else english).format(**values)
