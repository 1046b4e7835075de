"""The engine's side of jedi's process, against a process that does what it is told."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from racelens.engine.jedi_process import JediProcess, Limits
from racelens.engine.jedi_wire import Batch, Start, encode
from racelens.findings.finding import Problem
from racelens.program.resolve import UNKNOWN, Query

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from racelens.program.resolve import Answer

SCRIPTED = (sys.executable, str(Path(__file__).parent / "scripted_jedi.py"))
PATIENT = Limits(query_seconds=60, pause_seconds=0)
needs_posix = pytest.mark.skipif(os.name != "posix", reason="asks for a process by signal 0")


@contextlib.contextmanager
def scripted(limits: Limits = PATIENT, *, python: str | None = None) -> Iterator[JediProcess]:
    process = JediProcess("project", python=python, limits=limits, command=SCRIPTED)
    try:
        yield process
    finally:
        process.stop()


def ask(
    process: JediProcess, text: str, other: Mapping[str, str] | None = None
) -> tuple[Answer, ...]:
    """Ask about every line of `text`."""
    queries = [Query("a.py", line, 0) for line in range(len(text.splitlines()))]
    answers = process.resolve(queries, {"a.py": text, **(other or {})})
    return tuple(answers[query] for query in queries)


def is_gone(process_id: str | None) -> bool:
    """Say whether there is no such process, not even as a zombie."""
    assert process_id is not None
    try:
        os.kill(int(process_id), 0)
    except ProcessLookupError:
        return True
    return False


@contextlib.contextmanager
def listener() -> Iterator[tuple[socket.socket, int]]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server, server.getsockname()[1]


def test_files_are_told_until_the_process_fails() -> None:
    with scripted() as process:
        assert process.files_read() == ()
        ask(process, "answer\n")
        assert process.files_read() == (str(Path("project").absolute()),)
        ask(process, "die\n")
        assert process.files_read() is None


def test_equal_questions_are_asked_once_and_answered_in_order_of_place() -> None:
    with scripted() as process:
        queries = [Query("b.py", 1, 0), Query("b.py", 0, 4), Query("a.py", 0, 0)]
        answers = process.resolve(
            [*queries, *queries], dict.fromkeys(("a.py", "b.py"), "answer\n" * 2)
        )
        assert list(answers) == sorted(queries)
        assert {answer.kind for answer in answers.values()} == {"function"}
        assert process.take_problems() == ()


def test_answers_are_kept_until_a_text_or_the_generation_changes() -> None:
    with scripted(Limits(queries=3, query_seconds=60)) as process:
        first = ask(process, "answer")
        assert ask(process, "answer") == first  # no further query
        assert ask(process, "answer", {"b.py": ""}) == first
        assert ask(process, "answer", {"b.py": "changed"}) == first
        assert ask(process, "answer", {"b.py": "again"}) == (UNKNOWN,)  # the budget is used up
        process.begin_generation()
        assert ask(process, "answer", {"b.py": "again"}) == first


def test_a_used_up_budget_leaves_the_last_queries_unknown_and_says_so() -> None:
    with scripted(Limits(queries=2, query_seconds=60)) as process:
        answers = ask(process, "answer\nanswer\nanswer\n")
        assert [answer is UNKNOWN for answer in answers] == [False, False, True]
        (problem,) = process.take_problems()
        assert problem == Problem(
            ".", None, "the budget of 2 queries to jedi is used up: names are left unresolved"
        )
        assert process.take_problems() == ()


def test_the_process_is_given_the_open_documents_as_they_are_now() -> None:
    with scripted() as process:
        assert ask(process, "buffers", {"b.py": "one"})[0].full_name == "buffers|one"
        assert ask(process, "buffers", {"b.py": "two"})[0].full_name == "buffers|two"
        assert ask(process, "buffers")[0].full_name == "buffers"


def left(message: str) -> Problem:
    """Return the problem that says so of the whole project: no file is unread for it."""
    return Problem(".", None, message)


def test_a_failed_answer_is_unknown_and_its_place_reported() -> None:
    with scripted() as process:
        failed, answered = ask(process, "fail\nanswer")
        assert failed == UNKNOWN
        assert answered.kind == "function"
        assert process.take_problems() == (
            left("a name in a.py:1 is left unresolved: jedi failed: RecursionError: too deep"),
        )


def test_the_same_failure_is_reported_once() -> None:
    with scripted() as process:
        ask(process, "fail\nanswer\nfail")
        assert process.take_problems() == (
            left(
                "2 names, the first in a.py:1, are left unresolved: jedi failed: RecursionError:"
                " too deep"
            ),
        )
        assert process.take_problems() == ()


def test_a_dying_process_costs_one_answer_and_is_started_again() -> None:
    with scripted() as process:
        before, died, after = ask(process, "answer\ndie\nanswer")
        assert died == UNKNOWN
        assert before.full_name != after.full_name
        assert process.take_problems() == (
            left(
                "a name in a.py:2 is left unresolved: jedi's process ended with status 3: out of"
                " luck"
            ),
        )
        assert ask(process, "answer\ndie\nanswer") == (before, died, after)  # not tried again


def test_a_process_that_keeps_dying_stays_off() -> None:
    with scripted(Limits(restarts=1, query_seconds=60, pause_seconds=0)) as process:
        answers = ask(process, "die\ndie\nanswer")
        assert answers == (UNKNOWN,) * 3
        assert process.take_problems()[-1] == Problem(
            ".", None, "jedi's process failed 2 times and is not started again"
        )
        assert ask(process, "answer") == (UNKNOWN,)
        assert process.take_problems() == ()


def test_a_process_that_cannot_start_blames_no_question() -> None:
    for command, reason in (
        ((*SCRIPTED, "unstartable"), "ended with status 1: no such module"),
        (("/nowhere/python",), "cannot be started: "),
    ):
        limits = Limits(restarts=0, pause_seconds=0)
        process = JediProcess("project", limits=limits, command=command)
        assert ask(process, "answer") == (UNKNOWN,)
        first, last = process.take_problems()
        assert first.path == "."
        assert first.message.startswith(f"jedi's process {reason}")
        assert last.message == "jedi's process failed 1 times and is not started again"
        process.stop()


def test_a_process_over_its_memory_is_replaced_before_the_next_file() -> None:
    with scripted(Limits(memory_bytes=999, query_seconds=60, restarts=0)) as process:
        one, two = ask(process, "answer\nanswer")
        (other,) = ask(process, "answer\n")
        assert one.full_name == two.full_name != other.full_name
        assert process.take_problems() == ()


@needs_posix
def test_a_hanging_process_is_killed_at_its_time_limit() -> None:
    with listener() as (server, port):
        # Long enough for a busy machine to give the first answer in time.
        with scripted(Limits(query_seconds=2, pause_seconds=0)) as process:
            before, hung, after = ask(process, f"answer\nhang {port}\nanswer")
            assert hung == UNKNOWN
            assert after.kind == "function"
            assert is_gone(before.full_name)
            assert process.take_problems() == (
                left(
                    "a name in a.py:2 is left unresolved: jedi's process gave no answer within 2 s"
                ),
            )
        server.accept()[0].close()


@needs_posix
def test_stop_ends_an_idle_process_and_all_later_answers_are_unknown() -> None:
    with scripted() as process:
        (answer,) = ask(process, "answer")
        process.stop()
        assert is_gone(answer.full_name)
        assert ask(process, "answer\n") == (UNKNOWN,)
        process.stop()


def test_stop_ends_a_process_in_the_middle_of_an_answer() -> None:
    with listener() as (server, port), scripted() as process:
        answers: list[tuple[Answer, ...]] = []
        thread = threading.Thread(
            target=lambda: answers.append(ask(process, f"hang {port}\nanswer"))
        )
        thread.start()
        with server.accept()[0]:  # it hangs now
            process.stop()
        thread.join()
        assert answers == [(UNKNOWN, UNKNOWN)]
        assert process.take_problems() == ()


def test_an_unreadable_file_is_not_asked_about(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_bytes(b"x = '\xff'\n")
    process = JediProcess(str(tmp_path), command=("/nowhere/python",))
    queries = [Query("bad.py", 0, 0), Query("gone.py", 0, 0)]
    assert process.resolve(queries, {}) == dict.fromkeys(queries, UNKNOWN)
    assert process.take_problems() == (
        Problem("bad.py", None, "jedi was not asked: is not utf-8 text: byte 0xff on line 1"),
        Problem("gone.py", None, "jedi was not asked: No such file or directory"),
    )


def test_a_closed_file_is_read_from_disk(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"answer")
    process = JediProcess(str(tmp_path), limits=PATIENT, command=SCRIPTED)
    try:
        query = Query("a.py", 0, 0)
        assert process.resolve([query], {})[query].kind == "function"
    finally:
        process.stop()


def test_notes_of_the_process_become_problems(tmp_path: Path) -> None:
    python = str(tmp_path / "python")
    with scripted(python=python) as process:
        ask(process, "answer")
        assert process.take_problems() == (Problem(".", None, f"python is {python}"),)


@pytest.mark.parametrize("is_busy", [False, True])
def test_the_process_ends_when_its_parent_is_gone(*, is_busy: bool) -> None:
    with (
        listener() as (server, port),
        subprocess.Popen(SCRIPTED, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process,
    ):
        assert process.stdin
        process.stdin.write(encode(Start("project", None, (), ())))
        if is_busy:
            process.stdin.write(encode(Batch("a.py", f"hang {port}", ((0, 0),), {})))
        process.stdin.flush()
        hanging = server.accept()[0] if is_busy else None
        process.stdin.close()
        assert process.wait() == int(is_busy)
        if hanging:
            hanging.close()
