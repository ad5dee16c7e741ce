"""What a file can do to the process that reads it, and what is left of that outside."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingest.sandbox import SandboxedParser
from kb.errors import ShuttingDown
from kb.settings import SandboxSettings
from kb.types import ParsedFile, ParseFailure
from tests.doubles.naughty_parser import says

NAUGHTY = "tests.doubles.naughty_parser:NaughtyParser"
ROOT = Path(__file__).parents[3]
PATIENCE_SECONDS = 30.0

Open = Callable[..., SandboxedParser]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Makes sandboxes of the naughty parser, and closes them."""
    made: list[SandboxedParser] = []

    def open_one(**settings: object) -> SandboxedParser:
        values: dict[str, object] = {"workers": 2, "memory_bytes": 200_000_000, "wall_seconds": PATIENCE_SECONDS, **settings}
        made.append(SandboxedParser(SandboxSettings.model_validate(values), tmp_path, parser=NAUGHTY, preload=None))
        return made[-1]

    yield open_one
    for one in made:
        one.close()
    assert list(tmp_path.glob("read-*")) == []


def text(parsed: ParsedFile | ParseFailure) -> str:
    assert isinstance(parsed, ParsedFile), parsed
    return parsed.elements[0].text


def gone(pid: int) -> bool:
    """Whether the process ends within our patience."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], PATIENCE_SECONDS)[0])
    finally:
        os.close(handle)


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def announced(pipe: Path) -> tuple[int, int]:
    child, server = pipe.read_text().split()
    return int(child), int(server)


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def test_what_the_parser_says_arrives_unchanged(opened: Open) -> None:
    sandbox = opened()
    assert sandbox.parse("say héél «gewoon» 🚲".encode(), "a.txt") == says("héél «gewoon» 🚲")
    assert sandbox.parse(b"fail wrong_type", "a.txt") == ParseFailure("wrong_type", (("type", "abc"),))


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (b"die SIGSEGV", "parser_crashed"),
        (b"die SIGABRT", "parser_crashed"),
        (b"end 0", "parser_crashed"),
        (b"end 3", "parser_crashed"),
        (b"err a message with the text of the file", "parser_crashed"),
        (b"say \xed\xa0\x80", "parser_crashed"),
        (b"die SIGKILL", "parser_out_of_memory"),
        (b"swell", "parser_out_of_memory"),
        (b"flood 3000000", "output_too_large"),
    ],
)
def test_a_file_that_takes_its_reader_down_costs_itself(opened: Open, file: bytes, code: str) -> None:
    sandbox = opened(output_bytes=2_000_000)
    failed = sandbox.parse(file, "a.txt")
    assert isinstance(failed, ParseFailure)
    assert failed.code == code
    assert text(sandbox.parse(b"say hallo", "b.txt")) == "hallo"


@pytest.mark.parametrize("said", ["", "R", "R{}", "F{}", 'R{"elements":[{"kind":"paragraph","text":5}]}', "\x80\x04K\x01."])
def test_what_is_not_a_parsed_file_is_not_believed(opened: Open, said: str) -> None:
    assert opened().parse(f"lie {said}".encode(), "a.txt") == ParseFailure("parser_crashed")


def test_a_box_that_lies_nowhere_is_not_believed(opened: Open) -> None:
    box = '{"page":1,"left":NaN,"top":1.0,"right":1.0,"bottom":1.0}'
    said = 'lie R{"elements":[{"kind":"paragraph","text":"a","boxes":[%s]}]}'
    sandbox = opened()
    assert sandbox.parse((said % box).encode(), "a.txt") == ParseFailure("parser_crashed")
    assert text(sandbox.parse((said % box.replace("NaN", "1.0")).encode(), "a.txt")) == "a"


def test_a_file_that_hangs_is_stopped_and_says_after_how_long(opened: Open, pipe: Path) -> None:
    sandbox = opened(wall_seconds=2.5)
    with ThreadPoolExecutor(1) as thread:
        reading = thread.submit(sandbox.parse, f"announce {pipe}".encode(), "a.txt")
        child, _ = announced(pipe)
        assert reading.result() == ParseFailure("parser_timed_out", (("seconds", "2.5"),))
    assert gone(child)


def test_a_file_that_computes_without_end_is_stopped(opened: Open) -> None:
    assert opened(cpu_seconds=1).parse(b"spin", "a.txt") == ParseFailure("parser_timed_out", (("seconds", "1"),))


def test_others_are_read_while_slow_files_hold_every_place(opened: Open, tmp_path: Path) -> None:
    sandbox = opened(workers=1)
    os.mkfifo(tmp_path / "slow")
    with ThreadPoolExecutor(1) as thread:
        slow = thread.submit(sandbox.parse, f"announce {tmp_path / 'slow'}".encode(), "a.txt")
        child, _ = announced(tmp_path / "slow")
        started = time.monotonic()
        assert [text(sandbox.parse(b"say hallo", "b.txt")) for _ in range(3)] == ["hallo"] * 3
        assert time.monotonic() - started < PATIENCE_SECONDS / 2, "the others waited for it"
        assert not slow.done()
        os.kill(child, signal.SIGSEGV)
        assert slow.result() == ParseFailure("parser_crashed")


def test_many_threads_each_get_what_is_theirs(opened: Open) -> None:
    sandbox = opened()
    words = [f"woord{number}" for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda word: sandbox.parse(f"say {word}".encode(), "a.txt"), words))
    assert [text(one) for one in found] == words


@pytest.mark.parametrize("how", ["tcp", "udp", "ipv6", "name"])
def test_a_reader_cannot_reach_the_network(opened: Open, how: str) -> None:
    assert text(opened().parse(f"reach {how}".encode(), "a.txt")) == "PermissionError"


def test_nor_can_a_program_that_it_starts(opened: Open) -> None:
    assert text(opened().parse(b"reach_from_program", "a.txt")) == "PermissionError"


def test_sockets_within_the_machine_work_for_the_programs_that_need_them(opened: Open) -> None:
    assert text(opened().parse(b"local", "a.txt")) == "hallo"


def test_a_reader_inherits_no_variable_and_no_file_of_the_service(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_GENERATION__OPENAI_API_KEY", "geheim")
    sandbox = opened()
    names = {entry.partition("=")[0] for entry in text(sandbox.parse(b"environment", "a.txt")).split()}
    assert names <= {"PATH", "LANG", "TMPDIR", "HOME", "PWD", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "PYTHONMALLOC", "GLIBC_TUNABLES"}
    assert int(text(sandbox.parse(b"descriptors", "a.txt"))) <= 6  # three standard ones, the result, and two of looking


def test_a_reader_dumps_no_core_and_opens_few_files(opened: Open) -> None:
    assert text(opened().parse(b"limits", "a.txt")) == "0 256"


def test_temporary_files_lie_in_a_folder_that_goes_with_the_file(opened: Open, tmp_path: Path) -> None:
    sandbox = opened()
    file, folder = text(sandbox.parse(b"litter", "a.txt")).split()
    assert Path(file).parent == Path(folder)
    assert Path(folder).parent == tmp_path
    assert not Path(folder).exists()
    assert sandbox.parse(b"litter_and_die", "a.txt") == ParseFailure("parser_crashed")
    assert list(tmp_path.iterdir()) == []


def test_a_program_that_outlives_its_reader_is_ended(opened: Open) -> None:
    assert gone(int(text(opened().parse(b"spawn", "a.txt"))))


def test_the_fork_server_may_die_between_two_files_and_during_one(opened: Open, pipe: Path) -> None:
    sandbox = opened()
    with ThreadPoolExecutor(1) as thread:
        reading = thread.submit(sandbox.parse, f"announce {pipe}".encode(), "a.txt")
        for _ in range(2):  # the file that was being read is tried once more
            child, server = announced(pipe)
            os.kill(server, signal.SIGKILL)
            assert gone(child)
        assert reading.result() == ParseFailure("parser_crashed")
    assert text(sandbox.parse(b"say hallo", "a.txt")) == "hallo"


def test_closing_ends_a_file_that_is_being_read(opened: Open, pipe: Path) -> None:
    sandbox = opened()
    with ThreadPoolExecutor(1) as thread:
        reading = thread.submit(sandbox.parse, f"announce {pipe}".encode(), "a.txt")
        child, server = announced(pipe)
        sandbox.close()
        sandbox.close()
        with pytest.raises(ShuttingDown):  # so nobody takes it for the file's fault
            reading.result()
    with pytest.raises(ShuttingDown):
        sandbox.parse(b"say hallo", "a.txt")
    assert gone(child)
    assert gone(server)


def test_a_sandbox_that_cannot_start_fails_the_file(tmp_path: Path) -> None:
    sandbox = SandboxedParser(SandboxSettings(), tmp_path, parser="no.such:Parser", preload=None)
    assert sandbox.parse(b"say hallo", "a.txt") == ParseFailure("parser_crashed")
    sandbox.close()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_no_process_and_no_file_outlives_the_service(tmp_path: Path, pipe: Path, how: signal.Signals) -> None:
    service = subprocess.Popen(
        [sys.executable, "-m", "tests.unit.ingest.sandbox_holder", str(tmp_path), f"announce {pipe}"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    child, server = announced(pipe)
    os.killpg(service.pid, how)
    service.wait(PATIENCE_SECONDS)
    assert gone(child)
    assert gone(server)
    if how is signal.SIGINT:
        assert service.returncode == 130
        assert list(tmp_path.glob("read-*")) == []


def read_together(sandbox: SandboxedParser, *files: bytes) -> list[ParsedFile | ParseFailure]:
    """The answers by place. Every file is answered once."""
    found = list(sandbox.parse_many([(file, "a.txt") for file in files]))
    assert sorted(place for place, _ in found) == list(range(len(files)))
    return [answer for _, answer in sorted(found, key=lambda one: one[0])]


def test_small_texts_share_a_process_and_keep_their_order(opened: Open) -> None:
    sandbox = opened()
    numbers = [text(one) for one in read_together(sandbox, *[b"number"] * 5)]
    assert len(set(numbers)) == 1
    assert [text(one) for one in read_together(sandbox, b"say een", b"say twee", b"say drie")] == ["een", "twee", "drie"]


def test_what_a_reader_in_another_language_would_take_never_shares(opened: Open) -> None:
    sandbox = opened()
    files = [(b"number", name) for name in ("a.txt", "b.txt", "a.md", "a.docx", "a.html")]
    numbers = {place: text(answer) for place, answer in sandbox.parse_many(files)}
    assert numbers[0] == numbers[1]
    assert len(set(numbers.values())) == 4


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (b"die SIGSEGV", "parser_crashed"),
        (b"die SIGKILL", "parser_out_of_memory"),
        (b"end 0", "parser_crashed"),
        (b"err a message", "parser_crashed"),
        (b"swell", "parser_out_of_memory"),
        (b"flood 3000000", "output_too_large"),
        (b"spin", "parser_timed_out"),
        (b"lie not an answer", "parser_crashed"),
        (b"fail wrong_type", "wrong_type"),
    ],
)
@pytest.mark.parametrize("place", [0, 2, 4])
def test_a_file_that_takes_a_shared_process_down_costs_itself_and_fails_as_it_would_alone(
    opened: Open, file: bytes, code: str, place: int
) -> None:
    sandbox = opened(output_bytes=2_000_000, cpu_seconds=1)
    files = [f"say woord{number}".encode() for number in range(5)]
    files[place] = file
    answers = read_together(sandbox, *files)
    assert [answer.code for answer in answers if isinstance(answer, ParseFailure)] == [code]
    assert answers[place] == sandbox.parse(file, "a.txt")
    assert [text(answer) for answer in answers if isinstance(answer, ParsedFile)] == [f"woord{n}" for n in range(5) if n != place]


def test_several_that_take_it_down_cost_themselves(opened: Open) -> None:
    answers = read_together(opened(), b"die SIGSEGV", b"say een", b"die SIGSEGV", b"die SIGABRT", b"say twee", b"end 3")
    assert [isinstance(answer, ParseFailure) for answer in answers] == [True, False, True, True, False, True]


def test_each_file_has_all_of_its_limits_however_many_share(opened: Open) -> None:
    """Together they write and compute more than one may."""
    sandbox = opened(output_bytes=1_000_000, cpu_seconds=1)
    assert len(text(read_together(sandbox, *[b"flood 600000"] * 4)[3])) == 600_000
    assert [text(one) for one in read_together(sandbox, *[b"compute 0.6"] * 4)] == ["done"] * 4


def test_a_file_that_hangs_keeps_the_others_waiting_for_a_moment_and_is_stopped_by_its_own_limit(opened: Open) -> None:
    sandbox = opened(wall_seconds=3.0)
    started = time.monotonic()
    heard = [(place, time.monotonic() - started) for place, _ in sandbox.parse_many([(b"wait", "a.txt"), (b"say een", "b.txt")])]
    assert [place for place, _ in heard] == [1, 0]
    assert heard[0][1] < heard[1][1] - 2.0
    assert read_together(sandbox, b"wait", b"say een")[0] == ParseFailure("parser_timed_out", (("seconds", "3"),))


def test_a_fork_server_that_dies_under_a_shared_process_costs_no_file(opened: Open, pipe: Path) -> None:
    sandbox = opened()
    with ThreadPoolExecutor(1) as thread:
        reading = thread.submit(read_together, sandbox, f"once {pipe}".encode(), b"say een", b"say twee")
        child, server = announced(pipe)
        pipe.unlink()
        os.kill(server, signal.SIGKILL)
        assert gone(child)
        assert [text(one) for one in reading.result()] == ["again", "een", "twee"]


def test_closing_ends_a_shared_process_too(opened: Open, pipe: Path) -> None:
    sandbox = opened()
    with ThreadPoolExecutor(1) as thread:
        reading = thread.submit(read_together, sandbox, f"announce {pipe}".encode(), b"say een")
        child, _ = announced(pipe)
        sandbox.close()
        with pytest.raises(ShuttingDown):
            reading.result()
    assert gone(child)


def test_every_way_to_fail_has_its_sentences() -> None:
    from ingest.messages import FAILURES

    assert {"parser_crashed", "parser_timed_out", "parser_out_of_memory", "output_too_large", "removed_meanwhile"} <= set(FAILURES)


def test_nothing_of_a_sandbox_is_left_when_its_threads_end(opened: Open) -> None:
    before = threading.active_count()
    sandbox = opened()
    sandbox.parse(b"say hallo", "a.txt")
    descriptors = open_files()
    for file in (b"say hallo", b"die SIGSEGV", b"end 0"):
        sandbox.parse(file, "a.txt")
        read_together(sandbox, b"say een", file, b"say twee")
    assert open_files() == descriptors
    assert threading.active_count() == before
