"""The second flow, on one page: a question in, proven sentences out.

Clean the question, know its language, make it self-contained, find passages, weigh whether they answer at all, let the
generator write, and show each sentence only when the checker proves it. What was shown is kept in the ledger.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Timer

from kb.answering.asking import Asking
from kb.answering.budget import CONTEXT_SHORTENED, fit_prompt
from kb.answering.citations import CitationChecker, Quote, Similarity, Verdict
from kb.answering.contradictions import differing, newer_first
from kb.answering.evidence import calibration_of, evidence
from kb.answering.followup import accepted_rewrite, rewrite_messages, self_contained
from kb.answering.high_risk import asks_to_judge_people
from kb.answering.prompts import says_not_in_documents
from kb.answering.question import clean_question
from kb.answering.sentences import sentences_of
from kb.answering.table_rows import CELL, header_of, shown_row
from kb.errors import GeneratorError, GeneratorInterrupted, GeneratorTimeout
from kb.language import detect_language
from kb.ledger.ledger import Ledger
from kb.lexicon.small_words import language_by_small_words
from kb.logs import get_logger
from kb.ports import Cancellation, GenerationRequest, Generator, Message, NumberedPassage
from kb.search.retrieval import Retriever
from kb.settings import Settings
from kb.types import (
    Answer,
    AnswerSentence,
    AskEvent,
    Citation,
    Done,
    GeneratorInfo,
    Language,
    Outcome,
    Passage,
    PassageRef,
    Retrieved,
    SentenceProven,
    Timings,
    Turn,
)

log = get_logger(__name__)

EXTRACTIVE = "extractive"
"""The notice of an answer that quotes word for word because no model wrote."""

INTERRUPTED = "generator_interrupted"
"""The notice of an answer whose model stopped midway."""

CANCELLED = "cancelled"
"""The notice of an answer that the reader stopped."""

PASSAGES_DIFFER = "passages_differ"
"""The notice of an answer beside which stands what another document says with other figures."""

_MOST_DIFFERING = 2
_MOST_REWRITE_TOKENS = 80

DECLINED_HIGH_RISK = "declined_high_risk"
"""The notice of a request to grade, select or rank people: see ``kb.answering.high_risk``."""

DECLINED: dict[Language, str] = {
    "nl": "Kennisbank beoordeelt, selecteert of rangschikt geen mensen. Dat blijft een beslissing van mensen.",
    "en": "Kennisbank does not grade, select or rank people. That stays a decision of people.",
}
"""The text of an answer to such a request."""

NO_ANSWER: dict[Language, str] = {
    "nl": "Dit staat niet in de documenten.",
    "en": "This is not in the documents.",
}
"""The text of an answer that the documents do not hold."""


@dataclass(frozen=True, slots=True)
class Found:
    """A question as it was searched, in which language, after what, and the passages that were found, best first."""

    search_question: str
    language: Language
    history: tuple[Turn, ...]
    passages: tuple[Passage, ...]


class Asker:
    """Answers questions. Safe to use from several threads."""

    def __init__(self, ledger: Ledger, retriever: Retriever, generator: Generator, similarity: Similarity, settings: Settings) -> None:
        self._ledger = ledger
        self._retriever = retriever
        self._generator = generator
        self._similarity = similarity
        self._settings = settings
        self._calibration = calibration_of(settings.data_dir)
        self._embedding = settings.embedding.vectors_of

    def ask(self, asking: Asking, cancellation: Cancellation) -> Iterator[AskEvent]:
        """The events of one answer. Raises EmptyQuestion and QuestionTooLong at once, the rest while it is read."""
        question = clean_question(asking.question, self._settings.limits.question_characters)
        return self._answer(question, asking, cancellation)

    def find(self, asking: Asking) -> Found:
        """What an answer would be drawn from. Raises as ``ask``, and EmbedderError, SearchIndexError."""
        question = clean_question(asking.question, self._settings.limits.question_characters)
        history = self._history(asking)
        search_question = self._standing_alone(question, history)
        language = self._language(question, search_question)
        passages = self._retriever.retrieve(search_question, [space.id for space in asking.spaces], language)
        return Found(search_question, language, history, tuple(newer_first(passages)))

    def _standing_alone(self, question: str, history: Sequence[Turn]) -> str:
        """By a model where there is one and it is quick and sensible about it, else by rule."""
        by_rule = self_contained(question, history)
        if by_rule == question or self._settings.answering.rewrite_seconds == 0:
            return by_rule
        try:
            info = self._generator.info()
            if info.context_tokens is None:
                return by_rule
            language = self._language(question, by_rule)
            written = self._written(rewrite_messages(question, history, language), by_rule, language)
        except GeneratorError:
            return by_rule
        return accepted_rewrite(written, question, history) or by_rule

    def _written(self, messages: tuple[Message, ...], question: str, language: Language) -> str:
        cancellation = Cancellation()
        timer = Timer(self._settings.answering.rewrite_seconds, cancellation.cancel)
        timer.daemon = True
        timer.start()
        try:
            pieces = self._generator.generate(GenerationRequest(question, language, (), messages, _MOST_REWRITE_TOKENS), cancellation)
            written = "".join(pieces)
        finally:
            timer.cancel()
        return "" if cancellation.cancelled else written

    def _decline(self, question: str, asking: Asking, watch: _Watch) -> Iterator[AskEvent]:
        language = self._language(question, question)
        draft = _Draft((), question)
        draft.notice(DECLINED_HIGH_RISK)
        yield Retrieved((), language)
        timings = Timings(watch.elapsed_ms(), None, watch.elapsed_ms())
        yield Done(self._keep(question, question, language, asking, draft, GeneratorInfo("none", "none"), timings))

    def _answer(self, question: str, asking: Asking, cancellation: Cancellation) -> Iterator[AskEvent]:
        watch = _Watch()
        if asks_to_judge_people(question):
            yield from self._decline(question, asking, watch)
            return
        found = self.find(asking)
        search_question, language, passages = found.search_question, found.language, found.passages
        retrieved_ms = watch.elapsed_ms()
        yield Retrieved(_references(passages), language)

        draft = _Draft(passages, search_question)
        info = GeneratorInfo("none", "none")
        judged = evidence(search_question, language, passages, self._calibration, self._embedding)
        if judged.probability < self._calibration.threshold(self._settings.answering.helpfulness, language):
            draft.notice(judged.reason)
        else:
            info = self._generator.info()
            for proven in self._generate(search_question, language, found.history, passages, info, draft, cancellation):
                watch.first()
                yield proven
            if not draft.sentences and not cancellation.cancelled:
                draft.notice(judged.reason)
        timings = Timings(retrieved_ms, watch.first_ms, watch.elapsed_ms())
        yield Done(self._keep(question, search_question, language, asking, draft, info, timings))

    def _generate(
        self,
        question: str,
        language: Language,
        history: Sequence[Turn],
        passages: Sequence[Passage],
        info: GeneratorInfo,
        draft: _Draft,
        cancellation: Cancellation,
    ) -> Iterator[SentenceProven]:
        profile = self._settings.generation.profile(info.model)
        fitted = fit_prompt(
            question,
            language,
            [_numbered(n, passage) for n, passage in enumerate(passages, start=1)],
            count_tokens=self._generator.count_tokens,
            context_tokens=info.context_tokens,
            max_answer_tokens=profile.max_answer_tokens,
            history=history,
            system_prompt=profile.system_prompt_nl if language == "nl" else profile.system_prompt_en,
            model=info.model,
        )
        if fitted.shortened:
            draft.notice(CONTEXT_SHORTENED)
        if info.backend == EXTRACTIVE:
            draft.notice(EXTRACTIVE)
        request = GenerationRequest(question, language, fitted.passages, fitted.messages, profile.max_answer_tokens)
        checker = CitationChecker(passages[: len(fitted.passages)], language, self._similarity)
        try:
            for sentence in sentences_of(self._generator.generate(request, cancellation)):
                if says_not_in_documents(sentence):
                    continue
                verdict = checker.check(sentence)
                if verdict.support >= self._settings.answering.minimum_support:
                    yield draft.prove(verdict)
                else:
                    draft.dropped += 1
        except (GeneratorInterrupted, GeneratorTimeout):
            # Half an answer that is proven is worth showing, with the notice; nothing at all is an error.
            if not draft.sentences:
                raise
            draft.notice(INTERRUPTED)
        if cancellation.cancelled:
            draft.notice(CANCELLED)
            return
        yield from draft.prove_what_differs()

    def _history(self, asking: Asking) -> tuple[Turn, ...]:
        last = self._settings.limits.history_turns
        if asking.history or asking.conversation_id is None:
            return asking.history[-last:] if last else ()
        with self._ledger.reading() as tx:
            return tuple(tx.conversations.turns(asking.conversation_id, last, asking.actor, [space.id for space in asking.spaces]))

    def _language(self, question: str, search_question: str) -> Language:
        by_words = language_by_small_words(question) or language_by_small_words(search_question)
        if by_words is not None:
            return by_words
        found = detect_language(question, otherwise="") or detect_language(search_question, otherwise=self._settings.language)
        return "nl" if found == "nl" else "en" if found == "en" else self._settings.language

    def _keep(
        self, question: str, search_question: str, language: Language, asking: Asking, draft: _Draft, info: GeneratorInfo, timings: Timings
    ) -> Answer:
        answered = bool(draft.sentences)
        with self._ledger.writing() as tx:
            conversation_id = tx.conversations.open(asking.conversation_id, asking.actor)
            answer = Answer(
                answer_id=uuid.uuid4().hex,
                question=question,
                language=language,
                outcome=Outcome.ANSWERED if answered else Outcome.NOT_IN_DOCUMENTS,
                text=" ".join(_with_marks(sentence) for sentence in draft.sentences) if answered else _no_answer(draft, language),
                sentences=tuple(draft.sentences),
                dropped_sentences=draft.dropped,
                citations=tuple(draft.citations),
                passages=_references(draft.passages),
                generator=info,
                timings_ms=timings,
                conversation_id=conversation_id,
                notices=tuple(draft.notices),
            )
            tx.conversations.add_answer(answer, conversation_id, asking.actor, search_question, draft.passages, draft.cited)
        log.info("answered", answer_id=answer.answer_id, outcome=answer.outcome.value, total_ms=round(timings.total))
        return answer


class _Draft:
    """An answer while it grows."""

    def __init__(self, passages: Sequence[Passage], question: str) -> None:
        self.passages = passages
        self._question = question
        self.sentences: list[AnswerSentence] = []
        self.citations: list[Citation] = []
        self.cited: dict[int, Passage] = {}
        self.notices: list[str] = []
        self.dropped = 0

    def notice(self, word: str) -> None:
        """Tell the reader something."""
        self.notices.append(word)

    def prove(self, verdict: Verdict) -> SentenceProven:
        """Take in a sentence with its quotes; a quote that was cited before keeps its number."""
        numbers: list[int] = []
        new: list[Citation] = []
        for quote in verdict.quotes:
            passage = self.passages[quote.passage - 1]
            known = next((c for c in self.citations if _same_place(c, self.cited[c.n], passage, quote.start, quote.end)), None)
            if known is None:
                known = _citation(len(self.citations) + 1, passage, quote.start, quote.end, quote.text, verdict.support)
                self.citations.append(known)
                self.cited[known.n] = passage
                new.append(known)
            numbers.append(known.n)
        sentence = AnswerSentence(self._readable(verdict), tuple(dict.fromkeys(numbers)))
        self.sentences.append(sentence)
        return SentenceProven(sentence, tuple(new))

    def prove_what_differs(self) -> Iterator[SentenceProven]:
        """Set beside what was said the sentences of other documents that give other figures for it."""
        places = {passage.chunk_id: place for place, passage in enumerate(self.passages)}
        said = [(places[self.cited[citation.n].chunk_id], citation.quote) for citation in self.citations]
        found = [one for place, quote in said for one in differing(place, quote, self.passages)]
        verdicts = []
        for one in found:
            start = self.passages[one.passage].start
            quote = Quote(one.passage + 1, start + one.sentence.start, start + one.sentence.end, one.sentence.text)
            verdicts.append(Verdict(one.sentence.text, 1.0, (quote,)))
        if verdicts:
            self.notice(PASSAGES_DIFFER)
        quoted = {citation.quote for citation in self.citations}
        unsaid = {verdict.text: verdict for verdict in verdicts if verdict.text not in quoted}
        for verdict in list(unsaid.values())[:_MOST_DIFFERING]:
            yield self.prove(verdict)

    def _readable(self, verdict: Verdict) -> str:
        """The sentence; where it is a row of a table, with the names of the columns. The quote stays the row."""
        quote = verdict.quotes[0]
        if CELL not in verdict.text or len(verdict.quotes) > 1 or quote.text != verdict.text:
            return verdict.text
        passage = self.passages[quote.passage - 1]
        return shown_row(verdict.text, header_of(passage.text, quote.start - passage.start, passage.table_header), self._question)


class _Watch:
    """Milliseconds since the question came in."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._started = clock()
        self.first_ms: float | None = None

    def elapsed_ms(self) -> float:
        """Until now."""
        return round((self._clock() - self._started) * 1000, 2)

    def first(self) -> None:
        """Mark the first sentence; later ones change nothing."""
        if self.first_ms is None:
            self.first_ms = self.elapsed_ms()


def _no_answer(draft: _Draft, language: Language) -> str:
    return DECLINED[language] if DECLINED_HIGH_RISK in draft.notices else NO_ANSWER[language]


def _with_marks(sentence: AnswerSentence) -> str:
    return sentence.text + " " + "".join(f"[{n}]" for n in sentence.citations)


def _same_place(citation: Citation, cited: Passage, passage: Passage, start: int, end: int) -> bool:
    return cited.version_id == passage.version_id and (citation.quote_start, citation.quote_end) == (start, end)


def _citation(n: int, passage: Passage, start: int, end: int, text: str, support: float) -> Citation:
    return Citation(
        n=n,
        document_id=passage.document_id,
        document_title=passage.document_title,
        version=passage.version,
        space=passage.space,
        page=passage.page_at(start),
        section=_section(passage),
        quote=text,
        quote_start=start,
        quote_end=end,
        score=round(support, 3),
    )


def _references(passages: Sequence[Passage]) -> tuple[PassageRef, ...]:
    """Of every passage, and behind it of its copies."""
    return tuple(_reference(one) for passage in passages for one in (passage, *passage.copies))


def _reference(passage: Passage) -> PassageRef:
    return PassageRef(
        passage.document_id, passage.chunk_id, round(passage.score, 5), passage.document_title, _section(passage), passage.page
    )


def _section(passage: Passage) -> str | None:
    # A document's first heading is often its title, which stands beside the section wherever it is shown.
    return " › ".join(heading for heading in passage.headings if heading != passage.document_title) or None


def _numbered(n: int, passage: Passage) -> NumberedPassage:
    return NumberedPassage(n, passage.document_title, _section(passage), passage.text, passage.table_header, passage.language)
