"""The service over a Kennisbank of doubles (or any other), really listening on loopback, in a thread of the test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from api.app import create_app
from api.cli.serve import listening_socket, url_of
from api.memory_operations import MemoryKennisbank
from api.routes.serving import Served
from kb.authorise import OWNER
from kb.types import Upload

LEAVE_RULES = """# Verlofregeling
Deze regeling geldt voor alle medewerkers.
# Vakantie
Elke medewerker heeft recht op 428 vakantie-uren per jaar.
\f# Ouderschapsverlof
Het ouderschapsverlof 🙂 duurt 26 weken. Van het ouderschapsverlof worden negen weken doorbetaald. Vraag ouderschapsverlof op tijd aan.
"""
LEAVE_QUESTION = "Hoeveel weken duurt het ouderschapsverlof?"
STRANGE_QUESTION = "Zwemmen pinguïns graag?"


@contextmanager
def serving(kennisbank: Served) -> Iterator[str]:
    """The address of the service, while it runs."""
    with listening_socket("127.0.0.1", 0) as listener:
        config = uvicorn.Config(create_app(kennisbank), log_config=None, access_log=False, lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="service")
        thread.start()
        try:
            yield url_of(listener)
        finally:
            server.should_exit = True
            thread.join(20)


def with_leave_rules(kennisbank: MemoryKennisbank) -> MemoryKennisbank:
    """The same, holding one document."""
    kennisbank.operations(OWNER).ingest([Upload("personeel/verlof.txt", LEAVE_RULES.encode())])
    return kennisbank
