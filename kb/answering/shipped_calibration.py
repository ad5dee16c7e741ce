"""The coefficients that ship: what `kb eval calibrate` wrote. Decision 0007 says on what, and how they do on sets unseen."""

from __future__ import annotations

SHIPPED: dict[str, object] = {
    "sentence": {
        "intercept": -4.3973,
        "weights": {
            "own": 1.3836,
            "with_heads": 1.5119,
            "with_neighbours": 0.8599,
            "with_passage": 0.1374,
            "rarest": -0.6784,
            "beyond_title": -0.4074,
            "pairs": 0.5391,
            "right_kind": -0.3541,
            "wrong_kind": -0.7843,
            "right_kind_and_own": 0.921,
            "first_passage": -0.805,
            "rank": 3.4453,
            "first_sentence": 0.2058,
            "row": -1.0483,
            "row_named": 1.9623,
            "short": -1.6772,
            "long": -0.1323,
            "label": -0.2797,
            "new_words": -0.0871,
        },
    },
    "words_only": {"intercept": -1.276, "weights": {"dutch": 0.0445, "foreign": -0.489, "nearby": 2.6212, "numbers": -0.167}},
    "with_likeness": {
        "intercept": -1.408,
        "weights": {
            "dutch": -0.3534,
            "foreign": 0.0149,
            "nearby": 1.6302,
            "numbers": 0.1428,
            "likeness_nl": 7.0429,
            "likeness_en": 6.7088,
            "likeness_across": 4.0469,
        },
    },
    "embedding": "sentence-transformers: packaged",
    "thresholds": {"nl": [0.45, 0.33, 0.21], "en": [0.6, 0.48, 0.36]},
}
