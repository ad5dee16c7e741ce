"""Where the person is while a case is open."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import CaseUnreadable, PersonGone, RequestNotFound
from kb.privacy.stored import CaseFiles, pack, unpack
from kb.privacy.types import Decision, Field, Hit, How, Identifier, IdentifierKind, Judgement, Place, Plan, Subject
from kb.privacy.vault import CaseVault

ONE, OTHER = "a" * 32, "b" * 32


@pytest.fixture
def vault(tmp_path: Path) -> CaseVault:
    made = CaseVault(tmp_path / "cases", tmp_path / "secrets" / "cases")
    made.create(ONE)
    return made


def test_what_is_written_is_read_and_lies_there_unreadable(vault: CaseVault, tmp_path: Path) -> None:
    vault.write(ONE, "subject", b"Xandrine Quist")

    assert vault.read(ONE, "subject") == b"Xandrine Quist"
    assert vault.names(ONE) == ("subject",)
    assert vault.read(ONE, "hits") is None
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert all(b"Xandrine" not in file.read_bytes() for file in files)
    assert {oct(file.stat().st_mode & 0o777) for file in files} == {"0o600"}


def test_the_same_words_never_lie_there_alike(vault: CaseVault, tmp_path: Path) -> None:
    file = tmp_path / "cases" / ONE / "subject.sealed"
    vault.write(ONE, "subject", b"the same")
    first = file.read_bytes()
    vault.write(ONE, "subject", b"the same")

    assert file.read_bytes() != first


@pytest.mark.parametrize("at", [0, 9, 20, -1])
def test_a_changed_file_is_noticed(vault: CaseVault, tmp_path: Path, at: int) -> None:
    vault.write(ONE, "subject", b"Xandrine Quist")
    file = tmp_path / "cases" / ONE / "subject.sealed"
    raw = bytearray(file.read_bytes())
    raw[at] ^= 1
    file.write_bytes(raw)

    with pytest.raises(CaseUnreadable):
        vault.read(ONE, "subject")


def test_a_file_cannot_stand_in_for_another_name_or_case(vault: CaseVault, tmp_path: Path) -> None:
    vault.create(OTHER)
    vault.write(ONE, "hits", b"[]")
    sealed = (tmp_path / "cases" / ONE / "hits.sealed").read_bytes()
    (tmp_path / "secrets" / "cases" / f"{OTHER}.key").write_bytes((tmp_path / "secrets" / "cases" / f"{ONE}.key").read_bytes())
    for case, name in ((ONE, "judgements"), (OTHER, "hits")):
        (tmp_path / "cases" / case / f"{name}.sealed").write_bytes(sealed)
        with pytest.raises(CaseUnreadable):
            vault.read(case, name)


def test_destroying_takes_the_key_and_the_folder_and_may_be_done_twice(vault: CaseVault, tmp_path: Path) -> None:
    vault.write(ONE, "subject", b"Xandrine Quist")

    vault.destroy(ONE)
    vault.destroy(ONE)

    assert not vault.exists(ONE)
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []
    with pytest.raises(PersonGone):
        vault.read(ONE, "subject")


def test_a_folder_whose_key_is_lost_says_so(vault: CaseVault, tmp_path: Path) -> None:
    vault.write(ONE, "subject", b"Xandrine Quist")
    (tmp_path / "secrets" / "cases" / f"{ONE}.key").unlink()

    with pytest.raises(CaseUnreadable):
        vault.read(ONE, "subject")


@pytest.mark.parametrize("request_id", ["", "..", "../../x", "A" * 32, "a" * 31, "a" * 32 + "/x"])
def test_a_name_that_is_no_id_reaches_no_file(vault: CaseVault, request_id: str) -> None:
    with pytest.raises(RequestNotFound):
        vault.create(request_id)


texts = st.text(max_size=30)
places = st.builds(Place, st.builds(Field, texts, st.tuples(texts), texts), st.integers(0, 99), st.integers(100, 199))
hits = st.builds(Hit, texts, places, st.sampled_from(How), st.sampled_from(IdentifierKind), texts, texts, texts, where=texts)
judgements = st.builds(
    Judgement,
    st.sampled_from(Decision),
    texts,
    st.just(datetime(2026, 11, 20, 9, tzinfo=UTC)),
    st.none() | st.just("17(3)(b)"),
    st.none() | st.dates(),
)


@given(st.lists(hits, max_size=3).map(tuple), st.dictionaries(texts, judgements, max_size=3))
def test_the_words_of_a_case_come_back_as_they_were(found: tuple[Hit, ...], decided: dict[str, Judgement]) -> None:
    assert unpack(tuple[Hit, ...], pack(tuple[Hit, ...], found)) == found
    assert unpack(dict[str, Judgement], pack(dict[str, Judgement], decided)) == decided


def test_the_shelves_of_a_case_hold_what_was_put_there(vault: CaseVault) -> None:
    files = CaseFiles(vault, ONE)
    with pytest.raises(PersonGone):
        _ = files.subject
    subject = Subject((Identifier(IdentifierKind.NAME, "Xandrine Quist"),))
    plan = Plan(
        ("d1",), kept=((Place(Field("t", ("1",), "c"), 0, 3), Judgement(Decision.KEEP, "owner", datetime.now(UTC), "x", date.max)),)
    )
    vectors = np.arange(6, dtype=np.float32).reshape(2, 3)

    files.write_subject(subject)
    files.write_plan(plan)
    files.write_vectors(vectors)
    files.note("refuse", "Omdat.")
    files.note("extend", "Veel.")

    assert (files.subject, files.plan, files.notes) == (subject, plan, {"refuse": "Omdat.", "extend": "Veel."})
    assert (files.hits, files.judgements, files.unsearched) == ((), {}, ())
    assert np.array_equal(files.vectors(3), vectors)
