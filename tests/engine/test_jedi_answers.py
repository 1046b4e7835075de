"""jedi's own answers, from the real process over small projects."""

from __future__ import annotations

import contextlib
import os
import py_compile
import re
import sys
import venv
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from jedi_samples import CASES, FILES
from racelens.engine.jedi_process import JediProcess, Limits
from racelens.program.resolve import UNKNOWN, Query

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from racelens.program.resolve import Answer

PATIENT = Limits(query_seconds=120, start_seconds=120)
VERDICTS = {"True": True, "False": False, "None": None}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dedent(text).encode())
    return root


@pytest.fixture(scope="module")
def jedi(project: Path) -> Iterator[JediProcess]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("VIRTUAL_ENV", raising=False)
        patch.delenv("CONDA_PREFIX", raising=False)
        process = JediProcess(str(project), roots=[str(project / "src")], limits=PATIENT)
        yield process
        assert process.take_problems() == ()
        process.stop()


def place(path: str, text: str, call: str) -> Query:
    """Return the question about the callee of `call`, which stands once in `text`."""
    lines = re.split(r"\r\n|\n", text)
    ((number, line),) = [(at, line) for at, line in enumerate(lines) if call in line]
    return Query(path, number, line.index(call) + call.rindex("(") - 1)


def ask(
    jedi: JediProcess, path: str, text: str, call: str, texts: Mapping[str, str] | None = None
) -> Answer:
    query = place(path, text, call)
    return jedi.resolve([query], {} if texts is None else texts)[query]


def ask_file(jedi: JediProcess, path: str, call: str) -> Answer:
    return ask(jedi, path, dedent(FILES[path]), call)


def test_what_must_be_awaited(jedi: JediProcess) -> None:
    lines = [line.partition("  # ") for line in dedent(CASES).splitlines()]
    expected = {
        Query("cases.py", number, call.rindex("(") - 1): (number, call, VERDICTS[verdict])
        for number, (call, _, verdict) in enumerate(lines)
        if verdict
    }
    answers = jedi.resolve(list(expected), {})
    told = [
        (number, call, answers[query].returns_coroutine)
        for query, (number, call, _) in expected.items()
    ]
    assert told == list(expected.values())


@pytest.mark.parametrize(
    ("call", "full_name", "kind"),
    [
        ("library.save()", "library.save", "function"),
        ("save_retried()", "library.save_retried", "function"),
        ("save_cached()", "library.save_cached", "function"),
        ("base.of_class()", "library.Base.of_class", "function"),
        ("base.runner()", "library.Base.run", "function"),
        (" call()", "library.Calling", "instance"),
        ("AwaitableThing()", "library.AwaitableThing", "class"),
        ("a_client(1).send()", None, "function"),
        ("asyncio.Event().wait()", "asyncio.locks.Event.wait", "function"),
    ],
)
def test_names_and_kinds(jedi: JediProcess, call: str, full_name: str | None, kind: str) -> None:
    answer = ask_file(jedi, "cases.py", call)
    assert (answer.full_name, answer.kind) == (full_name, kind)


def test_a_receiver_is_inferred_through_an_unannotated_factory(
    jedi: JediProcess, project: Path
) -> None:
    answer = ask_file(jedi, "main.py", "client.send(1)")
    assert answer == ("helpers.Client.send", "function", True, str(project / "helpers.py"))


def test_a_source_root_is_searched_from_anywhere(jedi: JediProcess) -> None:
    answer = ask_file(jedi, "tools/run.py", "Store().put()")
    assert (answer.full_name, answer.returns_coroutine) == ("package.store.Store.put", True)


@pytest.mark.parametrize("module", ["installed", "linked"])
def test_the_environment_in_the_project_is_read_without_running_it(
    jedi: JediProcess, module: str
) -> None:
    answer = ask_file(jedi, "uses_installed.py", f"{module}.call()")
    assert (answer.full_name, answer.returns_coroutine) == (f"{module}.call", True)


def test_the_files_that_answers_came_from_are_told(jedi: JediProcess, project: Path) -> None:
    ask_file(jedi, "cases.py", "library.save()")
    read = jedi.files_read()
    assert read is not None
    files = [Path(path) for path in read]
    assert all(path.exists() for path in files)
    assert any(path.is_relative_to(project) for path in files)
    assert any(path.name == "builtins.pyi" for path in files)
    assert Path(contextlib.__file__).parent in files  # a folder that modules come from


def test_columns_count_code_points(jedi: JediProcess) -> None:
    assert ask_file(jedi, "café.py", "Client().send(1)").returns_coroutine


def test_a_place_without_a_name_is_unknown(jedi: JediProcess) -> None:
    query = Query("cases.py", 10_000, 3)
    assert jedi.resolve([query], {}) == {query: UNKNOWN}


def test_the_buffer_of_the_file_itself_counts(jedi: JediProcess) -> None:
    text = "from helpers import Client\nmine = Client()\nmine.send(1)\n"
    assert ask(jedi, "main.py", text, "mine.send(1)", {"main.py": text}).returns_coroutine


def test_the_buffer_of_an_imported_file_counts_while_it_is_open(jedi: JediProcess) -> None:
    main = dedent(FILES["main.py"])
    sync = dedent(FILES["helpers.py"]).replace("async def", "def")
    renamed = sync.replace("send", "other")
    told = [
        ask(jedi, "main.py", main, "client.send(1)", texts)
        for texts in ({}, {"helpers.py": sync}, {"helpers.py": renamed}, {"main.py": main}, {})
    ]
    assert [answer.returns_coroutine for answer in told] == [True, False, None, True, True]
    assert told[2] == UNKNOWN


def test_an_imported_file_is_read_again_when_it_changes_on_disk(
    jedi: JediProcess, project: Path
) -> None:
    module = project / "changing.py"
    text = "import changing\nchanging.call(1)\n"
    told: list[bool | None] = []
    for second, code in enumerate(("async def call(x): ...\n", "def call(x): ...\n")):
        module.write_bytes(code.encode())
        os.utime(module, (second, second))
        jedi.begin_generation()
        told.append(
            ask(jedi, "user.py", text, "changing.call(1)", {"user.py": text}).returns_coroutine
        )
    assert told == [True, False]


def test_the_cache_on_disk_holds_no_buffers_and_may_be_damaged(
    project: Path, tmp_path: Path
) -> None:
    main, helpers = (dedent(FILES[name]) for name in ("main.py", "helpers.py"))
    told: list[bool | None] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path))
        for texts in ({"helpers.py": helpers.replace("async def", "def")}, {}, {}):
            process = JediProcess(str(project), limits=PATIENT)
            told.append(ask(process, "main.py", main, "client.send(1)", texts).returns_coroutine)
            process.stop()
            assert process.take_problems() == ()
            pickled = list(tmp_path.rglob("*.pkl"))
            assert pickled
            if len(told) == 2:
                for path in pickled:
                    path.write_bytes(path.read_bytes()[:100])
    assert told == [False, True, True]


def test_the_active_environment_is_used(tmp_path: Path) -> None:
    environment = tmp_path / "env"
    venv.create(environment, symlinks=os.name == "posix")
    (libraries,) = environment.glob("[Ll]ib/**/site-packages")
    (libraries / "installed.py").write_text("async def call(x): ...\n")
    text = "import installed\ninstalled.call(1)\n"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VIRTUAL_ENV", str(environment))
        process = JediProcess(str(tmp_path), limits=PATIENT)
        answer = ask(process, "a.py", text, "installed.call(1)", {"a.py": text})
        process.stop()
    assert answer.returns_coroutine
    assert answer.origin == str(libraries / "installed.py")


def test_nothing_is_written_into_the_project(tmp_path: Path) -> None:
    text = "import helpers\nhelpers.save(1)\n"
    (tmp_path / "helpers.py").write_text("async def save(x): ...\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        process = JediProcess(str(tmp_path), limits=PATIENT)
        assert ask(process, "a.py", text, "helpers.save(1)", {"a.py": text}).returns_coroutine
        process.stop()
    assert [path.name for path in tmp_path.iterdir()] == ["helpers.py"]


def test_no_compiled_module_of_the_project_is_run(tmp_path: Path) -> None:
    project, environment, marker = (tmp_path / name for name in ("project", "env", "it_ran"))
    project.mkdir()
    source = project / "compiled.py"
    source.write_text(f"open({str(marker)!r}, 'w').close()\nasync def call(x): ...\n")
    py_compile.compile(str(source), str(project / "compiled.pyc"))
    source.unlink()
    venv.create(environment, symlinks=os.name == "posix")
    (libraries,) = environment.glob("[Ll]ib/**/site-packages")
    (libraries / "editable.pth").write_text(f"{project}\n")
    text = "import compiled\ncompiled.call(1)\n"
    process = JediProcess(str(project), python=str(environment), limits=PATIENT)
    answer = ask(process, "a.py", text, "compiled.call(1)", {"a.py": text})
    process.stop()
    assert process.take_problems() == ()
    assert answer.returns_coroutine is None
    assert not marker.exists()


def test_modules_of_the_project_do_not_stand_in_for_those_of_the_process(tmp_path: Path) -> None:
    marker = tmp_path / "it_ran"
    for name in ("json", "jedi", "parso", "racelens", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text(f"open({str(marker)!r}, 'w').close()\n")
    text = "import asyncio\nasyncio.sleep(1)\n"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        patch.setenv("PYTHONPATH", str(tmp_path))
        process = JediProcess(str(tmp_path), limits=PATIENT)
        assert ask(process, "a.py", text, "asyncio.sleep(1)", {"a.py": text}).returns_coroutine
        process.stop()
    assert not marker.exists()


def test_code_that_is_too_deep_costs_its_own_answer_only(tmp_path: Path) -> None:
    deep = "".join(f"a{number + 1} = a{number}\n" for number in range(3000)) + "a3000.end(1)\n"
    (tmp_path / "deep.py").write_text(deep)
    (tmp_path / "flat.py").write_text("import asyncio\nasyncio.sleep(1)\n")
    process = JediProcess(str(tmp_path), limits=PATIENT)
    queries = [Query("deep.py", 3000, 8), Query("flat.py", 1, 12)]
    answers = process.resolve(queries, {})
    process.stop()
    assert [answers[query].returns_coroutine for query in queries] == [None, True]
    (problem,) = process.take_problems()
    assert problem.path == "."
    assert "deep.py:3001 is left unresolved: jedi failed: RecursionError: " in problem.message


def test_the_configured_interpreter_tells_where_libraries_lie(tmp_path: Path) -> None:
    text = "import pytest\npytest.importorskip(1)\n"
    process = JediProcess(str(tmp_path), python=sys.executable, limits=PATIENT)
    answer = ask(process, "a.py", text, "importorskip(1)", {"a.py": text})
    process.stop()
    assert answer.origin is not None
    assert Path(answer.origin).is_relative_to(Path(pytest.__file__).parent.parent)
    assert process.take_problems() == ()


def test_an_unusable_interpreter_is_reported_and_done_without(tmp_path: Path) -> None:
    text = "import asyncio\nasyncio.sleep(1)\n"
    process = JediProcess(str(tmp_path), python="no/python", limits=PATIENT)
    assert ask(process, "a.py", text, "asyncio.sleep(1)", {"a.py": text}).returns_coroutine
    process.stop()
    (problem,) = process.take_problems()
    assert problem.message.startswith(f"{tmp_path / 'no' / 'python'} cannot be used")
