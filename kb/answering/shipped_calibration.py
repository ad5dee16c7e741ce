"""The coefficients that ship: what `kb eval calibrate` wrote. Decision 0007 says on what, and how they do on sets unseen."""

from __future__ import annotations

SHIPPED: dict[str, object] = {
    "sentence": {
        "intercept": -4.3441,
        "weights": {
            "own": 1.3729,
            "with_heads": 1.6151,
            "with_neighbours": 0.6914,
            "with_passage": 0.1681,
            "rarest": -0.5851,
            "beyond_title": -0.3893,
            "pairs": 0.5204,
            "right_kind": -0.3262,
            "wrong_kind": -0.7788,
            "right_kind_and_own": 0.9551,
            "first_passage": -0.8246,
            "rank": 3.4643,
            "first_sentence": 0.1713,
            "row": -0.7103,
            "short": -1.6979,
            "long": -0.1423,
            "label": -0.2974,
            "new_words": -0.1291,
        },
    },
    "words_only": {"intercept": -1.2421, "weights": {"dutch": 0.0593, "foreign": -0.5015, "nearby": 2.5539, "numbers": -0.1638}},
    "with_likeness": {
        "intercept": -1.3792,
        "weights": {
            "dutch": -0.3416,
            "foreign": 0.0026,
            "nearby": 1.5543,
            "numbers": 0.1541,
            "likeness_nl": 7.0224,
            "likeness_en": 6.7508,
            "likeness_across": 4.0958,
        },
    },
    "embedding": "sentence-transformers: packaged",
    "thresholds": {"nl": [0.45, 0.33, 0.21], "en": [0.6, 0.48, 0.36]},
}
