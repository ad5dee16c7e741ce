"""Makes unstructured work without a network, before its first use.

Unasked, it sends telemetry when it is imported and when it partitions, and downloads a spaCy model of English to judge text by.
Here the one is switched off and the other replaced by spaCy's blank multilingual pipeline with rule-based sentence ends, which
lies in the spaCy package. Dutch is then no longer judged by English verbs.
"""

from __future__ import annotations

import logging
import os
from functools import cache
from typing import Any

_SWITCHED_OFF = {
    "DO_NOT_TRACK": "true",
    "SCARF_NO_ANALYTICS": "true",
    "UNSTRUCTURED_DISABLE_NOTICE": "1",
    "UNSTRUCTURED_LANGUAGE_CHECKS": "false",
}


@cache
def _blank_pipeline() -> Any:
    import spacy

    pipeline = spacy.blank("xx")
    pipeline.add_pipe("sentencizer")
    return pipeline


@cache
def prepare_unstructured() -> None:
    """Call before any import of unstructured; it is done once per process. Takes a few seconds the first time."""
    os.environ.update(_SWITCHED_OFF)
    for name in ("unstructured", "unstructured.trace"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # its messages quote the document
    from unstructured.nlp import tokenize

    tokenize._get_nlp = _blank_pipeline
