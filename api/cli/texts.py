"""What the command says besides errors, per language. Help texts are English, like the names of commands and options."""

from __future__ import annotations

from api.cli.backup_texts import BACKUP_TEXTS
from api.cli.privacy_texts import PRIVACY_TEXTS
from api.cli.users_texts import USERS_TEXTS
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
    "notice.passages_differ": (
        "De documenten spreken elkaar tegen; het nieuwste staat voorop.",
        "The documents contradict each other; the newest stands first.",
    ),
    "notice.cancelled": (
        "U hebt het antwoord gestopt.",
        "You stopped the answer.",
    ),
    "notice.nothing_similar": (
        "Er is geen passage die op de vraag lijkt.",
        "No passage resembles the question.",
    ),
    "notice.words_missing": (
        "Belangrijke woorden uit de vraag staan in geen gevonden passage.",
        "Important words of the question stand in no passage that was found.",
    ),
    "notice.code_unknown": (
        "De code of het nummer in de vraag komt in de documenten niet voor.",
        "The code or number in the question does not occur in the documents.",
    ),
    "notice.low_probability": (
        "De gevonden passages beantwoorden de vraag waarschijnlijk niet.",
        "The passages that were found probably do not answer the question.",
    ),
    "notice.declined_high_risk": (
        "Vragen om mensen te beoordelen, te selecteren of te rangschikken worden niet beantwoord (AI-verordening, hoog risico).",
        "Questions that ask to grade, select or rank people are not answered (AI Act, high risk).",
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
    "ingested.sensitive.one": ("In 1 ervan staat gevoelige inhoud: {labels}.", "1 of them holds sensitive content: {labels}."),
    "ingested.sensitive": ("In {count} ervan staat gevoelige inhoud: {labels}.", "{count} of them hold sensitive content: {labels}."),
    "ingest.no_path": ("noem een bestand of een map", "name a file or a folder"),
    "skipped.one": (
        "1 verborgen bestand, koppeling of bijzonder bestand is overgeslagen.",
        "1 hidden file, link or special file was passed over.",
    ),
    "skipped": (
        "{count} verborgen bestanden, koppelingen en bijzondere bestanden zijn overgeslagen.",
        "{count} hidden files, links and special files were passed over.",
    ),
    "sync.done": (
        "{folder} → {space}: {added} nieuw, {changed} anders, {moved} verplaatst, {deleted} verwijderd, {unchanged} gelijk in {seconds} s",
        "{folder} → {space}: {added} new, {changed} changed, {moved} moved, {deleted} removed, {unchanged} the same in {seconds} s",
    ),
    "sync.duplicates": (
        "{count} bestanden zijn letterlijk een document dat er al is; ze staan er één keer in.",
        "{count} files are word for word a document that is there already; it is kept once.",
    ),
    "sync.duplicates.one": (
        "1 bestand is letterlijk een document dat er al is; het staat er één keer in.",
        "1 file is word for word a document that is there already; it is kept once.",
    ),
    "sync.held_many": (
        "{count} bestanden zijn weg uit de map. Dat zijn er veel: de documenten blijven staan tot u --accept-deletions zegt.",
        "{count} files are gone from the folder. That is a lot: their documents stay until you say --accept-deletions.",
    ),
    "sync.held_empty": (
        "De map is leeg; is een netwerkmap niet gekoppeld? De {count} documenten blijven staan tot u --accept-deletions zegt.",
        "The folder is empty; a share that is not mounted? Its {count} documents stay until you say --accept-deletions.",
    ),
    "sync.ask_many": (
        "{count} bestanden zijn weg uit de map. Hun documenten verwijderen?",
        "{count} files are gone. Remove their documents?",
    ),
    "sync.ask_empty": (
        "De map is leeg; is een netwerkmap niet gekoppeld? Alle {count} documenten verwijderen?",
        "The folder is empty; a share that is not mounted? Remove all {count} documents?",
    ),
    "sync.more": ("… en nog {count}", "… and {count} more"),
    "sync.watching": ("{folder} wordt gevolgd; Ctrl-C stopt.", "Watching {folder}; Ctrl-C stops."),
    "sync.stopped": ("Het volgen is gestopt.", "Stopped watching."),
    "sync.state": (
        "{folder} → {space}, elke {minutes} min: laatst {at}; {added} nieuw, {changed} gewijzigd, {moved} verplaatst, {deleted} verwijderd",
        "{folder} → {space}, every {minutes} min: last {at}; {added} new, {changed} changed, {moved} moved, {deleted} removed",
    ),
    "sync.never": ("{folder} → {space}, elke {minutes} min: nog niet gelopen", "{folder} → {space}, every {minutes} min: has not run yet"),
    "sync.accept": (
        "{count} verwijderingen wachten op u: kb ingest PAD-VAN-DE-MAP --sync --space {space} --as {folder} --accept-deletions",
        "{count} deletions wait for you: kb ingest PATH-OF-THE-FOLDER --sync --space {space} --as {folder} --accept-deletions",
    ),
    "plan.looking.files": ("Bestanden bekijken", "Looking at files"),
    "plan.looking.hashes": ("Mogelijke dubbele vergelijken", "Comparing possible duplicates"),
    "plan.total": (
        "{files} bestanden, {size}; lezen duurt naar schatting {time} op een server als deze.",
        "{files} files, {size}; reading them is estimated at {time} on a server like this one.",
    ),
    "plan.kinds": ("Soorten", "Kinds"),
    "plan.duplicates.one": (
        "Dubbel: 1 bestand is letterlijk een ander ({size}). Het wordt één keer gelezen.",
        "Duplicates: 1 file is word for word another one ({size}). It is read once.",
    ),
    "plan.duplicates": (
        "Dubbel: {count} bestanden zijn letterlijk een ander ({size}). Ze worden één keer gelezen.",
        "Duplicates: {count} files are word for word another one ({size}). They are read once.",
    ),
    "plan.families.one": (
        "Waarschijnlijk versies van elkaar. Ruim op wat oud is; de nieuwste staat voorop.",
        "Probably versions of each other. Clear out what is old; the newest is named first.",
    ),
    "plan.families": (
        "Waarschijnlijk versies van elkaar: {count} groepen. Ruim op wat oud is; de nieuwste staat voorop.",
        "Probably versions of each other: {count} groups. Clear out what is old; the newest is named first.",
    ),
    "plan.scans.one": (
        "Waarschijnlijk een scan. Die vraagt tekstherkenning en komt als laatste.",
        "Probably a scan. It needs text recognition and comes last.",
    ),
    "plan.scans": (
        "Waarschijnlijk scans: {count} PDF's. Die vragen tekstherkenning en komen als laatste.",
        "Probably scans: {count} PDFs. They need text recognition and come last.",
    ),
    "plan.unreadable.one": ("1 bestand of map kan Kennisbank niet lezen:", "1 file or folder cannot be read by Kennisbank:"),
    "plan.unreadable": (
        "{count} bestanden of mappen kan Kennisbank niet lezen:",
        "{count} files or folders cannot be read by Kennisbank:",
    ),
    "plan.passed_over.one": (
        "1 verborgen of tijdelijk bestand, koppeling of bijzonder bestand wordt overgeslagen.",
        "1 hidden or temporary file, link or special file is passed over.",
    ),
    "plan.passed_over": (
        "{count} verborgen en tijdelijke bestanden, koppelingen en bijzondere bestanden worden overgeslagen.",
        "{count} hidden and temporary files, links and special files are passed over.",
    ),
    "plan.folders": ("Voorstel: welke map naar welke ruimte", "Proposal: which folder to which space"),
    "plan.skip": ("overslaan", "skip"),
    "plan.everyone": ("iedereen", "everyone"),
    "plan.user": ("gebruiker", "user"),
    "plan.group": ("groep", "group"),
    "plan.nobody else": ("niemand anders", "nobody else"),
    "plan.some files only": ("sommige bestanden alleen", "some files only"),
    "plan.written": (
        "Voorstel geschreven: {file}. Pas het aan, en dan: kb ingest {path} --using {file}",
        "Wrote the proposal: {file}. Edit it, then: kb ingest {path} --using {file}",
    ),
    "plan.write_it": (
        "--plan-file BESTAND schrijft dit voorstel op, om aan te passen en te volgen.",
        "--plan-file FILE writes this proposal down, to edit and to follow.",
    ),
    "plan.more": ("… en nog {count} (--json toont alles)", "… and {count} more (--json shows all)"),
    "plan.hours": ("{hours} uur", "{hours} hours"),
    "plan.minutes": ("{minutes} minuten", "{minutes} minutes"),
    "plan.moment": ("minder dan een minuut", "less than a minute"),
    "plan.invalid": ("{file} is geen plan: {reason}", "{file} is not a plan: {reason}"),
    "plan.make_spaces": ("Deze ruimtes maken: {spaces}?", "Make these spaces: {spaces}?"),
    "plan.spaces_missing": (
        "deze ruimtes zijn er nog niet: {spaces}. Maak ze, of zeg --yes",
        "these spaces are not there yet: {spaces}. Make them, or say --yes",
    ),
    "plan.skipped.one": (
        "{folder}: 1 bestand overgeslagen, de map heeft geen ruimte",
        "{folder}: 1 file skipped, the folder has no space",
    ),
    "plan.skipped": (
        "{folder}: {count} bestanden overgeslagen, de map heeft geen ruimte",
        "{folder}: {count} files skipped, the folder has no space",
    ),
    "plan.changed": (
        "{folder}: overgeslagen, want wie de map mag lezen is veranderd sinds het plan. Maak het plan opnieuw.",
        "{folder}: skipped, because who may read it has changed since the plan. Make the plan anew.",
    ),
    "plan.unplanned": ("{folder}: overgeslagen, de map staat niet in het plan", "{folder}: skipped, the folder is not in the plan"),
    "column.kind": ("soort", "kind"),
    "column.files": ("bestanden", "files"),
    "column.time": ("tijd", "time"),
    "column.folder": ("map", "folder"),
    "column.readable_by": ("leesbaar voor", "readable by"),
    "column.megabytes": ("MB", "MB"),
    "kind.pdf": ("PDF", "PDF"),
    "kind.scan": ("PDF, waarschijnlijk scan", "PDF, probably a scan"),
    "kind.word": ("tekstdocument", "text document"),
    "kind.slides": ("presentatie", "presentation"),
    "kind.sheet": ("rekenblad", "spreadsheet"),
    "kind.mail": ("e-mail", "e-mail"),
    "kind.text": ("platte tekst, web", "plain text, web"),
    "kind.picture": ("afbeelding", "picture"),
    "kind.archive": ("archief", "archive"),
    "kind.other": ("anders", "other"),
    "no_documents": (
        "Er zijn nog geen documenten. `kb ingest MAP` voegt ze toe.",
        "There are no documents yet. `kb ingest FOLDER` adds them.",
    ),
    "status.ready": ("gelezen", "ready"),
    "status.pending": ("wacht", "pending"),
    "status.failed": ("mislukt", "failed"),
    "status.quarantined": ("apart gezet", "set aside"),
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


_TEXTS |= PRIVACY_TEXTS | BACKUP_TEXTS | USERS_TEXTS


def known(key: str) -> bool:
    """Whether there is a text under ``key``."""
    return key in _TEXTS


def text(key: str, language: Language, **values: object) -> str:
    """The text of ``key`` in ``language``, with ``values`` filled in; where ``count`` is 1, that of ``key.one`` if there is one."""
    dutch, english = _TEXTS.get(f"{key}.one", _TEXTS[key]) if values.get("count") == 1 else _TEXTS[key]
    return (dutch if language == "nl" else english).format(**values)
