"""What keeps a folder and a space in step, decided without touching either."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.folder import STILL_THERE, Reason, Refused
from ingest.sync import FileOnDisk, Move, SyncPlan, plan_sync
from kb.types import FileInSpace, VersionStatus


def disk(**files: str) -> list[FileOnDisk]:
    return [FileOnDisk(f"map/{name}", sha256) for name, sha256 in files.items()]


def space(**files: str) -> list[FileInSpace]:
    return [FileInSpace(f"id-{name}", f"map/{name}", sha256, VersionStatus.READY) for name, sha256 in files.items()]


def gone(plan: SyncPlan) -> list[str]:
    return [file.source for file in plan.deleted]


def test_what_is_new_is_added_what_differs_is_changed_what_is_gone_is_deleted() -> None:
    plan = plan_sync("map", disk(a="1", b="2x", d="4"), space(a="1", b="2", c="3"))

    assert (plan.added, plan.changed, plan.moved, gone(plan), plan.unchanged) == (("map/d",), ("map/b",), (), ["map/c"], ("map/a",))
    assert not plan.nothing


def test_the_same_bytes_at_another_path_are_a_move() -> None:
    plan = plan_sync("map", [FileOnDisk("map/nieuw/a", "1")], space(a="1"))

    assert plan.moved == (Move("id-a", "map/a", "map/nieuw/a"),)
    assert (plan.added, plan.deleted) == ((), ())


def test_of_several_possible_moves_the_one_that_keeps_its_name_is_chosen() -> None:
    known = [FileInSpace("x", "map/oud/x", "1", VersionStatus.READY), FileInSpace("y", "map/oud/y", "1", VersionStatus.READY)]

    plan = plan_sync("map", [FileOnDisk("map/nieuw/y", "1")], known)

    assert plan.moved == (Move("y", "map/oud/y", "map/nieuw/y"),)
    assert gone(plan) == ["map/oud/x"]


def test_a_copy_of_what_the_space_holds_is_no_second_document() -> None:
    plan = plan_sync("map", disk(a="1", kopie="1", b="2", c="2"), space(a="1"))

    assert (plan.added, plan.duplicates) == (("map/b",), ("map/c", "map/kopie"))


def test_a_copy_of_what_could_not_be_read_is_tried_itself() -> None:
    failed = [FileInSpace("f", "map/a", "1", VersionStatus.FAILED)]

    assert plan_sync("map", disk(a="1", b="1"), failed).added == ("map/b",)


def test_a_copy_outlives_the_document_that_it_was_a_copy_of() -> None:
    assert plan_sync("map", disk(kopie="1"), space(a="1")).moved == (Move("id-a", "map/a", "map/kopie"),)
    assert plan_sync("map", disk(a="9", kopie="1"), space(a="1")).added == ("map/kopie",)


def test_other_folders_and_web_pages_are_never_touched() -> None:
    others = [
        FileInSpace("1", "mapje/a", "1", VersionStatus.READY),
        FileInSpace("2", "a", "2", VersionStatus.READY),
        FileInSpace("3", "https://x.example/a", "3", VersionStatus.READY),
    ]

    assert plan_sync("map", [], others).nothing
    assert plan_sync("https:", [], others).nothing


@pytest.mark.parametrize("reason", sorted(STILL_THERE))
def test_what_cannot_be_seen_now_is_not_taken_for_gone(reason: Reason) -> None:
    known = [FileInSpace("a", "map/dicht/diep/a", "1", VersionStatus.READY), FileInSpace("b", "map/dichtbij", "2", VersionStatus.READY)]

    plan = plan_sync("map", [], known, [Refused("dicht", reason)])

    assert gone(plan) == ["map/dichtbij"]


@pytest.mark.parametrize("reason", ["link", "hidden", "special", "temporary"])
def test_a_file_that_became_a_link_or_was_hidden_is_gone(reason: Reason) -> None:
    assert gone(plan_sync("map", disk(b="2"), space(a="1", b="2"), [Refused("a", reason)])) == ["map/a"]


@pytest.mark.parametrize(
    ("before", "left", "held"), [(100, 90, None), (100, 89, "many"), (30, 20, None), (30, 19, "many"), (1_000, 900, None)]
)
def test_more_than_ten_and_more_than_a_tenth_at_once_wait_for_a_person(before: int, left: int, held: str | None) -> None:
    known = space(**{f"f{number}": str(number) for number in range(before)})
    files = disk(**{f"f{number}": str(number) for number in range(left)})

    assert plan_sync("map", files, known).why_held() == held


@pytest.mark.parametrize("before", [1, 5, 500])
def test_an_empty_folder_removes_nothing_by_itself(before: int) -> None:
    assert plan_sync("map", [], space(**{f"f{number}": str(number) for number in range(before)})).why_held() == "empty"
    assert plan_sync("map", [], []).why_held() is None


def test_what_moved_is_not_counted_as_deleted() -> None:
    known = space(**{f"f{number}": str(number) for number in range(50)})
    files = [FileOnDisk(f"map/elders/f{number}", str(number)) for number in range(50)]

    plan = plan_sync("map", files, known)

    assert (len(plan.moved), plan.why_held()) == (50, None)


NAMES = st.sampled_from(["a", "b", "c", "sub/a", "sub/b", "sub/c/d"])
TREE = st.dictionaries(NAMES, st.sampled_from("1234"), max_size=6)


@settings(deadline=None, max_examples=300)
@given(TREE, TREE)
def test_following_plans_brings_any_space_to_any_folder_within_three_looks(before: dict[str, str], after: dict[str, str]) -> None:
    held = {f"id-{number}": (f"map/{name}", sha256) for number, (name, sha256) in enumerate(before.items())}
    files = [FileOnDisk(f"map/{name}", sha256) for name, sha256 in after.items()]

    for look in range(4):
        known = [FileInSpace(one, source, sha256, VersionStatus.READY) for one, (source, sha256) in held.items()]
        plan = plan_sync("map", files, known)
        if plan.nothing:
            break
        assert look < 3
        on_disk = {file.source: file.sha256 for file in files}
        snapshot = {sha256 for _, sha256 in held.values()}
        for move in plan.moved:
            assert move.new not in {source for source, _ in held.values()}
            held[move.document_id] = (move.new, on_disk[move.new])
        for source in plan.changed:
            document = next(one for one, (known_as, _) in held.items() if known_as == source)
            held[document] = (source, on_disk[source])
        for source in plan.added:  # as the pipeline does: bytes that were there when it began are no new document
            if on_disk[source] not in snapshot:
                held[f"new-{look}-{source}"] = (source, on_disk[source])
        for file in plan.deleted:
            del held[file.document_id]

    assert dict(held.values()).items() <= {file.source: file.sha256 for file in files}.items()
    assert {sha256 for _, sha256 in held.values()} == set(after.values())
