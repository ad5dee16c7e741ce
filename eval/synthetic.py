"""Passages and questions made by rule, for measuring speed: the words of office documents in sentences of office documents.

They are no test of quality: nobody would write them, and many resemble each other. The same seed gives the same texts.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kb.ports import Vectors

PASSAGE_WORDS: Mapping[str, int] = {"nl": 62, "en": 112}
"""Fewest words of a passage: 130 to 180 tokens of the packaged model in either language, so one chunk and one window."""

_Words = Mapping[str, Sequence[str]]


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split("|"))


_DUTCH: _Words = {
    "who": _listed(
        "de medewerker|de teamleider|de afdeling inkoop|de planner|de monteur|de klant|de leverancier|de docent|de administratie|"
        "de preventiemedewerker|de directie|de ondernemingsraad|de stagiair|de magazijnbeheerder|de conciërge|de helpdesk"
    ),
    "thing": _listed(
        "het verlof|de factuur|de bestelling|het contract|de offerte|de sleutel|de laptop|het rapport|de vergadering|de reiskosten|"
        "het rooster|de garantie|de klacht|de levering|het onderhoud|de opleiding|de voorraad|het wachtwoord|de vergunning|de retour"
    ),
    "verb": _listed("controleert|meldt|bewaart|bespreekt|regelt|bestelt|wijzigt|bevestigt|ondertekent|verlengt|beoordeelt|registreert"),
    "infinitive": _listed("aanvragen|doorgeven|inleveren|aanpassen|goedkeuren|afsluiten|verlengen|terugsturen|vastleggen|nakijken"),
    "when": _listed(
        "voor het einde van de maand|binnen vijf werkdagen|op maandag|uiterlijk 1 april|na afloop van het kwartaal|elke ochtend|"
        "tijdens de zomer|zodra de partij binnen is|twee keer per jaar|in de week van 14 oktober"
    ),
    "where": _listed(
        "in het magazijn|bij de receptie|op het kantoor in Deventer|in de werkplaats|via het intranet|in lokaal 12|op de tweede verdieping|"
        "bij de balie|in het archief|op de locatie Zwolle"
    ),
    "why": _listed(
        "omdat de regels zijn veranderd|want anders raakt de planning in de war|zodat iedereen weet waar hij aan toe is|"
        "omdat de keuring dat vraagt|zodat de kosten laag blijven|want de voorraad is beperkt|omdat de wet dat eist"
    ),
}
_ENGLISH: _Words = {
    "who": _listed(
        "the employee|the team leader|the purchasing department|the planner|the mechanic|the customer|the supplier|the teacher|"
        "the office|the safety officer|the board|the works council|the trainee|the warehouse keeper|the caretaker|the help desk"
    ),
    "thing": _listed(
        "the leave|the invoice|the order|the contract|the quotation|the key|the laptop|the report|the meeting|the travel expenses|"
        "the rota|the warranty|the complaint|the delivery|the maintenance|the training|the stock|the password|the permit|the return"
    ),
    "verb": _listed("checks|reports|keeps|discusses|arranges|orders|changes|confirms|signs|extends|reviews|records"),
    "infinitive": _listed("request|hand in|adjust|approve|close|extend|send back|write down|look through|pass on"),
    "when": _listed(
        "before the end of the month|within five working days|on Monday|by 1 April|after the quarter has ended|every morning|"
        "during the summer|as soon as the goods are in|twice a year|in the week of 14 October"
    ),
    "where": _listed(
        "in the warehouse|at the reception|at the Deventer office|in the workshop|on the intranet|in room 12|on the second floor|"
        "at the desk|in the archive|at the Zwolle site"
    ),
    "why": _listed(
        "because the rules have changed|or else the planning goes wrong|so that everybody knows what to expect|"
        "because the inspection asks for it|so that costs stay low|as the stock is limited|because the law requires it"
    ),
}
_VOCABULARY: Mapping[str, _Words] = {"nl": _DUTCH, "en": _ENGLISH}

_SENTENCES: Mapping[str, Sequence[str]] = {
    "nl": (
        "{who} {verb} {thing} {when}, {why}.",
        "{when} {verb} {who} {thing} {where}.",
        "Wie {thing} wil {infinitive}, meldt zich {when} {where}.",
        "Voor {thing} geldt een bedrag van {number} euro, en {who} {verb} dat {when}.",
        "{who} mag {thing} {where} {infinitive}, maar alleen {when}.",
        "Daarna {verb} {who} {thing}, {why}.",
        "Bij vragen over {thing} helpt {who} u {where} verder, toestel {number}.",
        "{thing} met nummer {code} ligt {where}, {why}.",
    ),
    "en": (
        "{who} {verb} {thing} {when}, {why}.",
        "{when}, {who} {verb} {thing} {where}.",
        "Whoever wants to {infinitive} {thing} goes {where} {when}.",
        "For {thing} an amount of {number} euros applies, and {who} {verb} it {when}.",
        "{who} may {infinitive} {thing} {where}, but only {when}.",
        "After that {who} {verb} {thing}, {why}.",
        "With questions about {thing}, {who} will help you {where}, extension {number}.",
        "{thing} with number {code} lies {where}, {why}.",
    ),
}
_QUESTIONS: Mapping[str, Sequence[str]] = {
    "nl": (
        "Wie {verb} {thing} {when}?",
        "Hoe kan ik {thing} {infinitive}?",
        "Wat kost {thing} als {who} {verb}?",
        "Wanneer mag {who} {thing} {infinitive}?",
        "Waar ligt {thing} met nummer {code}?",
    ),
    "en": (
        "Who {verb} {thing} {when}?",
        "How can I {infinitive} {thing}?",
        "How much is {thing} when {who} {verb} it?",
        "When may {who} {infinitive} {thing}?",
        "Where is {thing} with number {code}?",
    ),
}


@dataclass(frozen=True, slots=True)
class SyntheticText:
    """A passage or a question, and its language."""

    text: str
    lang: str


def synthetic_passages(count: int, seed: int = 2026) -> list[SyntheticText]:
    """``count`` distinct passages, Dutch and English in turn, of whole sentences; of PASSAGE_WORDS words or a few more."""
    return [_passage(random.Random(f"passage {seed} {number}"), _language(number)) for number in range(count)]


def synthetic_questions(count: int, seed: int = 2026) -> list[SyntheticText]:
    """``count`` questions about things that the passages speak of, Dutch and English in turn."""
    questions = []
    for number in range(count):
        draw, lang = random.Random(f"question {seed} {number}"), _language(number)
        questions.append(SyntheticText(_filled(draw, draw.choice(_QUESTIONS[lang]), lang), lang))
    return questions


def spread_vectors(centres: Vectors, count: int, seed: int = 2026, spread: float = 0.6) -> Vectors:
    """(count, dimensions) float32, L2-normalised: points around ``centres`` in turn, so that they lie in groups as real passages do.

    ``spread`` is the length of the random step away from a unit-length centre; 0.6 leaves a cosine of about 0.86 to it.
    """
    draw = np.random.default_rng(seed)
    steps = draw.standard_normal((count, centres.shape[1]), dtype=np.float32)
    steps *= spread / np.linalg.norm(steps, axis=1, keepdims=True)
    points = centres[np.arange(count) % len(centres)] + steps
    unit: Vectors = (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)
    return unit


def _language(number: int) -> str:
    return "nl" if number % 2 == 0 else "en"


def _passage(draw: random.Random, lang: str) -> SyntheticText:
    sentences: list[str] = []
    words = 0
    while words < PASSAGE_WORDS[lang]:
        sentence = _filled(draw, draw.choice(_SENTENCES[lang]), lang)
        sentences.append(sentence)
        words += len(sentence.split())
    return SyntheticText(" ".join(sentences), lang)


def _filled(draw: random.Random, template: str, lang: str) -> str:
    filling = {slot: draw.choice(words) for slot, words in _VOCABULARY[lang].items()}
    filling["number"] = str(draw.randint(10, 4_999))
    filling["code"] = f"{draw.randint(1000, 9999)}-{draw.choice('ABCDEFGH')}"
    sentence = template.format(**filling)
    return sentence[0].upper() + sentence[1:]
