"""The office: the copy that a person asks for (articles 15 and 20)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from kb.errors import IncompleteReview
from kb.privacy import case as cases
from kb.privacy import review
from kb.privacy.case import Case, Step
from kb.privacy.desk import Desk
from kb.privacy.stored import CaseFiles
from kb.privacy.types import RequestState


class Copies(Protocol):
    """Makes the copy (``kb.privacy.export``)."""

    def make(self, case: Case, files: CaseFiles, *, release_others: bool) -> bytes:
        """A zip with everything of the person. Other people are masked unless ``release_others``."""
        ...


class CopyOffice:
    """Makes copies for people."""

    def __init__(self, desk: Desk, copies: Callable[[], Copies]) -> None:
        self._desk = desk
        self._copies = copies

    def export(self, request: str, *, release_others: bool, by: str) -> bytes:
        """See PrivacyOperations.export."""
        case = self._desk.case(request)
        files = self._desk.files(case)
        if case.state is RequestState.SEARCHED:
            raise IncompleteReview(count=len(review.waiting(files.hits, files.judgements)))
        cases.check(case, Step.EXPORT)
        copy = self._copies().make(case, files, release_others=release_others)
        details = {"bytes": len(copy), "others_released": release_others}
        self._desk.change(request, by, "export", cases.exported, details)
        return copy
