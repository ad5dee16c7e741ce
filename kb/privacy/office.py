"""The privacy office: the one face of subject requests for the ways in. Whoever calls has asked whether the actor may."""

from __future__ import annotations

from dataclasses import dataclass

from kb.privacy.office_cases import CaseOffice
from kb.privacy.office_copies import CopyOffice
from kb.privacy.office_execution import ExecutionOffice
from kb.privacy.office_search import SearchOffice
from kb.privacy.office_upkeep import UpkeepOffice


@dataclass(frozen=True, slots=True)
class PrivacyOffice:
    """Its rooms: cases from receipt to end · find, review, plan, approve · execute, verify, report · copies for the person · what
    outlives a case. Every act writes an audit row with ids, codes and counts."""

    cases: CaseOffice
    search: SearchOffice
    execution: ExecutionOffice
    copies: CopyOffice
    upkeep: UpkeepOffice
