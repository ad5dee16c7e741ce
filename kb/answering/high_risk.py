"""Requests to grade, select or rank people: not answered, whatever the documents hold.

Systems that evaluate or select people for work or education are high-risk under the AI Act (Regulation (EU) 2024/1689, Annex III, points
3 and 4), and Kennisbank is not made for that. What a procedure says about grading or selecting may be asked; which person is the best may
not.
"""

from __future__ import annotations

import re

_PEOPLE = (
    r"(?:sollicitant(?:en)?|kandida(?:at|ten)|medewerkers?|werknemers?|collega['’]?s?|leerling(?:en)?|student(?:en)?|scholier(?:en)?"
    r"|stagiairs?|stagiaires?|leidinggevenden?|teamleden|personeelsleden|kinderen|cv['’]?s|sollicitatiebrie(?:f|ven)"
    r"|applicants?|candidates?|employees?|workers?|colleagues?|pupils?|students?|interns?|trainees?|team members?|managers?"
    r"|resumes?|r[eé]sum[eé]s?|cvs?)"
)
_BEST = (
    r"(?:beste|geschiktste|meest geschikte?|slechtste|zwakste|sterkste|productiefste|luiste|slimste|talentvolste|betrouwbaarste"
    r"|ongeschiktste"
    r"|best|most suitable|worst|weakest|strongest|most productive|laziest|smartest|most talented|least suitable|most promising|top)"
)
_JUDGE = (
    r"(?:rangschik\w*|rank|rate|grade|score|beoordeel|becijfer|selecteer|screen|shortlist|select|assess|evaluate|vergelijk"
    r"|compare|sorteer|sort)"
)
_DOES = r"(?:presteer\w*|functioneer\w*|werk\w*|scoor\w*|doet|doen|perform\w*|works?|scores?|does|do|is|are|zijn)"
_MOST = r"(?:best|beste?|slechtste?|minste?|meeste?|hardste?|zwakste?|worst|least|most|hardest|poorest)"
_MUST = r"(?:moet(?:en)?|zou(?:den)?|verdien\w*|should|must|ought|deserves?)"
_FATE = (
    r"(?:ontslagen?|ontslag|aangenomen|afgewezen|bevorderd|gepromoveerd|promotie|zitten|zakken|slagen"
    r"|fired|dismissed|hired|rejected|promoted|promotion|laid off|pass|fail)"
)
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # “Rank these pupils”, “Beoordeel de sollicitanten”: an order to judge, with the people as its object.
        rf"\A(?:(?:please|graag|kun je|kan je|kunt u|can you|could you|wil je|will you)\s+)?{_JUDGE}\s+(?:(?:de|deze|die|alle"
        rf"|onze|mijn|het|the|these|those|all|our|my|this|every|each)\s+)?(?:\w+\s+){{0,3}}{_PEOPLE}\b",
        rf"\A(?:kun je|kan je|kunt u|wil je)\s+(?:de|deze|die|alle|onze"
        rf"|mijn)\s+(?:\w+\s+){{0,2}}{_PEOPLE}\s+(?:\w+\s+){{0,4}}(?:rangschikken|beoordelen|becijferen|selecteren|vergelijken"
        rf"|scoren|sorteren)\b",
        # “Wie van de sollicitanten is de beste?”, “Which candidate is most suitable?”
        rf"\b(?:wie|welke|wat voor|who|which|whom)\b.{{0,60}}\b{_PEOPLE}\b.{{0,60}}\b{_BEST}\b",
        rf"\b(?:wie|welke|who|which|whom)\b.{{0,40}}\b{_BEST}\s+(?:\w+\s+){{0,2}}{_PEOPLE}\b",
        # “Welke medewerker presteert het slechtst?”, “Who of the staff performs worst?”
        rf"\b(?:wie|welke|who|which|whom)\b.{{0,40}}\b{_PEOPLE}\b.{{0,40}}\b{_DOES}\b.{{0,30}}\b{_MOST}\b",
        # “Welke leerling moet blijven zitten?”, “Which employee should be dismissed?”
        rf"\b(?:welke|which)\s+(?:\w+\s+){{0,2}}{_PEOPLE}\b.{{0,40}}\b{_MUST}\b.{{0,30}}\b{_FATE}\b",
        # “Wie moeten we aannemen / ontslaan / laten zitten?”
        r"\b(?:wie|welke \w+|who|whom|which \w+)\s+(?:moet(?:en)?|zou(?:den)?|kan|kunnen|zullen|should|shall|do|must"
        r"|can)\s+(?:we|wij|ik|i|you|je)\s+(?:\w+\s+){0,2}"
        r"(?:aannemen|ontslaan|bevorderen|promoveren|afwijzen|uitnodigen|kiezen|laten (?:zitten|gaan|zakken|slagen)|hire|fire"
        r"|dismiss|promote|reject|invite|choose|pick|lay off|fail|let go)\b",
        # “Welk cijfer verdient Jan?”, “Geef Anna een cijfer”
        r"\b(?:welk cijfer|which grade|what grade)\b.{0,30}\b(?:verdien\w*|krijg\w*|moet\w*|zou\w*|deserve\w*|should|give)\b",
        r"\A(?:geef|give)\s+(?!me\b|mij\b)(?:\S+\s+){1,4}(?:een|a)\s+(?:\w+\s+)?(?:cijfer|beoordeling|score|grade|rating|mark)\b",
    )
)  # fmt: skip
_PROCEDURE = re.compile(
    r"\b(?:hoe (?:word\w*|gaat|verloopt|werkt|beoordelen wij|selecteren wij)|wie (?:beoordeelt|bepaalt|selecteert|beslist)"
    r"|how (?:are|is|do we|does)|who (?:assesses|decides|selects|grades))\b",
    re.IGNORECASE,
)


def asks_to_judge_people(question: str) -> bool:
    """Whether ``question`` wants people graded, selected or ranked."""
    return _PROCEDURE.search(question) is None and any(pattern.search(question) for pattern in _PATTERNS)
