"""The report of execution: signed, readable, naming nobody."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.ledger.backups import BackupRow
from kb.ledger.requests import StepDone
from kb.privacy.case import Approval, Case
from kb.privacy.report import NOT_SEEN, Executed, ReportKey, canonical, report_of, verify_report
from kb.privacy.report_page import report_page
from kb.privacy.report_words import NOT_SEEN as SENTENCES
from kb.privacy.types import Decision, Field, Judgement, Place, Plan, RequestKind, RequestState, Residue, Scan

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NAME = "Xandrine Quist"


def executed() -> Executed:
    case = Case(
        "ab" * 16,
        "2026-0007",
        RequestKind.ERASURE,
        RequestState.EXECUTING,
        date(2026, 11, 1),
        date(2026, 12, 1),
        "Xandrine Quist",
        NOW,
        ground="17(1)(a)",
        approvals=(Approval("Xandrine Quist", NOW),),
    )
    place = Place(Field("version_texts", ("v1",), "text"), 3, 9)
    kept = (
        (place, Judgement(Decision.KEEP, NAME, NOW, "17(3)(b)", date(2033, 1, 1))),
        (place, Judgement(Decision.OTHER_PERSON, NAME, NOW)),
    )
    residue = (Residue(f"originals/{NAME}", (NAME,), 0, "row", 0, expected=True),)
    return Executed(
        case=case,
        commitment="hmac-sha256:00",
        plan=Plan(documents=("d1", "d2"), redactions=(place,), kept=kept, spaces=("s",), outside=(f"map/{NAME}.txt",)),
        steps=[StepDone("originals", NOW, {"destroyed": 2, "rewritten": 1}), StepDone("check", NOW, {"plan": "sha256:ff"})],
        scan=Scan(9, 1000, 3, 40, 1.234, residue, (f"originals/{'c' * 32}: {NAME}.zip",)),
        scanned=["data directory"],
        backups=[BackupRow("b1", "2026-11-19", f"/mnt/{NAME}", NOW, date(2026, 12, 19), 5, "00", None, None)],
        unsearched_kept=1,
        at=NOW,
    )


@pytest.fixture
def key(tmp_path: Path) -> ReportKey:
    return ReportKey(tmp_path / "report.key")


def test_a_report_holds_what_was_done_and_names_nobody(key: ReportKey) -> None:
    report = key.sign(report_of(executed()))
    assert report["done"]["documents_erased"] == 2
    assert report["kept"] == [
        {"decision": "keep", "ground": "17(3)(b)", "until": "2033-01-01", "places": 1},
        {"decision": "other-person", "ground": None, "until": None, "places": 1},
    ]
    assert report["scan"]["found_expected"] == 1
    assert report["scan"]["unread_originals"] == [f"originals/{'c' * 32}"]
    assert report["backups"] == [{"name": "2026-11-19", "made_at": NOW.isoformat(), "expires_on": "2026-12-19"}]
    assert "Quist" not in json.dumps(report)
    assert "Quist" not in report_page(report, "nl") + report_page(report, "en")


def test_a_signature_holds_through_json_and_breaks_with_any_change(key: ReportKey) -> None:
    report = json.loads(json.dumps(key.sign(report_of(executed()))))
    assert verify_report(report)
    assert verify_report(report, key.public)
    for path in (("done", "documents_erased"), ("scan", "found_unexpected"), ("request", "number")):
        changed = json.loads(json.dumps(report))
        changed[path[0]][path[1]] = 99
        assert not verify_report(changed)


def test_a_report_that_somebody_else_signed_is_not_ours(key: ReportKey, tmp_path: Path) -> None:
    forged = ReportKey(tmp_path / "other.key").sign(report_of(executed()))
    assert verify_report(forged)
    assert not verify_report(forged, key.public)


@given(st.dictionaries(st.text(), st.none() | st.integers() | st.text() | st.lists(st.text())))
def test_nothing_that_is_no_signed_report_is_valid(anything: dict[str, Any]) -> None:
    assert not verify_report(anything)
    assert not verify_report({**anything, "signature": {"algorithm": "Ed25519", "public_key": "", "value": "x"}})


def test_the_canonical_form_does_not_depend_on_the_order_of_fields() -> None:
    assert canonical({"b": 1, "a": "é"}) == canonical({"a": "é", "b": 1}) == '{"a":"é","b":1}'.encode()


def test_the_key_is_private_and_stays(key: ReportKey, tmp_path: Path) -> None:
    first = key.public
    assert ReportKey(tmp_path / "report.key").public == first
    assert (tmp_path / "report.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_reads_in_both_languages_and_loads_nothing(language: str, key: ReportKey) -> None:
    page = report_page(key.sign(report_of(executed())), language)
    assert f'lang="{language}"' in page
    assert "src=" not in page
    assert "http" not in page
    for code in NOT_SEEN:
        assert SENTENCES[code][0 if language == "nl" else 1].split("’")[0] in page.replace("&#x27;", "'")


def test_the_page_escapes_whatever_a_report_holds(key: ReportKey) -> None:
    report = key.sign({**report_of(executed()), "backups": [{"name": "<script>", "made_at": "", "expires_on": ""}]})
    assert "<script>" not in report_page(report, "nl")
