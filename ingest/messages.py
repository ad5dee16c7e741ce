"""What Kennisbank says of a file that it could not read, or not wholly: stable codes, one helpful sentence each.

Failures are the codes of ``kb.types.ParseFailure``; warnings those of ``kb.types.ParsedFile.warnings``. Sentences hold
numbers and names of formats, never text of a document.
"""

from __future__ import annotations

from collections import defaultdict

FAILURES: dict[str, tuple[str, str]] = {
    "empty_file": (
        "Het bestand is leeg. Sla het opnieuw op, of laat het weg.",
        "The file is empty. Save it again, or leave it out.",
    ),
    "no_text": (
        "Er staat geen leesbare tekst in. Is het een scan, laat er dan tekstherkenning (OCR) over lopen en voeg het opnieuw toe.",
        "There is no readable text in it. If it is a scan, run text recognition (OCR) over it and add it again.",
    ),
    "encrypted": (
        "Het bestand is met een wachtwoord beveiligd. Sla het zonder wachtwoord op en voeg het opnieuw toe.",
        "The file is protected by a password. Save it without one and add it again.",
    ),
    "damaged": (
        "Het bestand is beschadigd en niet te lezen. Open het in zijn eigen programma, sla het opnieuw op en voeg het opnieuw toe.",
        "The file is damaged and cannot be read. Open it in its own program, save it again and add it again.",
    ),
    "unsupported_type": (
        "Dit soort bestand ({type}) wordt niet gelezen. Sla het op als PDF, Word, PowerPoint, Excel, CSV, e-mail, HTML, Markdown of tekst.",
        "This type of file ({type}) is not read. Save it as PDF, Word, PowerPoint, Excel, CSV, e-mail, HTML, Markdown or text.",
    ),
    "old_office": (
        "Dit is een oud Office-bestand ({type}). Sla het op als .docx, .xlsx of .pptx en voeg het opnieuw toe.",
        "This is an old Office file ({type}). Save it as .docx, .xlsx or .pptx and add it again.",
    ),
    "archive": (
        "Dit is een archief ({type}). Pak het uit en voeg de bestanden zelf toe.",
        "This is an archive ({type}). Unpack it and add the files themselves.",
    ),
    "image": (
        "Dit is een afbeelding ({type}). Laat er tekstherkenning (OCR) over lopen, sla het op als PDF en voeg het opnieuw toe.",
        "This is a picture ({type}). Run text recognition (OCR) over it, save it as a PDF and add it again.",
    ),
    "wrong_type": (
        "De naam eindigt op .{expected}, maar de inhoud is iets anders. Open het in zijn eigen programma en sla het op als .{expected}.",
        "The name ends in .{expected}, but the content is something else. Open the file in its own program and save it as .{expected}.",
    ),
    "sensitive": (
        "Er staat gevoelige inhoud in ({labels}), die deze ruimte apart zet. Bekijk het bestand en geef het vrij, of verwijder het.",
        "It holds sensitive content ({labels}), which this space sets aside. Look at the file and release it, or remove it.",
    ),
    "too_large": (
        "Het bestand telt {size} bytes; er worden er hoogstens {limit} gelezen. Splits het in delen, of verhoog de grens in kb.toml.",
        "The file is {size} bytes; at most {limit} are read. Split it into parts, or raise the limit in kb.toml.",
    ),
    "unreadable": (
        "Het bestand mag niet worden gelezen. Geef de gebruiker van Kennisbank leesrecht en probeer het opnieuw.",
        "The file may not be read. Give Kennisbank's user permission to read it and try again.",
    ),
    "parser_crashed": (
        "Bij het lezen van dit bestand ging iets mis in Kennisbank. Sla het op als PDF en probeer het opnieuw; meld het als het zo blijft.",
        "Reading this file went wrong inside Kennisbank. Save it as a PDF and try again; report it if it stays.",
    ),
    "parser_timed_out": (
        "Het lezen duurde langer dan {seconds} seconden en is gestopt. Splits het bestand in delen, of verhoog de grens in kb.toml.",
        "Reading took longer than {seconds} seconds and was stopped. Split the file into parts, or raise the limit in kb.toml.",
    ),
    "parser_out_of_memory": (
        "Het lezen vroeg meer geheugen dan is toegestaan en is gestopt. Splits het bestand in delen, of verhoog de grens in kb.toml.",
        "Reading needed more memory than is allowed and was stopped. Split the file into parts, or raise the limit in kb.toml.",
    ),
}
"""Code of a failure to its Dutch and its English sentence."""

WARNINGS: dict[str, tuple[str, str]] = {
    "attachments_not_read": (
        "Er zitten bijlagen in; hun namen zijn bewaard, hun inhoud is niet gelezen. Voeg ze als losse bestanden toe.",
        "It has attachments; their names were kept, their content was not read. Add them as files of their own.",
    ),
    "hidden_sheets": (
        "Er zijn verborgen werkbladen; die zijn niet doorzoekbaar. Maak ze zichtbaar als ze mee moeten doen.",
        "It has hidden sheets; they cannot be searched. Unhide them if they should take part.",
    ),
    "tracked_changes": (
        "Er staan bijgehouden wijzigingen in; de tekst is gelezen alsof ze zijn aanvaard.",
        "It has tracked changes; the text was read as if they had been accepted.",
    ),
    "pages_without_text": (
        "Op een deel van de pagina's staat geen leesbare tekst, zoals bij een scan; die pagina's zijn niet doorzoekbaar.",
        "Some pages have no readable text, as in a scan; those pages cannot be searched.",
    ),
    "encoding_guessed": (
        "De tekencodering stond er niet bij en is geraden; controleer of letters met accenten kloppen.",
        "The character encoding was not given and was guessed; check that accented letters are right.",
    ),
    "formulas_without_value": (
        "In sommige cellen staat een formule zonder uitkomst. Open het bestand in Excel en sla het op, dan zijn de uitkomsten er.",
        "Some cells hold a formula without its result. Open the file in Excel and save it, and the results are there.",
    ),
    "strings_incomplete": (
        "De tekst is gelezen, maar niet alle eigenschappen van het bestand; een zoektocht naar een persoon ziet dus niet alles.",
        "The text was read, but not all properties of the file. So a search for a person does not see all of it.",
    ),
}
"""Code of a warning to its Dutch and its English sentence."""


def sentence(code: str, language: str, **params: object) -> str:
    """The sentence of ``code`` in ``language`` ("nl", or anything else for English). An unknown code gets that of parser_crashed."""
    dutch, english = FAILURES.get(code) or WARNINGS.get(code) or FAILURES["parser_crashed"]
    template = dutch if language == "nl" else english
    return template.format_map(defaultdict(lambda: "?", {name: str(value) for name, value in params.items()}))
