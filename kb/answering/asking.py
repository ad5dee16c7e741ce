"""What is asked, by whom, of which spaces."""

from __future__ import annotations

from dataclasses import dataclass

from kb.types import Space, Turn


@dataclass(frozen=True, slots=True)
class Asking:
    """A question as it came in. ``spaces`` are those that the actor may see and means."""

    question: str
    spaces: tuple[Space, ...]
    history: tuple[Turn, ...]
    conversation_id: str | None
    actor: str
