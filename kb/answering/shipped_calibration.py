"""The coefficients that ship: what `kb eval calibrate` wrote. Decision 0007 says on what, and how they do on sets unseen."""

from __future__ import annotations

SHIPPED: dict[str, object] = {
    "sentence": {
        "intercept": -4.7441,
        "weights": {
            "own": 1.5836,
            "with_heads": 0.3741,
            "with_neighbours": 0.4745,
            "with_passage": 0.9827,
            "rarest": -0.7265,
            "beyond_title": -0.1071,
            "pairs": 0.6955,
            "right_kind": -0.4715,
            "wrong_kind": -0.6084,
            "right_kind_and_own": 1.6342,
            "first_passage": -0.6606,
            "rank": 3.2035,
            "first_sentence": 0.1037,
            "row": -0.784,
            "short": -0.9239,
            "long": -0.5683,
            "label": -0.1273,
            "new_words": 0.7401,
        },
    },
    "words_only": {
        "intercept": -1.239,
        "weights": {"dutch": 0.0758, "foreign": 0.1756, "own": 0.645, "nearby": 1.8946, "numbers": -0.0728},
    },
    "with_likeness": {
        "intercept": -1.35,
        "weights": {
            "dutch": -0.0993,
            "foreign": 0.444,
            "own": 1.0352,
            "nearby": 0.5293,
            "numbers": 0.1491,
            "likeness_nl": 4.274,
            "likeness_en": 7.601,
            "likeness_across": 1.9502,
        },
    },
    "embedding": "sentence-transformers: packaged",
    "thresholds": [0.62, 0.5, 0.38],
}
