"""Why each category is kept, and so long: for reports, exports and the register of processing."""

from __future__ import annotations

from collections.abc import Mapping

PURPOSES: Mapping[str, tuple[str, str]] = {
    "answers": (
        "Een gesprek kunnen vervolgen, een antwoord kunnen narekenen aan zijn bronnen en zien welke vragen onbeantwoord blijven.",
        "To continue a conversation, to check an answer against its sources, and to see which questions remain unanswered.",
    ),
    "feedback": (
        "De kwaliteit van de antwoorden bewaken en verbeteren.",
        "To watch and improve the quality of the answers.",
    ),
    "superseded_versions": (
        "Bij een bewaard antwoord kunnen tonen wat er stond toen het werd gegeven.",
        "To show, with an answer that is kept, what the source said when it was given.",
    ),
    "failed_uploads": (
        "Een bestand dat niet gelezen kon worden of apart is gezet, alsnog kunnen verwerken.",
        "To process after all a file that could not be read or was set aside.",
    ),
    "audit_details": (
        "Achteraf kunnen vaststellen wie wat deed (artikel 5, lid 2, en artikel 32 AVG).",
        "To establish afterwards who did what (Article 5(2) and Article 32 GDPR).",
    ),
    "requests": (
        "Aantonen dat verzoeken van betrokkenen op tijd en juist zijn afgehandeld (artikel 5, lid 2, AVG).",
        "To demonstrate that requests of data subjects were handled in time and correctly (Article 5(2) GDPR).",
    ),
    "dossiers": (
        "Een gesloten verzoek kunnen verantwoorden tegenover betrokkene, toezichthouder en rechter (artikel 17, lid 3, onder e, AVG).",
        "To account for a closed request to the person, the authority and the court (Article 17(3)(e) GDPR).",
    ),
    "suppression_lifted": (
        "Een opgeheven of verlopen blokkade nog kunnen verklaren.",
        "To explain a suppression that was lifted or has ended.",
    ),
    "backups": (
        "Na een storing de gegevens kunnen herstellen (artikel 32, lid 1, onder c, AVG).",
        "To restore the data after a failure (Article 32(1)(c) GDPR).",
    ),
}
"""Category to its purpose in Dutch and in English."""


def purpose(category: str, language: str) -> str:
    """The purpose of a category in ``language`` ("nl", or anything else for English)."""
    dutch, english = PURPOSES[category]
    return dutch if language == "nl" else english
