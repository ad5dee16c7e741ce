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
        "Er staat geen leesbare tekst in. Is het een scan of foto, maak er dan een scherpere van (300 dpi, recht) en voeg die toe.",
        "There is no readable text in it. If it is a scan or a photograph, make a sharper one (300 dpi, straight) and add that.",
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
        "Dit soort bestand ({type}) wordt niet gelezen. Sla het op als PDF of Office-bestand; docs/formats.md noemt wat wel wordt gelezen.",
        "This type of file ({type}) is not read. Save it as a PDF or an Office file; docs/formats.md lists what is read.",
    ),
    "needs_libreoffice": (
        "Dit is een oud Office-bestand ({type}). Laat de beheerder LibreOffice installeren (kb doctor zegt hoe), of sla het op als "
        ".docx, .xlsx of .pptx, en voeg het opnieuw toe.",
        "This is an old Office file ({type}). Have LibreOffice installed (kb doctor tells how), or save it as .docx, .xlsx or .pptx, and "
        "add it again.",
    ),
    "needs_tesseract": (
        "Dit is een scan of een afbeelding. Laat de beheerder tesseract installeren, dat de tekst herkent (kb doctor zegt hoe), en voeg "
        "het opnieuw toe.",
        "This is a scan or a picture. Have tesseract installed, which recognises its text (kb doctor tells how), and add it again.",
    ),
    "picture_too_large": (
        "De afbeelding heeft meer dan {limit} beeldpunten. Verklein haar, of scan met 300 dpi, en voeg haar opnieuw toe.",
        "The picture has more than {limit} pixels. Make it smaller, or scan at 300 dpi, and add it again.",
    ),
    "too_many_pages": (
        "De PDF telt {pages} bladzijden; er worden er hoogstens {limit} gelezen. Splits hem in delen.",
        "The PDF has {pages} pages; at most {limit} are read. Split it into parts.",
    ),
    "no_pages": (
        "De PDF heeft geen bladzijden. Maak hem opnieuw in het programma waaruit hij komt.",
        "The PDF has no pages. Make it again in the program that it comes from.",
    ),
    "archive": (
        "Dit is een archief ({type}). Pak het uit en voeg de bestanden zelf toe.",
        "This is an archive ({type}). Unpack it and add the files themselves.",
    ),
    "wrong_type": (
        "De naam eindigt op .{expected}, maar de inhoud is iets anders. Open het in zijn eigen programma en sla het op als .{expected}.",
        "The name ends in .{expected}, but the content is something else. Open the file in its own program and save it as .{expected}.",
    ),
    "sensitive": (
        "Er staat gevoelige inhoud in ({labels}), die deze ruimte apart zet. Bekijk het bestand en geef het vrij, of verwijder het.",
        "It holds sensitive content ({labels}), which this space sets aside. Look at the file and release it, or remove it.",
    ),
    "suppressed": (
        "Dit bestand is apart gezet: het is een document dat op verzoek is gewist, lijkt daar sterk op, of noemt een gewiste persoon. "
        "De functionaris gegevensbescherming beslist erover; neem contact op als het er toch in hoort.",
        "This file was set aside: it is a document that was erased on request, nearly one, or it names an erased person. "
        "The data protection officer decides on it; get in touch if it should be in after all.",
    ),
    "too_large": (
        "Het bestand telt {size} bytes; er worden er hoogstens {limit} gelezen. Splits het in delen, of verhoog de grens in kb.toml.",
        "The file is {size} bytes; at most {limit} are read. Split it into parts, or raise the limit in kb.toml.",
    ),
    "unreadable": (
        "Het bestand mag niet worden gelezen. Geef de gebruiker van Kennisbank leesrecht en probeer het opnieuw.",
        "The file may not be read. Give Kennisbank's user permission to read it and try again.",
    ),
    "changing": (
        "Het bestand werd geschreven terwijl het werd gelezen. Wacht tot het klaar is en probeer het opnieuw.",
        "The file was being written while it was read. Wait until that is done and try again.",
    ),
    "unlisted": (
        "De inhoud van deze map mag niet worden bekeken. Geef de gebruiker van Kennisbank leesrecht en probeer het opnieuw.",
        "What is in this folder may not be listed. Give Kennisbank's user permission to read it and try again.",
    ),
    "special": (
        "Dit is geen gewoon bestand maar een pijp, apparaat of iets dergelijks. Laat het weg.",
        "This is no plain file but a pipe, a device or the like. Leave it out.",
    ),
    "same_name": (
        "Een ander bestand in deze map heeft dezelfde naam, op tekens na die niet te lezen zijn. Geef dit bestand een andere naam.",
        "Another file in this folder has the same name but for characters that cannot be read. Rename this one.",
    ),
    "long_path": (
        "Het pad van dit bestand is langer dan 1000 tekens. Zet het hoger in de map, of kort namen in.",
        "This file's path is longer than 1,000 characters. Put it higher up, or shorten names.",
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
    "output_too_large": (
        "Er komt meer tekst uit dit bestand dan mag ({limit} bytes), zoals bij een archiefbom. Splits het, of verhoog de grens in kb.toml.",
        "More text comes out of this file than allowed ({limit} bytes), as with an archive bomb. Split it, or raise the limit in kb.toml.",
    ),
    "removed_meanwhile": (
        "Het document is verwijderd terwijl het werd gelezen. Voeg het opnieuw toe als het terug moet komen.",
        "The document was removed while it was being read. Add it again if it should come back.",
    ),
}
"""Code of a failure to its Dutch and its English sentence."""

WARNINGS: dict[str, tuple[str, str]] = {
    "attachments_not_read": (
        "Een of meer bestanden hierin zijn niet gelezen; hun namen zijn bewaard. Voeg ze als losse bestanden toe om te zien waarom.",
        "One or more files within this file were not read; their names were kept. Add them as files of their own to see why.",
    ),
    "embedded_objects": (
        "Er zitten bestanden in, zoals een werkblad achter een grafiek; een zoektocht naar een persoon ziet ze, een vraag niet.",
        "It has files within it, such as the sheet behind a chart; a search for a person sees them, a question does not.",
    ),
    "nested_too_deep": (
        "Er zitten bestanden in bestanden in bestanden; de diepste zijn niet gelezen. Voeg ze als losse bestanden toe.",
        "It has files within files within files; the deepest were not read. Add them as files of their own.",
    ),
    "too_much_within": (
        "Er zit meer in dan van één bestand wordt gelezen; de rest is overgeslagen. Pak het uit en voeg de bestanden zelf toe.",
        "It holds more than is read of one file; the rest was skipped. Unpack it and add the files themselves.",
    ),
    "recognised": (
        "De tekst van een of meer bladzijden is herkend uit een afbeelding (OCR); letters en cijfers kunnen fout zijn.",
        "The text of one or more pages was recognised in a picture (OCR); letters and digits may be wrong.",
    ),
    "recognition_stopped": (
        "Deze scan is te dik om in één keer te herkennen: de laatste bladzijden zijn niet gelezen. Splits hem in delen.",
        "This scan is too thick to be recognised in one go: its last pages were not read. Split it into parts.",
    ),
    "pages_need_tesseract": (
        "Een deel van de bladzijden is een scan. Laat de beheerder tesseract installeren, dat de tekst herkent, en voeg het opnieuw toe.",
        "Some pages are scans. Have tesseract installed, which recognises their text, and add the file again.",
    ),
    "garbled_text": (
        "Op een of meer bladzijden is de tekst in het bestand onleesbaar (verkeerde lettercodes); die tekst is niet doorzoekbaar.",
        "On one or more pages the text in the file is unreadable (wrong letter codes); that text cannot be searched.",
    ),
    "repaired": (
        "De PDF is beschadigd; gelezen is wat er nog in te vinden was. Vervang hem als er een gave versie is.",
        "The PDF is damaged; what could still be found in it was read. Replace it if there is a sound version.",
    ),
    "page_too_large": (
        "Een bladzijde is te groot om er tekst op te herkennen; alleen de tekst in het bestand zelf is gelezen.",
        "A page is too large to recognise text on it; only the text in the file itself was read.",
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
