"""The small projects about which jedi is asked in tests, and what must be answered."""

from __future__ import annotations

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
