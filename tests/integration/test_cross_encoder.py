"""With a reranker the best passages stand in its order; without one nothing of it is loaded."""

from __future__ import annotations

from collections.abc import Sequence

from api.bootstrap import Kennisbank
from kb.answering.asking import Asking
from kb.authorise import OWNER
from kb.search.retrieval import Retriever
from kb.types import Passage, Upload

FILES = {f"verlof-{number}.md": f"# Verlof {number}\n\nOver verlof, deel {number}: {'verlof ' * number}.\n" for number in range(1, 7)}


class Longest:
    """Prefers long texts, and remembers how many it read."""

    def __init__(self) -> None:
        self.read: list[int] = []

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        self.read.append(len(texts))
        return [float(len(text)) for text in texts]


def found(kennisbank: Kennisbank, reranker: Longest | None, passages: int) -> tuple[Passage, ...]:
    settings = kennisbank.settings.retrieval.model_copy(update={"cross_encoder_passages": passages})
    kennisbank.__dict__["retriever"] = Retriever(kennisbank.ledger, kennisbank.indexes, settings, reranker)
    kennisbank.__dict__.pop("asker", None)
    with kennisbank.ledger.reading() as tx:
        spaces = tuple(tx.spaces.all())
    return kennisbank.asker.find(Asking("Wat staat er over verlof?", spaces, (), None, "owner")).passages


def test_the_best_passages_stand_in_the_order_of_the_reranker_and_the_others_follow(kennisbank: Kennisbank) -> None:
    kennisbank.operations(OWNER).ingest([Upload(name, text.encode()) for name, text in FILES.items()])
    plain = found(kennisbank, None, 4)
    reranker = Longest()

    reordered = found(kennisbank, reranker, 4)

    assert reranker.read == [4]
    assert [passage.chunk_id for passage in reordered[:4]] == [
        passage.chunk_id for passage in sorted(plain[:4], key=lambda passage: -len(passage.text))
    ]
    assert [passage.chunk_id for passage in reordered[4:]] == [passage.chunk_id for passage in plain[4:]]
    assert [passage.score for passage in reordered] == sorted((passage.score for passage in reordered), reverse=True)


def test_without_the_setting_there_is_no_cross_encoder(kennisbank: Kennisbank) -> None:
    assert kennisbank.settings.retrieval.cross_encoder is None
    assert kennisbank.retriever._reranker is None
