"""The composition root's room for the privacy office: its parts are made and wired here."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from kb.age_files import SealingKey
from kb.authorise import Role
from kb.originals import Originals
from kb.ports import OriginalRedactor
from kb.privacy.desk import Desk
from kb.privacy.dossier import Dossiers
from kb.privacy.execute import Executor, free_bytes
from kb.privacy.execution_steps import Tools
from kb.privacy.export import Exporter
from kb.privacy.find import Finder
from kb.privacy.gate import HeldBack
from kb.privacy.journal import Journal
from kb.privacy.office import PrivacyOffice
from kb.privacy.office_cases import CaseOffice
from kb.privacy.office_copies import Copies, CopyOffice
from kb.privacy.office_execution import ExecutionOffice
from kb.privacy.office_search import Approvers, SearchOffice
from kb.privacy.office_upkeep import UpkeepOffice
from kb.privacy.originals import OriginalsErasure
from kb.privacy.proof import Proof
from kb.privacy.report import ReportKey
from kb.privacy.residue import ResidueScan
from kb.privacy.vault import CaseVault

if TYPE_CHECKING:
    from api.bootstrap import Kennisbank


class PrivacyParts:
    """The parts of the privacy office of one Kennisbank, each made at its first use."""

    def __init__(self, kennisbank: Kennisbank) -> None:
        self._of = kennisbank
        self._directory = kennisbank.directory
        self._sealing_key = SealingKey(self._directory.sealing_key)
        self._report_key = ReportKey(self._directory.report_key)
        self._originals = Originals(self._directory.originals)
        self.vault = CaseVault(self._directory.cases, self._directory.case_keys)
        self.journal = Journal(self._directory.journal, self._sealing_key)
        self.dossiers = Dossiers(self._directory.dossiers, self._sealing_key)
        self.approvers = Approvers(kennisbank.settings.privacy.second_approver, self._people_who_approve)

    def _people_who_approve(self) -> int:
        """The officers with an account, and the owner. Without accounts he is alone, and cannot be two people."""
        with self._of.ledger.reading() as tx:
            return 1 + sum(1 for person in tx.people.all() if person.active and Role.DPO in person.roles)

    @cached_property
    def office(self) -> PrivacyOffice:
        """The office itself. What a crash left of a case that never came to be is destroyed first."""
        settings = self._of.settings
        desk = Desk(self._of.ledger, self.vault, self._of.clock, self._directory.audit_key())
        desk.sweep()
        return PrivacyOffice(
            cases=CaseOffice(desk, self.dossiers, settings),
            search=SearchOffice(desk, Finder(self._of.ledger), self._originals, self.approvers),
            execution=ExecutionOffice(desk, lambda: self.executor, lambda: Proof(self.tools), lambda: self._report_key.public),
            copies=CopyOffice(desk, lambda: self.copies),
            upkeep=UpkeepOffice(desk, settings, self.journal, self.dossiers, lambda: self._of.keeping.retention, lambda: self.held_back),
        )

    @cached_property
    def copies(self) -> Copies:
        """What makes copies for people."""
        return Exporter(self._of.ledger, self._originals, self._of.settings, self._of.clock)

    @cached_property
    def executor(self) -> Executor:
        """What carries approved plans out."""
        return Executor(self.tools, self._of.keeping.turn)

    @cached_property
    def held_back(self) -> HeldBack:
        """What an officer does with a file that was held back."""
        return HeldBack(
            self._of.ledger,
            self._of.suppression,
            self._originals,
            lambda: self._of.parser,
            lambda: self.redactor,
            lambda: self._of.pipeline.resume(),
        )

    @cached_property
    def redactor(self) -> OriginalRedactor:
        """What rewrites originals in their format."""
        from ingest.redact.sandboxed import SandboxedRedactor

        limits = self._of.settings.sandbox
        return SandboxedRedactor(limits.memory_bytes, limits.wall_seconds)

    @cached_property
    def tools(self) -> Tools:
        """Everything that an execution works with."""
        settings = self._of.settings
        return Tools(
            ledger=self._of.ledger,
            directory=self._directory,
            clock=self._of.clock,
            vault=self.vault,
            originals=OriginalsErasure(self._of.ledger, self._originals, self._of.parser, self.redactor),
            indexes=lambda: self._of.indexes,
            suppression=self._of.suppression,
            suppression_years=settings.privacy.suppression_years,
            journal=self.journal,
            destinations=self._of.keeping.destinations,
            scanner=ResidueScan(ledger_on_disk=settings.ledger_url is None),
            report_key=self._report_key,
            free_bytes=free_bytes,
        )
