"""The coefficients that ship: what `kb eval calibrate` wrote. Decision 0007 says on what, and how they do on sets unseen."""

from __future__ import annotations

SHIPPED: dict[str, object] = {
    "sentence": {
        "intercept": -4.2587,
        "weights": {
            "own": 1.2042,
            "with_heads": 1.8238,
            "with_neighbours": 0.887,
            "with_passage": -0.0243,
            "rarest": -0.6213,
            "beyond_title": -0.5049,
            "pairs": 0.4623,
            "right_kind": -0.3861,
            "wrong_kind": -0.7839,
            "right_kind_and_own": 0.9804,
            "first_passage": -0.6789,
            "rank": 3.3729,
            "first_sentence": 0.2119,
            "row": -1.0964,
            "row_named": 2.0913,
            "short": -1.6286,
            "long": -0.1252,
            "label": -0.3023,
            "new_words": -0.2052,
        },
    },
    "words_only": {"intercept": -1.0479, "weights": {"dutch": 0.0065, "foreign": 0.5261, "nearby": 2.8321, "numbers": -0.4674}},
    "with_likeness": {
        "intercept": -1.0805,
        "weights": {
            "dutch": -0.3771,
            "foreign": 1.4823,
            "nearby": 1.6519,
            "numbers": -0.221,
            "likeness_nl": 7.2899,
            "likeness_en": 6.7489,
            "likeness_across": 10.6487,
        },
    },
    "embedding": "sentence-transformers: packaged",
    "thresholds": {"nl": [0.56, 0.44, 0.32], "en": [0.62, 0.5, 0.38]},
}
