"""Requests to judge people, and questions that only mention people."""

from __future__ import annotations

import pytest

from kb.answering.high_risk import asks_to_judge_people


@pytest.mark.parametrize(
    "question",
    [
        "Wie van de sollicitanten is de beste?",
        "Welke kandidaat is het meest geschikt?",
        "Beoordeel de sollicitatiebrieven",
        "Kun je deze leerlingen rangschikken op motivatie?",
        "Wie moeten we ontslaan?",
        "Geef Anna een cijfer",
        "Rank these pupils by motivation",
        "Which employee is the laziest?",
        "Who should we hire?",
        "Please score the candidates for vacancy 7",
        "Welke medewerker presteert het slechtst?",
        "Which of the trainees works hardest?",
        "Welke leerling moet blijven zitten?",
        "Which employee should be dismissed first?",
    ],
)
def test_a_request_to_grade_select_or_rank_people_is_recognised(question: str) -> None:
    assert asks_to_judge_people(question)


@pytest.mark.parametrize(
    "question",
    [
        "Hoe worden sollicitanten beoordeeld?",
        "Wie beoordeelt de medewerkers?",
        "Ik vind mijn beoordeling onterecht. Wat kan ik doen?",
        "Hoe lang worden gegevens van sollicitanten bewaard?",
        "Wat is de beste bakfiets voor een gezin?",
        "Geef mij een overzicht van de medewerkers",
        "Welke dealer dient de meeste garantieaanvragen in?",
        "Wie kan ik bellen als ik ziek ben?",
        "How are applicants selected?",
        "Who decides on promotion?",
        "Welke medewerkers kunnen voor de ondernemingsraad gekozen worden?",
        "Which employees must wear a helmet?",
        "Hoe lang werkt een medewerker ten minste per week?",
        "What is the best way to reach a colleague?",
    ],
)
def test_a_question_about_a_procedure_or_a_thing_is_not(question: str) -> None:
    assert not asks_to_judge_people(question)
