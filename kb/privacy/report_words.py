"""The sentences of the report of execution: Dutch (B1), English."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "title": ("Verslag van uitvoering", "Report of execution"),
    "intro": (
        "Dit verslag zegt wat er is gedaan met een verzoek tot wissing (artikel 17 AVG). Het noemt niemand bij naam.",
        "This report says what was done about a request for erasure (article 17 GDPR). It names nobody.",
    ),
    "number": ("Nummer van het verzoek", "Number of the request"),
    "ground": ("Grond", "Ground"),
    "received_on": ("Ontvangen op", "Received on"),
    "deadline": ("Uiterste datum", "Last day"),
    "made_at": ("Verslag gemaakt", "Report made"),
    "approvals": ("Aantal mensen dat het plan goedkeurde", "Number of people who approved the plan"),
    "changed": ("Wat er is gedaan", "What was done"),
    "documents_erased": ("Documenten geheel gewist", "Documents erased whole"),
    "places_redacted": ("Plaatsen onleesbaar gemaakt", "Places made unreadable"),
    "answers_erased": ("Vragen met hun antwoord gewist", "Questions erased with their answers"),
    "originals_destroyed": ("Originele bestanden vernietigd", "Original files destroyed"),
    "originals_rewritten": ("Originele bestanden herschreven", "Original files rewritten"),
    "originals_replaced": (
        "Originele bestanden vernietigd en vervangen door hun onleesbaar gemaakte tekst",
        "Original files destroyed and replaced by their redacted text",
    ),
    "scanned": ("Wat er daarna is nagelezen", "What was read again afterwards"),
    "files": ("Bestanden in de gegevensmap", "Files in the data directory"),
    "bytes": ("Bytes", "Bytes"),
    "containers": ("Bestanden die van binnen zijn gelezen", "Files read from within"),
    "vectors": ("Vectoren vergeleken", "Vectors compared"),
    "found_unexpected": ("Gevonden terwijl het gewist moest zijn", "Found although it had to be erased"),
    "found_expected": ("Gevonden op plaatsen die bewust zijn bewaard", "Found in places that were kept on purpose"),
    "unread": ("Bestanden of delen die niet te lezen waren", "Files or parts that could not be read"),
    "scan_means": (
        "Elke byte van de gegevensmap is gelezen, ook binnen Office-bestanden, pdf’s, archieven, mail en zoekindexen, op elke "
        "schrijfwijze van wat er over de persoon was opgegeven, en op de vectoren van de gewiste tekst.",
        "Every byte of the data directory was read, also within Office files, PDFs, archives, mail and search indexes, for every way of "
        "writing what was given of the person, and for the vectors of the erased text.",
    ),
    "kept": ("Wat er is bewaard", "What was kept"),
    "nothing_kept": ("Niets.", "Nothing."),
    "backups": ("Reservekopieën van vóór de wissing", "Backups from before the erasure"),
    "no_backups": ("Er zijn geen reservekopieën bekend.", "No backups are known."),
    "expires_on": ("vervalt op", "expires on"),
    "not_seen": ("Wat dit verslag niet kan zien", "What this report cannot see"),
    "check": ("Controleren", "Checking"),
    "check_how": (
        "Dit verslag is ondertekend. “kb privacy verify” laat met de openbare sleutel van de organisatie zien of er iets aan is gewijzigd.",
        "This report is signed. With “kb privacy verify” and the public key of the organisation anybody can see whether it was changed.",
    ),
    "person": ("Verzegelde verwijzing naar de persoon", "Sealed reference to the person"),
    "public_key": ("Openbare sleutel", "Public key"),
}

NOT_SEEN: dict[str, tuple[str, str]] = {
    "snapshots": (
        "Momentopnamen (snapshots) van het bestandssysteem of de virtuele machine.",
        "Snapshots of the file system or the virtual machine.",
    ),
    "swap": ("Het wisselgeheugen (swap) van de server.", "The swap space of the server."),
    "ssd_remapping": (
        "Blokken die een SSD zelf heeft verplaatst; versleutel de schijf.",
        "Blocks that an SSD has moved by itself; encrypt the disk.",
    ),
    "source_share": (
        "De netwerkschijf of site waar een document vandaan kwam.",
        "The share or site that a document came from.",
    ),
    "mailboxes": ("Postbussen waarin dezelfde berichten staan.", "Mailboxes that hold the same messages."),
    "proxy_and_model_server_logs": (
        "Logboeken van een proxy en van een losse modelserver.",
        "Logs of a proxy and of a separate model server.",
    ),
    "indirect_identification": (
        "Tekst waaruit de persoon blijkt zonder dat een opgegeven naam, adres of nummer erin staat.",
        "Text that tells who the person is without a name, address or number that was given.",
    ),
    "unread_originals": (
        "De inhoud van bestanden die niet te lezen waren, zoals versleutelde bestanden en scans zonder tekstherkenning.",
        "The content of files that could not be read, such as encrypted files and scans without text recognition.",
    ),
}

CODES: dict[str, tuple[str, str]] = {
    "keep": ("bewaard", "kept"),
    "other-person": ("een andere persoon", "another person"),
    "17(1)(a)": ("17 lid 1 onder a: niet langer nodig", "17(1)(a): no longer necessary"),
    "17(1)(b)": ("17 lid 1 onder b: toestemming ingetrokken", "17(1)(b): consent withdrawn"),
    "17(1)(c)": ("17 lid 1 onder c: bezwaar", "17(1)(c): objection"),
    "17(1)(d)": ("17 lid 1 onder d: onrechtmatig verwerkt", "17(1)(d): unlawfully processed"),
    "17(1)(e)": ("17 lid 1 onder e: wettelijke verplichting", "17(1)(e): legal obligation"),
    "17(1)(f)": ("17 lid 1 onder f: onlinedienst aan een kind", "17(1)(f): online service to a child"),
    "17(3)(a)": ("17 lid 3 onder a: vrijheid van meningsuiting", "17(3)(a): freedom of expression"),
    "17(3)(b)": ("17 lid 3 onder b: wettelijke verplichting of publieke taak", "17(3)(b): legal obligation or public task"),
    "17(3)(c)": ("17 lid 3 onder c: volksgezondheid", "17(3)(c): public health"),
    "17(3)(d)": ("17 lid 3 onder d: archief en onderzoek", "17(3)(d): archives and research"),
    "17(3)(e)": ("17 lid 3 onder e: rechtsvordering", "17(3)(e): legal claims"),
}
