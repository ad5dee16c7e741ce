"""How well an embedder finds Dutch and English passages for Dutch and English questions, measured by itself on built-in pairs.

An English model gives Dutch texts vectors too, and near enough at random that fusing them with words makes the words worse; a
multilingual model deserves a full vote. Which of the two a model is stands in no file of it, so it is asked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kb.ports import Embedder, Vectors

PAIRS_VERSION = "1"
"""Raise it when the pairs or the reckoning change: what was measured before counts for nothing then."""

FULL_WEIGHT = 0.8
"""Weight of the vectors, beside 1 for the words, of an embedder that makes no mistake on the pairs."""

LEAST_WEIGHT = 0.25
"""Weight within one language of an embedder that does not know it: names, codes and loan words are near each other all the same."""

_TOPICS: tuple[tuple[str, str, str, str], ...] = (
    # (Dutch question, Dutch passage, English question, English passage); a question shares few words with its passage
    (
        "Mag ik mijn hond meenemen?",
        "Huisdieren zijn in het gebouw niet toegestaan, behalve hulpdieren.",
        "May I bring my dog?",
        "Pets are not allowed in the building, except for assistance animals.",
    ),
    (
        "Wat doe ik als ik me niet lekker voel?",
        "Bij ziekte belt u voor negen uur uw leidinggevende.",
        "What do I do when I feel unwell?",
        "In case of illness you call your manager before nine o'clock.",
    ),
    (
        "Hoe kom ik op kantoor zonder auto?",
        "De bushalte ligt op vijf minuten lopen van de ingang.",
        "How do I reach the office without a car?",
        "The bus stop is a five minutes' walk from the entrance.",
    ),
    (
        "Kan ik iets ruilen dat stuk is?",
        "Defecte artikelen worden binnen de garantie kosteloos vervangen.",
        "Can I exchange something that is broken?",
        "Defective items are replaced free of charge under the warranty.",
    ),
    (
        "Wie helpt mij als mijn computer vastloopt?",
        "Storingen aan laptops meldt u bij de helpdesk.",
        "Who helps me when my computer freezes?",
        "Report faults of laptops to the help desk.",
    ),
    (
        "Wanneer krijg ik mijn geld?",
        "Het salaris wordt op de 25e van de maand overgemaakt.",
        "When do I get my money?",
        "The salary is transferred on the 25th of the month.",
    ),
    (
        "Waar moet ik heen als het brandt?",
        "Verlaat het pand via de nooduitgang en ga naar de verzamelplaats.",
        "Where do I go when there is a fire?",
        "Leave the premises by the emergency exit and go to the assembly point.",
    ),
    (
        "Krijg ik vrij voor een bruiloft?",
        "Bij een huwelijk heeft u recht op twee dagen bijzonder verlof.",
        "Do I get time off for a wedding?",
        "For a marriage you are entitled to two days of special leave.",
    ),
    (
        "Hoe lang bewaren jullie sollicitatiebrieven?",
        "Gegevens van kandidaten worden vier weken na de procedure verwijderd.",
        "How long do you keep application letters?",
        "Data of candidates is deleted four weeks after the procedure.",
    ),
    (
        "Moet ik een helm op in de hal?",
        "In de werkplaats zijn hoofdbescherming en stevige schoenen verplicht.",
        "Do I have to wear a helmet in the hall?",
        "In the workshop head protection and sturdy shoes are compulsory.",
    ),
    (
        "Kan mijn kind later naar school komen?",
        "Leerlingen die te laat zijn, halen een briefje bij de conciërge.",
        "Can my child come to school later?",
        "Pupils who are late collect a note from the caretaker.",
    ),
    (
        "Wat kost het om de bestelling te laten bezorgen?",
        "Voor verzending rekenen wij zeven euro per pakket.",
        "What does it cost to have the order delivered?",
        "For shipping we charge seven euros per parcel.",
    ),
)


@dataclass(frozen=True, slots=True)
class Ability:
    """Weights of an embedder's vectors, beside 1 for the words, by language of the question and of the passage."""

    weights: dict[tuple[str, str], float]

    def weight(self, question: str, passage: str) -> float:
        """The weight for two languages. One that was not measured counts as badly as the worst that was."""
        return self.weights.get((question, passage), min(self.weights.values()))


def ability(embedder: Embedder) -> Ability:
    """Measure ``embedder``: 48 short texts are embedded. Raises EmbedderError.

    Per pair of languages it is the mean reciprocal rank of the right passage among all of that language, as a share of what lies
    between chance and no mistake; the weight goes along with it, from LEAST_WEIGHT (across languages from 0) to FULL_WEIGHT.
    """
    dutch, english = [topic[0] for topic in _TOPICS], [topic[2] for topic in _TOPICS]
    questions = {"nl": _queries(embedder, dutch), "en": _queries(embedder, english)}
    vectors = embedder.embed_passages([topic[1] for topic in _TOPICS] + [topic[3] for topic in _TOPICS])
    passages = {"nl": vectors[: len(_TOPICS)], "en": vectors[len(_TOPICS) :]}
    chance = float(np.mean(1.0 / np.arange(1, len(_TOPICS) + 1)))
    weights = {}
    for asked in questions:
        for written in passages:
            known = max(0.0, (_mean_reciprocal_rank(questions[asked], passages[written]) - chance) / (1 - chance))
            least = LEAST_WEIGHT if asked == written else 0.0
            weights[asked, written] = least + (FULL_WEIGHT - least) * known
    return Ability(weights)


def _queries(embedder: Embedder, texts: list[str]) -> Vectors:
    vectors: Vectors = np.stack([embedder.embed_query(text) for text in texts])
    return vectors


def _mean_reciprocal_rank(questions: Vectors, passages: Vectors) -> float:
    cosines = questions @ passages.T
    ranks = (cosines >= np.diagonal(cosines)[:, None]).sum(axis=1)
    return float(np.mean(1.0 / ranks))
