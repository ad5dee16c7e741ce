"""Dossiers: sealed, kept for their term, then gone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kb.age_files import SealingKey, open_with_passphrase, seal_with_passphrase
from kb.errors import SealBroken
from kb.privacy.dossier import Dossiers


def test_a_dossier_is_sealed_and_goes_on_the_day_after_its_last(tmp_path: Path) -> None:
    key = SealingKey(tmp_path / "backup.key")
    dossiers = Dossiers(tmp_path / "dossiers", key)
    assert dossiers.expired(date(2040, 1, 1)) == []

    name = dossiers.write("2026-0001", date(2031, 11, 20), b"Xandrine Quist", None)

    file = tmp_path / "dossiers" / name
    assert key.open(file.read_bytes()) == b"Xandrine Quist"
    assert file.stat().st_mode & 0o077 == 0
    assert dossiers.destroy_expired(date(2031, 11, 20)) == 0
    assert dossiers.destroy_expired(date(2031, 11, 21)) == 1
    assert list((tmp_path / "dossiers").iterdir()) == []


def test_what_is_no_dossier_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")

    assert Dossiers(tmp_path, SealingKey(tmp_path / "k")).destroy_expired(date(2999, 1, 1)) == 0


def test_a_dossier_for_a_recipient_opens_with_no_other_key(tmp_path: Path) -> None:
    ours, theirs = SealingKey(tmp_path / "ours"), SealingKey(tmp_path / "theirs")
    dossiers = Dossiers(tmp_path / "dossiers", ours)

    name = dossiers.write("2026-0001", date(2031, 11, 20), b"secret", theirs.recipient)

    sealed = (tmp_path / "dossiers" / name).read_bytes()
    assert theirs.open(sealed) == b"secret"
    with pytest.raises(SealBroken):
        ours.open(sealed)
    with pytest.raises(SealBroken):
        dossiers.write("2026-0002", date(2031, 11, 20), b"secret", "age1nonsense")


def test_a_passphrase_opens_what_it_sealed(tmp_path: Path) -> None:
    sealed = seal_with_passphrase(b"secret", "een lange wachtzin")

    assert open_with_passphrase(sealed, "een lange wachtzin") == b"secret"
    with pytest.raises(SealBroken):
        open_with_passphrase(sealed, "een andere wachtzin")
