"""`kb ask`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.invocation import Invocation
from api.cli.texts import known

if TYPE_CHECKING:
    from kb.types import Answer, AskEvent


def ask(
    invocation: Invocation,
    question: Annotated[str, typer.Argument(help="The question, in quotes.", show_default=False)],
    space: Annotated[str | None, typer.Option("--space", help="Only from this space. (default: all)", show_default=False)] = None,
    stream: Annotated[bool, typer.Option("--stream", help="Show each sentence as soon as it is proven.", show_default=False)] = False,
) -> None:
    """Ask a question. "Not in the documents" is an answer too."""
    from kb.errors import GeneratorInterrupted

    with invocation.operations() as operations:
        answer = _follow(invocation, operations.ask(question, space=space), shown=stream and not invocation.as_json)
    if answer is None:
        raise GeneratorInterrupted
    if invocation.as_json:
        invocation.print_json(answer)
        return
    _show(invocation, answer, sentences_shown=stream)


def _follow(invocation: Invocation, events: Iterator[AskEvent], *, shown: bool) -> Answer | None:
    from api.footnotes import marked_sentence
    from kb.types import Done, SentenceProven

    answer = None
    for event in events:
        if isinstance(event, SentenceProven) and shown:
            invocation.say(marked_sentence(event.sentence))
        elif isinstance(event, Done):
            answer = event.answer
    return answer


def _show(invocation: Invocation, answer: Answer, *, sentences_shown: bool) -> None:
    from api.footnotes import citation_line, marked_text, passage_lines

    if not answer.sentences:
        invocation.say(answer.text or invocation.text("not_in_documents"))
    elif not sentences_shown:
        invocation.say(marked_text(answer))
    if answer.citations:
        invocation.say()
        invocation.say(invocation.text("sources"), style="bold")
        for citation in answer.citations:
            invocation.say(citation_line(citation))
    elif answer.passages:
        invocation.say()
        invocation.say(invocation.text("nearest"), style="bold")
        for line in passage_lines(answer.passages):
            invocation.say(f"- {line}")
    for remark in _remarks(invocation, answer):
        invocation.note(remark, style="dim")


def _remarks(invocation: Invocation, answer: Answer) -> Iterator[str]:
    for notice in answer.notices:
        if known(f"notice.{notice}"):
            yield invocation.text(f"notice.{notice}")
    if answer.dropped_sentences:
        yield invocation.text("dropped.one" if answer.dropped_sentences == 1 else "dropped.many", count=answer.dropped_sentences)
