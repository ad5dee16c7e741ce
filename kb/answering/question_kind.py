"""What sort of answer a Dutch or English question asks for, and whether a sentence holds something of that sort.

“Wat kost een helm?” is answered by an amount: a sentence with one is nearer to an answer than a sentence without, and it need not hold
the word “kost”. Words of a question that only say which sort is wanted are its *asking words*.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from kb.answering.words import stem, word_set


class Kind(Enum):
    """The sort of answer."""

    MONEY = "money"
    MOMENT = "moment"
    DURATION = "duration"
    SIZE = "size"
    CONTACT = "contact"
    NUMBER = "number"
    PERSON = "person"
    PLACE = "place"
    REASON = "reason"
    YES_NO = "yes_no"
    MANNER = "manner"
    OPEN = "open"

    @property
    def exact(self) -> bool:
        """Whether one sentence with the right thing in it is the whole answer."""
        return self not in (Kind.REASON, Kind.YES_NO, Kind.MANNER, Kind.OPEN)


_ASKS: tuple[tuple[Kind, str], ...] = (
    (
        Kind.CONTACT,
        r"\b(?:telefoonnummer|toestel(?:nummer)?|e-?mail(?:adres)?|mailadres|phone number|extension|email(?: address)?"
        r"|(?:hoe|waar) (?:bereik|bel|mail)\b|how (?:do|can) i (?:reach|call))",
    ),
    (
        Kind.MONEY,
        r"\b(?:wat kost\w*|hoe ?veel (?:kost\w*|betaal\w*|verdien\w*|euro|geld|budget|vergoeding)|hoe duur|(?:wat"
        r"|welk\w*) (?:is|zijn|was) (?:de|het)"
        r" (?:\w+ )?\w*(?:prijs|tarief|bedrag|kosten|huur|loon|salaris)|wat (?:betaal|verdien)\w*|how expensive|what (?:does|do"
        r"|did) .{1,40}\bcosts?\b"
        r"|how much (?:does|do|did|is|are|was|money|will|per|can|may|would)?\b.{0,60}\b(?:costs?|pay|paid|earn|charge|price"
        r"|allowance|bonus|reimburse\w*)"
        r"|(?:what|which) (?:is|was|are) the (?:\w+ ){0,2}(?:price|costs?|fee|rent|rate|salary|amount)"
        r"|\b(?:stuks?prijs|verkoopprijs|inkoopprijs|prijs|price)\b)",
    ),
    (
        Kind.DURATION,
        r"\b(?:hoe ?lang (?:duur\w*|is|zijn|blij\w*|moet\w*|mag|mogen|kan|kun\w*|heb\w*|van tevoren|van te voren|vooraf|zit"
        r"|word\w*|bewa\w*|krijg\w*|geldt|gelden)"
        r"|hoe oud|hoeveel (?:dagen|weken|maanden|jaar|jaren|uur|uren|minuten)|binnen (?:hoeveel|welke)|hoe snel (?:moet|krijg|kan|word)"
        r"|how long|how old|how (?:many|much) (?:days?|weeks?|months?|years?|hours?|minutes?|time)|how (?:soon|quickly)|for how long)\b",
    ),
    (
        Kind.MOMENT,
        r"\b(?:wanneer|hoe laat|welke? (?:dag|dagen|datum|week|maand|jaar|tijd\w*)|sinds wanneer|in welk jaar|when|what (?:time"
        r"|date|day|year)|(?:which|what)"
        r" (?:day|year|month|week|date)|until when|since when)\b",
    ),
    (
        Kind.SIZE,
        r"\b(?:hoe (?:hoog|groot|zwaar|ver|breed|dik|diep|snel|hard|vol|warm|koud)|hoeveel (?:kilo\w*|kg|liter|meter|kilometer"
        r"|km|gram|watt|procent|graden)"
        r"|welk percentage|how (?:high|tall|big|large|heavy|far|wide|thick|deep|fast|hot|cold|hard)|what (?:percentage|size"
        r"|weight|speed|height|pressure|temperature))\b",
    ),
    (
        Kind.NUMBER,
        r"\b(?:hoe ?veel|hoe vaak|welk (?:nummer|aantal)|aantal|how (?:many|much|often)|what (?:number|percentage|code)"
        r"|number of|which (?:number|code|version))\b",
    ),
    (Kind.REASON, r"\b(?:waarom|waardoor|hoezo|why|how come|what (?:caused?|is the (?:reason|cause))|wat is de (?:reden|oorzaak))\b"),
    (Kind.PERSON, r"\b(?:wie|bij wie|aan wie|met wie|contactpersoon|who|whom|whose|contact person)\b"),
    (Kind.PLACE, r"\b(?:waar(?= (?:is|zijn|staa?t?\w*|ligt?|liggen|vind\w*|kan|kun\w*|moet\w*|zit\w*|komt?|word\w*|ga\w*"
    r"|haal\w*|parkeer\w*|meld\w*|was|vond|woon\w*))|in welke? (?:kamer|hal|ruimte|stad|land|plaats|gebouw)|op welke (?:plek"
    r"|locatie)|where|in (?:which|what) (?:room|hall|city|country|building|place|state))\b"),
    (
        Kind.YES_NO,
        r"\A(?:en |and )?(?:mag|mogen|kan|kun|kunnen|moet|moeten|is|zijn|heb|hebben|heeft|krijg\w*|word\w*|ben|geldt|gelden"
        r"|bestaat|komt|past|werkt|betaalt|was|waren"
        r"|can|may|must|do|does|did|is|are|was|were|will|should|has|have|could|would|am)\b",
    ),
    (Kind.MANNER, r"\b(?:hoe|op welke manier|how|in what way)\b"),
)  # fmt: skip
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _ASKS)

_ASKING_WORDS = {
    Kind.MONEY: "kost kosten prijs prijzen stukprijs stuksprijs duur bedrag betaal betaalt betalen betaald tarief cost costs"
    " price prices expensive pay pays paid"
    " amount fee charge much earn verdien verdient verdienen rate",
    Kind.MOMENT: "wanneer laat dag dagen datum tijd tijdstip jaar when time date day year gebeurt happen happens happened",
    Kind.DURATION: "lang duurt duren duur snel oud tevoren vooraf long last lasts old take takes time soon quickly advance",
    Kind.SIZE: "hoog groot zwaar weegt ver breed dik diep snel hard high tall big large heavy weigh weighs far wide thick deep fast",
    Kind.CONTACT: "telefoonnummer nummer toestel toestelnummer mailadres adres bereik bereiken bel bellen phone number"
    " extension email address reach call",
    Kind.NUMBER: "aantal nummer vaak number many much often times",
    Kind.PERSON: "persoon naam heet person name named people",
    Kind.PLACE: "plaats plek locatie vind vinden place location find located",
    Kind.REASON: "reden oorzaak komt reason cause caused",
    Kind.MANNER: "manier way",
}
_COMMON_ASKING = "wil willen graag weten vertel uitleggen leg uit vraag mogelijk betekent betekenen mean means tell know"
" explain please describe list give"
ASKING_WORDS: dict[Kind, frozenset[str]] = {
    kind: frozenset(map(stem, word_set(_ASKING_WORDS.get(kind, "")))) | frozenset(map(stem, word_set(_COMMON_ASKING))) for kind in Kind
}
"""The stems of the words with which a question says which sort of answer it wants."""

_MONTH = (
    "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
    "|january|february|march|may|june|july|august|october"
)
_WEEKDAY = "maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_NUMBER_WORD = (
    "een|één|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|vijftien|twintig|dertig|veertig|vijftig|honderd|duizend"
    "|half|halve|anderhalf"
    "|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|hundred|thousand|once|twice"
)
_AMOUNT = rf"(?:\d[\d.,]*|\b(?:{_NUMBER_WORD}))"
_HOLDS: dict[Kind, str] = {
    Kind.MONEY: r"[€$£]\s?\d|(?:prijs|kosten|bedrag|tarief|euro|btw|price|cost|amount|rate)[^:|]*:\s?€?\s?\d"
    r"|\d[\d.,]*\s?(?:euro|eur|cent|dollars?|pounds?|million|miljoen)\b|(?:euro|EUR)\s?\d"
    r"|\|\s*\d[\d.]*,\d\d\b|\bgratis\b|\bkosteloos\b"
    r"|\bfree of charge\b|\bfor free\b|\d\s?%",
    Kind.MOMENT: rf"\b(?:{_MONTH}|{_WEEKDAY}|weekend|ochtend|middag|avond|morgen|vandaag|today|tomorrow|noon"
    rf"|midnight)\w{{0,3}}\b|\b(?:1[5-9]|20)\d\d\b|\b\d{{1,2}}[-/]\d{{1,2}}[-/]\d{{2,4}}\b"
    r"|\b\d{1,2}[.:]\d\d\b|\b\d{1,2} uur\b|\b\d{1,2}\s?[ap]\.?m\b|\bweek \d|\bkwartaal\b|\bquarter\b|\bcentury\b|\beeuw\b|\b\d{2,4}s\b",
    Kind.DURATION: rf"{_AMOUNT}(?:\s(?:hele|volle|full|working|business|calendar|achtereenvolgende"
    rf"|wettelijke))?[\s-]?(?:\w+dagen\b|\w*dag|\w*dagen|weken|week|maand|maanden|jaar|jaren|uur|uren|minuut|minuten"
    r"|seconden|kwartier|keer|days?|weeks?|months?|years?|hours?|minutes?|seconds?|decades?|working)\b|\b(?:1[5-9]|20)\d\d\b",
    Kind.SIZE: r"\d[\d.,]*\s?(?:%|procent|percent|per cent|m|cm|mm|km|kg|g|gram|kilo\w*|liter|l|meter|metres?|meters?|miles?"
    r"|feet|ft|inch\w*|wh|kwh|w|watt|v|volt|bar|nm|°|graden|degrees|mbit|gb|mb|ton|tonnes?"
    r"|micromet\w+|kilomet\w+|square|acres?|hectares?|people|inwoners)(?!\w)|\|\s*\d[\d.,]*\s*(?:\||\Z)",
    Kind.CONTACT: r"@|\b0\d{1,3}[- ]\d|\+\d\d|\b(?:toestel|extension|ext\.?|nummer|number|phone|tel\.?):?\s?\d|\bwww\.|https?:",
    Kind.NUMBER: rf"\d|\b(?:{_NUMBER_WORD}|eerste|tweede|derde|first|second|third|several|dozen)\b",
    Kind.REASON: r"\b(?:omdat|want|doordat|daarom|dankzij|vanwege|wegens|reden|oorzaak|zodat|om .{3,60} te|because|due to|since"
    r"|therefore|reason|causes?|caused|so that|in order to|as a result|result of)\b",
    Kind.PLACE: r"\b(?:in|op|bij|at|near|naast|achter|onder|langs|within|on)\s(?:the |de |het )?(?:[A-ZÀ-Ý]|\w*(?:kamer|hal"
    r"|kast|ruimte|gebouw|kantoor|magazijn|room|hall|office|building|shelf|cabinet|store|page|pagina))",
}
_HELD = {kind: re.compile(pattern, re.IGNORECASE if kind is not Kind.PLACE else 0) for kind, pattern in _HOLDS.items()}
_NAME = re.compile(
    r"(?<=[\w,;|)] )(?:(?:van|de|der|den|ten|te|von|of) )*[A-ZÀ-Ý][\w'’-]+|\A[A-ZÀ-Ý][\w'’-]+ (?:(?:van|de|der|den|ten|te"
    r"|von) )*[A-ZÀ-Ý]|@"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The sort of answer that a question wants, and the stems of the words that only say so."""

    kind: Kind
    asking: frozenset[str]


def asked(question: str) -> Asked:
    """What ``question`` wants. The last of several questions counts, as in a follow-up with what it continues before it."""
    parts = [part for part in re.split(r"(?<=\?)\s+", question) if part.strip()]
    for part in reversed(parts):
        for kind, pattern in _PATTERNS:
            if pattern.search(part):
                return Asked(kind, ASKING_WORDS[kind])
    return Asked(Kind.OPEN, ASKING_WORDS[Kind.OPEN])


def holds(kind: Kind, text: str) -> bool | None:
    """Whether ``text`` holds something of ``kind``; None where that cannot be seen."""
    if kind is Kind.PERSON:
        return _NAME.search(text) is not None
    pattern = _HELD.get(kind)
    return None if pattern is None else pattern.search(text) is not None
