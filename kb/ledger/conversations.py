"""Conversations, answers, their citations and feedback in the ledger."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, delete, exists, insert, not_, select

from kb.errors import AnswerNotFound
from kb.ledger.hidden import answer_is_hidden
from kb.ledger.tables import answer_passages, answer_sentences, answers, citations, conversations, documents, feedback, versions
from kb.ports import Clock
from kb.types import Answer, Passage, Turn


class ConversationRows:
    """Reads and writes conversations within one transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def open(self, conversation_id: str | None, actor: str) -> str:
        """The conversation itself when it is there and ``actor`` is the one who holds it, else a new one."""
        if conversation_id is not None:
            others = exists().where(answers.c.conversation_id == conversations.c.id, answers.c.actor != actor)
            mine = select(conversations.c.id).where(conversations.c.id == conversation_id, ~others)
            found = self._connection.execute(mine).scalar()
            if found is not None:
                return str(found)
        made = uuid.uuid4().hex
        self._connection.execute(insert(conversations).values(id=made, created_at=self._clock.now()))
        return made

    def turns(self, conversation_id: str, last: int, actor: str, space_ids: Collection[str]) -> list[Turn]:
        """The newest ``last`` messages of what ``actor`` asked there, oldest first, without hidden ones; none where nothing is his.

        An answer that was drawn from a space outside ``space_ids`` is left out: it may quote what he does not see any more.
        """
        of_document = versions.join(documents, documents.c.id == versions.c.document_id)
        drawn = select(answer_passages.c.answer_id).join_from(answer_passages, of_document, versions.c.id == answer_passages.c.version_id)
        elsewhere = drawn.where(answer_passages.c.answer_id == answers.c.id, documents.c.space_id.not_in(list(space_ids)))
        of_actor = answers.c.conversation_id == conversation_id, answers.c.actor == actor
        spoken = select(answers.c.id, answers.c.question, answers.c.asked_at).where(
            *of_actor, not_(answer_is_hidden()), ~elsewhere.exists()
        )
        newest = self._connection.execute(spoken.order_by(answers.c.asked_at.desc(), answers.c.id).limit((last + 1) // 2)).all()
        turns: list[Turn] = []
        for row in reversed(newest):
            said = select(answer_sentences.c.text).where(answer_sentences.c.answer_id == row.id).order_by(answer_sentences.c.ordinal)
            turns.append(Turn("user", row.question))
            turns.append(Turn("assistant", " ".join(self._connection.execute(said).scalars())))
        return turns[-last:] if last else []

    def add_answer(
        self,
        answer: Answer,
        conversation_id: str,
        actor: str,
        search_question: str,
        passages: Sequence[Passage],
        cited: Mapping[int, Passage],
    ) -> None:
        """Keep an answer. Quotes are kept as places in the version's text, never as text of their own."""
        self._connection.execute(
            insert(answers).values(
                id=answer.answer_id,
                conversation_id=conversation_id,
                asked_at=self._clock.now(),
                actor=actor,
                question=answer.question,
                search_question=search_question,
                language=answer.language,
                outcome=answer.outcome.value,
                dropped_sentences=answer.dropped_sentences,
                backend=answer.generator.backend,
                model=answer.generator.model,
                location=answer.generator.location,
                notices=list(answer.notices),
                retrieve_ms=answer.timings_ms.retrieve,
                first_sentence_ms=answer.timings_ms.first_sentence,
                total_ms=answer.timings_ms.total,
            )
        )
        sentences = [
            {"answer_id": answer.answer_id, "ordinal": i, "text": sentence.text, "citations": list(sentence.citations)}
            for i, sentence in enumerate(answer.sentences)
        ]
        quotes = [
            {
                "answer_id": answer.answer_id,
                "n": citation.n,
                "version_id": cited[citation.n].version_id,
                "chunk_id": cited[citation.n].chunk_at(citation.quote_start),
                "start": citation.quote_start,
                "end": citation.quote_end,
                "score": citation.score,
            }
            for citation in answer.citations
        ]
        considered = [
            {"answer_id": answer.answer_id, "rank": rank, "version_id": p.version_id, "chunk_id": p.chunk_id, "score": p.score}
            for rank, p in enumerate(passages, start=1)
        ]
        for table, rows in ((answer_sentences, sentences), (citations, quotes), (answer_passages, considered)):
            if rows:
                self._connection.execute(insert(table), rows)

    def set_feedback(self, answer_id: str, vote: str, reason: str | None, asked_by: str | None = None) -> None:
        """Keep a thumb, instead of an earlier one. Raises AnswerNotFound, also for an answer that was not ``asked_by`` this actor."""
        mine = select(answers.c.id).where(answers.c.id == answer_id)
        if asked_by is not None:
            mine = mine.where(answers.c.actor == asked_by)
        if self._connection.execute(mine).first() is None:
            raise AnswerNotFound(answer_id=answer_id)
        self._connection.execute(delete(feedback).where(feedback.c.answer_id == answer_id))
        self._connection.execute(insert(feedback).values(answer_id=answer_id, vote=vote, reason=reason, created_at=self._clock.now()))
