"""Mailboxes (.mbox): messages after each other, each under a heading with its subject."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.parse.reading import Reading, Unreadable
from ingest.parse.within import Within

_BEGINS = re.compile(rb"(?:\A|(?<=\n))From [^\r\n]*\d{4}[^\r\n]*\r?\n(?=[A-Za-z-]+:)")
_QUOTED_FROM = re.compile(rb"(?m)^>(>*From )")


def read_mailbox(data: bytes, within: Within) -> Reading:
    """Every message with its attachments. One that cannot be read is a warning."""
    from ingest.parse.mail import subject_of

    reading = Reading()
    found = 0
    for message in _messages(data):
        found += 1
        within.attach(reading, f"{subject_of(message) or found}", message)
    if not found:
        raise Unreadable("damaged")
    return reading


def _messages(data: bytes) -> Iterator[bytes]:
    starts = [(match.start(), match.end()) for match in _BEGINS.finditer(data)]
    for index, (_, begin) in enumerate(starts):
        end = starts[index + 1][0] if index + 1 < len(starts) else len(data)
        yield _QUOTED_FROM.sub(rb"\1", data[begin:end])
