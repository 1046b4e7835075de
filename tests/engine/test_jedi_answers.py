"""jedi's own answers, from the real process over small projects."""

from __future__ import annotations

import os
import py_compile
import re
import sys
import venv
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from racelens.engine.jedi_process import JediProcess, Limits
from racelens.program.resolve import UNKNOWN, Query

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from racelens.program.resolve import Answer

PATIENT = Limits(query_seconds=120, start_seconds=120)
VERDICTS = {"True": True, "False": False, "None": None}

LIBRARY = """
import abc
import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any, Protocol, TypeVar, final, overload

import nowhere_to_be_found
from typing_extensions import override

F = TypeVar("F", bound=Callable[..., Any])


async def save(x=0): ...
def plain(x=0): ...
async def numbers():
    yield 1
@contextlib.asynccontextmanager
async def opened():
    yield 1


def retried(function):
    @functools.wraps(function)
    async def wrapper(*args):
        return await function(*args)
    return wrapper
def blocking(function):
    @functools.wraps(function)
    def wrapper(*args):
        return asyncio.run(function(*args))
    return wrapper
def registered(function):
    registry.append(function)
    return function
def typed(name) -> Callable[[F], F]:
    return nowhere_to_be_found.decorator(name)


@retried
async def save_retried(): ...
@retried
def save_in_thread(): ...
@blocking
async def save_blocking(): ...
@registered
async def save_registered(): ...
@typed("x")
async def save_typed(): ...
@nowhere_to_be_found.retry(3)
async def save_mystified(): ...
@functools.lru_cache(maxsize=None)
async def save_cached(): ...
@functools.cache
async def save_cached_too(): ...
@final
@override
async def save_final(): ...


@overload
async def load(x: int) -> int: ...
@overload
async def load(x: str) -> str: ...
async def load(x): return x
@overload
def fetch(x: int) -> Coroutine[Any, Any, int]: ...
@overload
def fetch(x: str) -> int: ...
def fetch(x): return load(x)


def declared() -> Coroutine[Any, Any, int]: ...
def declared_awaitable() -> Awaitable[int]: ...
def scheduled_awaitable() -> Awaitable[int]:
    return asyncio.ensure_future(save())
def declared_future() -> asyncio.Future[int]: ...
def maybe() -> Coroutine[Any, Any, int] | None: ...
def forwarding(): return save(1)
def forwarding_mystified(): return save_mystified()
def sometimes(x):
    if x:
        return save(1)
def starting(): return asyncio.create_task(save())
def unfinished(): raise NotImplementedError
forwarding_too = lambda: save(1)
later = functools.partial(save, 1)
later_mystified = functools.partial(save_mystified)


try:
    from nowhere_to_be_found import dump
except ImportError:
    async def dump(): ...
try:
    from accelerated import flush
except ImportError:
    def flush(): ...
try:
    from accelerated import drain
except ImportError:
    async def drain(): ...
if nowhere_to_be_found.FAST:
    async def pick(): ...
else:
    def pick(): ...


class Sender(Protocol):
    async def send(self): ...
    def send_later(self) -> Awaitable[None]: ...
class Base(abc.ABC):
    @abc.abstractmethod
    async def run(self): ...
    @staticmethod
    async def static(): ...
    @classmethod
    async def of_class(cls): ...
    @property
    def runner(self): return self.run
    @property
    async def value(self): return 1
    async def __aenter__(self): return self
class Calling:
    async def __call__(self): ...
class AwaitableThing:
    def __await__(self): yield
class AsyncClient:
    async def send(self): ...
class BlockingClient:
    def send(self): ...
class Child(Base):
    async def run(self): ...
    async def both(self):
        return await super().run()
def a_client(kind):
    return AsyncClient() if kind else BlockingClient()
"""

CASES = """
import asyncio
import library
from library import *
library.save()  # True
save(1)  # True
plain()  # False
numbers()  # False
opened()  # False
save_retried()  # True
save_in_thread()  # True
save_blocking()  # None
save_registered()  # True
save_typed()  # True
save_mystified()  # None
save_cached()  # True
save_cached_too()  # True
save_final()  # True
load()  # True
fetch()  # None
declared()  # True
declared_awaitable()  # True
scheduled_awaitable()  # False
declared_future()  # False
maybe()  # None
forwarding()  # True
forwarding_mystified()  # None
sometimes()  # None
starting()  # False
unfinished()  # None
forwarding_too()  # True
later()  # True
later_mystified()  # None
dump()  # None
flush()  # None
drain()  # True
pick()  # None
def receive(sender: Sender, base: Base, call: Calling, send: Callable[[int], Awaitable[None]]):
    sender.send()  # True
    sender.send_later()  # True
    base.run()  # True
    base.static()  # True
    base.of_class()  # True
    base.runner()  # True
    base.value()  # None
    call()  # True
    send(1)  # True
async def enter():
    async with Base() as base:
        base.run()  # True
Child().run()  # True
Base.static()  # True
AwaitableThing()  # None
AsyncClient()  # None
a_client(1).send()  # None
nobody.knows()  # None
asyncio.create_task()  # False
asyncio.TaskGroup().create_task()  # False
asyncio.ensure_future()  # False
asyncio.gather()  # False
asyncio.shield()  # False
asyncio.wait_for()  # True
asyncio.wait()  # True
asyncio.sleep(1)  # True
asyncio.to_thread()  # True
asyncio.Event().wait()  # True
asyncio.Event().set()  # False
asyncio.Queue().put(1)  # True
asyncio.Queue().put_nowait(1)  # False
asyncio.Lock().acquire()  # True
asyncio.Lock().release()  # False
asyncio.Condition().wait()  # True
asyncio.get_running_loop().run_in_executor()  # False
asyncio.get_running_loop().sock_recv()  # True
asyncio.run_coroutine_threadsafe()  # False
print(1)  # False
"""

FILES = {
    "library.py": LIBRARY,
    "accelerated.py": "async def flush(): ...\nasync def drain(): ...\n",
    "cases.py": CASES,
    "helpers.py": """
        class Client:
            async def send(self, x): ...
        def make_client():
            return Client()
        """,
    "main.py": """
        from helpers import make_client
        async def main():
            client = make_client()
            client.send(1)
        """,
    "src/package/__init__.py": "",
    "src/package/store.py": "class Store:\n    async def put(self): ...\n",
    "tools/run.py": "from package.store import Store\nStore().put()\n",
    "uses_installed.py": "import installed\nimport linked\ninstalled.call()\nlinked.call()\n",
    "café.py": "from helpers import Client\r\ns = '\U0001f40d'; Client().send(1)\r\n",
    ".venv/pyvenv.cfg": "",
    ".venv/lib/python3.12/site-packages/installed.py": "async def call(): ...\n",
    ".venv/lib/python3.12/site-packages/own.pth": "import sys; sys.exit(1)\n../../../../linked\n",
    "linked/linked.py": "async def call(): ...\n",
}  # fmt: skip


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
    assert (problem.path, problem.line) == ("deep.py", 3000)
    assert problem.message.startswith("jedi failed: RecursionError: ")


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
