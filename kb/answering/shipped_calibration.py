"""The coefficients that ship: what `kb eval calibrate` wrote. Decision 0007 says on what, and how they do on sets unseen."""

from __future__ import annotations

SHIPPED: dict[str, object] = {
    "sentence": {
        "intercept": -4.6223,
        "weights": {
            "own": 1.4334,
            "with_heads": 1.5683,
            "with_neighbours": 1.0013,
            "with_passage": 0.0165,
            "rarest": -0.727,
            "beyond_title": -0.4782,
            "pairs": 0.6995,
            "right_kind": -0.2837,
            "wrong_kind": -0.7474,
            "right_kind_and_own": 0.8629,
            "first_passage": -0.1569,
            "rank": 2.9661,
            "first_sentence": 0.3165,
            "row": -1.0737,
            "row_named": 2.2802,
            "short": -1.4777,
            "long": -0.2661,
            "label": -0.1978,
            "new_words": -0.0545,
        },
    },
    "words_only": {"intercept": -1.5902, "weights": {"dutch": 0.0316, "foreign": 0.3126, "nearby": 2.8769, "numbers": 0.0354}},
    "with_likeness": {
        "intercept": -1.4899,
        "weights": {
            "dutch": 0.4012,
            "foreign": 0.6839,
            "nearby": 1.5917,
            "numbers": 0.1528,
            "likeness_nl": 4.5697,
            "likeness_en": 7.1572,
            "likeness_across": 7.9131,
        },
    },
    "embedding": "sentence-transformers: packaged",
    "thresholds": {"nl": [0.62, 0.5, 0.38], "en": [0.58, 0.46, 0.34]},
}
