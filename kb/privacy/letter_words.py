"""Words that the letters are put together from, in Dutch (B1) and English."""

from __future__ import annotations

from datetime import date

from kb.privacy.types import RequestKind
from kb.types import Language

KINDS: dict[RequestKind, tuple[str, str]] = {
    RequestKind.ACCESS: ("inzage in uw gegevens (artikel 15 AVG)", "access to your data (Article 15 GDPR)"),
    RequestKind.RECTIFICATION: ("verbetering van uw gegevens (artikel 16 AVG)", "correction of your data (Article 16 GDPR)"),
    RequestKind.ERASURE: ("wissen van uw gegevens (artikel 17 AVG)", "erasure of your data (Article 17 GDPR)"),
    RequestKind.RESTRICTION: (
        "uw gegevens voorlopig niet gebruiken (artikel 18 AVG)",
        "restriction of the use of your data (Article 18 GDPR)",
    ),
    RequestKind.PORTABILITY: (
        "een kopie van uw gegevens om mee te nemen (artikel 20 AVG)",
        "a copy of your data to take with you (Article 20 GDPR)",
    ),
    RequestKind.OBJECTION: (
        "stoppen met het gebruik van uw gegevens (bezwaar, artikel 21 AVG)",
        "an end to the use of your data (objection, Article 21 GDPR)",
    ),
}

DONE: dict[RequestKind, tuple[str, str]] = {
    RequestKind.RECTIFICATION: ("de gegevens verbeterd (artikel 16 AVG)", "corrected the data (Article 16 GDPR)"),
    RequestKind.ERASURE: ("de gegevens gewist (artikel 17 AVG)", "erased the data (Article 17 GDPR)"),
    RequestKind.RESTRICTION: (
        "het gebruik van de gegevens stilgelegd (artikel 18 AVG)",
        "restricted the use of the data (Article 18 GDPR)",
    ),
}
"""What recipients are told of."""

GROUNDS: dict[str, tuple[str, str]] = {
    "11(2)": (
        "wij kunnen niet vaststellen welke gegevens van u zijn (artikel 11, lid 2, AVG)",
        "we cannot tell which data are yours (Article 11(2) GDPR)",
    ),
    "12(5)(a)": ("het verzoek is kennelijk ongegrond (artikel 12, lid 5, AVG)", "the request is manifestly unfounded (Article 12(5) GDPR)"),
    "12(5)(b)": (
        "het verzoek is buitensporig, vooral omdat het zich herhaalt (artikel 12, lid 5, AVG)",
        "the request is excessive, in particular because it is repeated (Article 12(5) GDPR)",
    ),
    "12(6)": (
        "wij konden niet vaststellen dat het verzoek van u komt (artikel 12, lid 6, AVG)",
        "we could not establish that the request comes from you (Article 12(6) GDPR)",
    ),
    "15(4)": (
        "het zou anderen in hun rechten schaden (artikel 15, lid 4, AVG)",
        "it would adversely affect the rights of others (Article 15(4) GDPR)",
    ),
    "17(3)(a)": (
        "de gegevens zijn nodig voor de vrijheid van meningsuiting en informatie (artikel 17, lid 3, onder a, AVG)",
        "the data are needed for the freedom of expression and information (Article 17(3)(a) GDPR)",
    ),
    "17(3)(b)": (
        "de wet verplicht ons de gegevens te bewaren, of ze zijn nodig voor een taak van algemeen belang (artikel 17, lid 3, onder b, AVG)",
        "the law obliges us to keep the data, or they are needed for a task in the public interest (Article 17(3)(b) GDPR)",
    ),
    "17(3)(c)": (
        "de gegevens zijn nodig voor de volksgezondheid (artikel 17, lid 3, onder c, AVG)",
        "the data are needed for public health (Article 17(3)(c) GDPR)",
    ),
    "17(3)(d)": (
        "de gegevens zijn nodig voor archieven, onderzoek of statistiek (artikel 17, lid 3, onder d, AVG)",
        "the data are needed for archives, research or statistics (Article 17(3)(d) GDPR)",
    ),
    "17(3)(e)": (
        "de gegevens zijn nodig voor een rechtsvordering (artikel 17, lid 3, onder e, AVG)",
        "the data are needed for legal claims (Article 17(3)(e) GDPR)",
    ),
    "18(1)": (
        "geen van de voorwaarden van de wet is vervuld (artikel 18, lid 1, AVG)",
        "none of the conditions of the law is met (Article 18(1) GDPR)",
    ),
    "20(1)": (
        "de voorwaarden van de wet zijn niet vervuld (artikel 20, lid 1, AVG)",
        "the conditions of the law are not met (Article 20(1) GDPR)",
    ),
    "20(4)": (
        "het zou anderen in hun rechten schaden (artikel 20, lid 4, AVG)",
        "it would adversely affect the rights of others (Article 20(4) GDPR)",
    ),
    "21(1)": (
        "wij hebben dwingende redenen die zwaarder wegen, of de gegevens zijn nodig voor een rechtsvordering (artikel 21, lid 1, AVG)",
        "we have compelling grounds that outweigh yours, or the data are needed for legal claims (Article 21(1) GDPR)",
    ),
    "23": (
        "de wet maakt hier een uitzondering (artikel 23 AVG en artikel 41 UAVG)",
        "the law makes an exception here (Article 23 GDPR and Article 41 of the Dutch implementing act)",
    ),
}

HOLDS: dict[str, tuple[str, str]] = {
    "legal-claim": ("de gegevens zijn nodig voor een rechtsvordering", "the data are needed for a legal claim"),
    "court-order": ("een bevel van de rechter", "an order of a court"),
    "investigation": ("een onderzoek van een bevoegde instantie", "an investigation by a competent authority"),
    "archives-act": ("de Archiefwet verbiedt vernietiging", "the Dutch Archives Act forbids destruction"),
    "tax-retention": ("de fiscale bewaarplicht (artikel 52 AWR)", "the duty to keep records for tax (Article 52 of the Dutch tax act)"),
}

NO_ORGANISATION = ("[naam van de organisatie]", "[name of the organisation]")
"""For whoever reads the letter over, where the settings name none."""

DAY_UNKNOWN = ("[datum]", "[date]")

COMPLAINT = (
    "U kunt een klacht indienen bij de Autoriteit Persoonsgegevens (autoriteitpersoonsgegevens.nl, Postbus 93374, 2509 AJ Den Haag). "
    "U kunt ook naar de rechter gaan. Is deze beslissing van een bestuursorgaan, dan kunt u binnen zes weken bezwaar maken; "
    "anders kunt u binnen zes weken een verzoekschrift indienen bij de rechtbank (artikelen 34 en 35 UAVG).",
    "You can complain to the Dutch data protection authority (Autoriteit Persoonsgegevens, autoriteitpersoonsgegevens.nl, "
    "Postbus 93374, 2509 AJ Den Haag). You can also go to court. Against a decision of an administrative authority you can object within "
    "six weeks; otherwise you can petition the district court within six weeks (Articles 34 and 35 of the Dutch implementing act, UAVG).",
)

COUNTS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "documents": (
        ("- 1 document is in zijn geheel gewist.", "- 1 document was erased as a whole."),
        ("- {count} documenten zijn in hun geheel gewist.", "- {count} documents were erased as a whole."),
    ),
    "redactions": (
        ("- Op 1 plaats is uw gegeven onleesbaar gemaakt.", "- In 1 place your data were made unreadable."),
        ("- Op {count} plaatsen is uw gegeven onleesbaar gemaakt.", "- In {count} places your data were made unreadable."),
    ),
    "answers": (
        ("- 1 vraag met het antwoord is gewist.", "- 1 question with its answer was erased."),
        ("- {count} vragen met hun antwoord zijn gewist.", "- {count} questions with their answers were erased."),
    ),
}
"""By what is counted: one of it, and more."""
NOTHING = ("- Er was niets dat gewist moest worden.", "- There was nothing that had to be erased.")

KEPT = (
    "\nOp {count} plaatsen laten wij iets staan, op deze grond: {grounds}.\n",
    "\nIn {count} places we leave something as it is, on this ground: {grounds}.\n",
)
BACKUPS = (
    "Uw gegevens kunnen nog staan in deze reservekopieën. Die zijn versleuteld en worden vanzelf vernietigd. "
    "Zetten wij er een terug, dan worden uw gegevens opnieuw gewist voordat iemand het systeem kan gebruiken.",
    "Your data may still be in these backups. They are encrypted and are destroyed by themselves. "
    "If we restore one, your data are erased again before anybody can use the system.",
)
BACKUP = ("- {name}: wordt vernietigd op {day}", "- {name}: will be destroyed on {day}")
NO_BACKUPS = (
    "Dit systeem heeft geen reservekopieën waar uw gegevens nog in staan.",
    "This system has no backups that still hold your data.",
)
OUTSIDE = (
    "\nDit systeem kan niet zien wat er elders staat, zoals in mailboxen en op netwerkmappen. "
    "Daar zorgt een medewerker voor. Het gaat om {count} plaatsen.\n",
    "\nThis system cannot see what lies elsewhere, such as in mailboxes and on network shares. "
    "A member of staff takes care of that. It concerns {count} places.\n",
)
CONTACT = ("Hebt u een vraag? Neem contact op met {contact}.", "Do you have a question? Contact {contact}.")
NO_CONTACT = (
    "Hebt u een vraag? Neem contact op met onze functionaris gegevensbescherming.",
    "Do you have a question? Contact our data protection officer.",
)
NO_NAME = ("mevrouw, mijnheer", "Sir or Madam")
REASON = ("\nWaarom wij dit vragen: {reason}\n", "\nWhy we ask: {reason}\n")

_MONTHS = (
    ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"],
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
)


def said(words: tuple[str, str], language: Language, **values: object) -> str:
    """One of the pairs above in ``language``, filled in."""
    return words[0 if language == "nl" else 1].format(**values)


def day_in_words(day: date, language: Language) -> str:
    """20 november 2026 · 20 November 2026."""
    return f"{day.day} {_MONTHS[0 if language == 'nl' else 1][day.month - 1]} {day.year}"
