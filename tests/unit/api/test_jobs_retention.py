"""The server keeps terms by itself, once a day."""

from __future__ import annotations

from pathlib import Path

from api.bootstrap import init_directory, open_kennisbank
from api.jobs import Jobs
from kb.ledger.retaining import RUN
from kb.settings import load_settings


def test_terms_are_kept_every_day(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "var", embedding={"backend": "hashing"}, generation={"backend": "extractive"})
    init_directory(settings, "algemeen")
    with open_kennisbank(settings, role="command") as kennisbank:
        jobs = Jobs(kennisbank)
        daily = [job for job in jobs._scheduler.get_jobs() if job.func == jobs.keep_terms]
        assert [job.trigger.interval.days for job in daily] == [1]
        jobs.keep_terms()
        with kennisbank.ledger.reading() as tx:
            assert RUN in tx.audit.actions()
