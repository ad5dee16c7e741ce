"""Makes unstructured work without a network, before its first use.

Unasked, it sends telemetry when it is imported and when it partitions, and downloads a spaCy model of English to judge text by.
Here the one is switched off and the other replaced by spaCy's blank multilingual pipeline with rule-based sentence ends, which
lies in the spaCy package. Dutch is then no longer judged by English verbs.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from typing import Any

_SWITCHED_OFF = {
    "DO_NOT_TRACK": "true",
    "SCARF_NO_ANALYTICS": "true",
    "UNSTRUCTURED_DISABLE_NOTICE": "1",
    "UNSTRUCTURED_LANGUAGE_CHECKS": "false",
}

_unjudged: ContextVar[bool] = ContextVar("unjudged", default=False)


@cache
def _blank_pipeline() -> Any:
    import spacy

    pipeline = spacy.blank("xx")
    pipeline.add_pipe("sentencizer")
    return pipeline


@contextmanager
def without_judging_kinds() -> Iterator[None]:
    """Within it, pages, slides and text are not judged by verbs and capitals, half of the time that reading them takes, to tell narrative
    from titles: a page or a slide says itself what a heading is, and plain text is judged in ``ingest.parse.text``."""
    token = _unjudged.set(True)
    try:
        yield
    finally:
        _unjudged.reset(token)


def _unless_unjudged(judge: Callable[..., bool]) -> Callable[..., bool]:
    @wraps(judge)
    def judged(*arguments: Any, **more: Any) -> bool:
        return not _unjudged.get() and judge(*arguments, **more)

    return judged


@cache
def prepare_unstructured() -> None:
    """Call before any import of unstructured; it is done once per process. Takes a few seconds the first time."""
    os.environ.update(_SWITCHED_OFF)
    for name in ("unstructured", "unstructured.trace"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # its messages quote the document
    from unstructured.nlp import tokenize

    tokenize._get_nlp = _blank_pipeline
    from unstructured.partition import pptx, text
    from unstructured.partition.html import parser

    for module in (pptx, text, parser):
        for name in {"is_possible_narrative_text", "is_possible_title"} & vars(module).keys():
            setattr(module, name, _unless_unjudged(getattr(module, name)))
