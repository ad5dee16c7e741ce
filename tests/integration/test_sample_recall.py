"""Retrieval on the sample organisation's own questions, through the production path with the packaged model, does not get worse."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.bootstrap import Kennisbank, init_directory, open_kennisbank
from kb.answering.asking import Asking
from kb.authorise import OWNER
from kb.settings import load_settings
from kb.types import Passage, Turn, Upload

ROOT = Path(__file__).parents[2] / "data"
DOCUMENTS = ROOT / "documents"

RECORDED = {("nl", 5): 0.837, ("nl", 10): 0.837, ("en", 5): 0.973, ("en", 10): 1.0, ("cross", 5): 0.737, ("cross", 10): 0.895}
"""Recall at 5 and at 10 per kind of question, as last measured. Raise them with what is gained; the test prints what it found."""

ALLOWED_LOSS = 0.02

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1_200)]


@pytest.fixture(scope="module")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kennisbank]:
    home = tmp_path_factory.mktemp("sample")
    settings = load_settings(home / "var", generation={"backend": "extractive"}, retrieval={"passages": 10})
    init_directory(settings, "algemeen")
    with open_kennisbank(settings, role="command") as kennisbank:
        files = sorted(path for path in DOCUMENTS.rglob("*") if path.is_file())
        kennisbank.operations(OWNER).ingest([Upload(path.relative_to(DOCUMENTS).as_posix(), path.read_bytes()) for path in files])
        yield kennisbank


def test_recall_on_the_sample_questions_does_not_fall_by_more_than_two_points(organisation: Kennisbank) -> None:
    hits: dict[tuple[str, int], list[bool]] = defaultdict(list)
    for question in yaml.safe_load((ROOT / "questions" / "questions.yaml").read_text(encoding="utf-8")):
        if not question["gold"]:
            continue
        found = [holds_gold(passage, question["gold"]) for passage in retrieved(organisation, question)]
        for k in (5, 10):
            hits[kind(question), k].append(any(found[:k]))
    recall = {group: sum(found) / len(found) for group, found in sorted(hits.items())}
    print({group: round(value, 3) for group, value in recall.items()})
    fallen = {group: value for group, value in recall.items() if value < RECORDED[group] - ALLOWED_LOSS}
    assert fallen == {}
    assert recall.keys() == RECORDED.keys()


Found = list[tuple[str, str]]
"""Source and text, with what stands above it, of a passage and of its copies."""


def retrieved(kennisbank: Kennisbank, question: dict[str, Any]) -> list[Found]:
    """What an answer would be drawn from."""
    history = tuple(Turn(turn["role"], turn["text"]) for turn in question.get("history", ()))
    with kennisbank.ledger.reading() as tx:
        spaces = tuple(tx.spaces.all())
    passages = kennisbank.asker.find(Asking(question["question"], spaces, history, None, "owner")).passages
    return [[(one.source, with_heads(one)) for one in (passage, *passage.copies)] for passage in passages]


def with_heads(passage: Passage) -> str:
    return squeezed("\n".join([passage.document_title, *passage.headings, passage.table_header or "", passage.text]))


def holds_gold(found: Found, gold: list[dict[str, Any]]) -> bool:
    return any(one["document"] == source and squeezed(one["quote"]) in text for source, text in found for one in gold)


def kind(question: dict[str, Any]) -> str:
    languages = {"en" if one["document"].startswith("english/") else "nl" for one in question["gold"]}
    return str(question["language"]) if question["language"] in languages else "cross"


def squeezed(text: str) -> str:
    return " ".join(text.split())
