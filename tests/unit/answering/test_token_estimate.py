"""The estimate of tokens: on the safe side of real tokenizers that are at hand without a network."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.answering.generators.token_estimate import estimate_tokens

TEXTS = {
    "dutch": (
        "De arbeidsongeschiktheidsverzekering vergoedt na 104 weken ziekte 70% van het laatstverdiende loon, met een maximum van "
        "€ 4.250,50 bruto per maand. Werknemers die meer dan één jaar in dienst zijn, melden zich vóór 9.00 uur ziek bij hun "
        "leidinggevende of bij Zorgteam Noord (telefoon 020-123 45 67)."
    ),
    "english": (
        "Employees who have worked for more than one year may request up to five additional days of unpaid leave, provided that "
        "their manager approves it at least two weeks in advance. The mileage allowance is €0.23 per kilometre."
    ),
    "table": "Artikel | Prijs | Voorraad\nFiets 4711-B | € 1.250,50 | 12\nHELM XXL | € 49,95 | 140\n",
    "capitals": "LET OP: DE NOODUITGANG MOET ALTIJD VRIJ BLIJVEN",
}


@pytest.mark.parametrize("name", TEXTS)
def test_it_does_not_underestimate_a_real_tokenizer_by_more_than_a_tenth(name: str) -> None:
    import llama_index.core.utils as utils

    count = len(utils.get_tokenizer()(TEXTS[name]))

    assert 0.9 * count <= estimate_tokens(TEXTS[name]) <= 1.8 * count


@given(st.text(max_size=60), st.text(max_size=60))
def test_more_text_never_takes_fewer_tokens(one: str, other: str) -> None:
    assert estimate_tokens(one + other) >= max(estimate_tokens(one), estimate_tokens(other)) - 1
    assert estimate_tokens(one) <= max(4 * len(one), 0)
