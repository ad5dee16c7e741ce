"""Several files in one call of a parser that can do that, and one by one of a parser that cannot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kb.ports import BatchParser, Parser
from kb.types import ParsedFile, ParseFailure


def shares(parser: Parser, data: bytes, file_name: str) -> bool:
    """Whether the file is read cheaper with others of its kind."""
    return isinstance(parser, BatchParser) and parser.shares(data, file_name)


def parse_many(parser: Parser, files: Sequence[tuple[bytes, str]]) -> Iterator[tuple[int, ParsedFile | ParseFailure]]:
    """The place and the answer of each of ``files`` (bytes and name), as they come. Raises what the parser raises."""
    if isinstance(parser, BatchParser):
        yield from parser.parse_many(files)
    else:
        for place, (data, file_name) in enumerate(files):
            yield place, parser.parse(data, file_name)
