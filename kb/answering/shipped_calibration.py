"""The coefficients that ship: what `kb eval calibrate` wrote. Decision 0007 says on what, and how they do on sets unseen."""

from __future__ import annotations

SHIPPED: dict[str, object] = {
    "sentence": {
        "intercept": -4.6472,
        "weights": {
            "own": 1.4514,
            "with_heads": 1.6404,
            "with_neighbours": 0.9813,
            "with_passage": 0.0485,
            "rarest": -0.7053,
            "beyond_title": -0.5216,
            "pairs": 0.6523,
            "right_kind": -0.38,
            "wrong_kind": -0.7517,
            "right_kind_and_own": 1.1815,
            "first_passage": -0.1655,
            "rank": 2.9649,
            "first_sentence": 0.3058,
            "row": -1.1288,
            "row_named": 2.3112,
            "short": -1.477,
            "long": -0.2443,
            "label": -0.1985,
            "new_words": -0.0749,
        },
    },
    "words_only": {"intercept": -1.615, "weights": {"dutch": -0.0166, "foreign": -0.0376, "nearby": 2.952, "numbers": 0.0123}},
    "with_likeness": {
        "intercept": -1.5106,
        "weights": {
            "dutch": 0.3742,
            "foreign": 0.4477,
            "nearby": 1.6532,
            "numbers": 0.1368,
            "likeness_nl": 4.4842,
            "likeness_en": 7.1447,
            "likeness_across": 6.8612,
        },
    },
    "embedding": "sentence-transformers: packaged",
    "thresholds": {"nl": [0.63, 0.51, 0.39], "en": [0.59, 0.47, 0.35]},
}
