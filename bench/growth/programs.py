"""Constructs of functions, classes and files. Each takes a count, and returns text linear in it."""

# ruff: noqa: D103 - the name of a construct says what there is more and more of

from __future__ import annotations

from bench.growth.text import HEAD, coroutine, nested


def functions_nested(count: int) -> str:
    return HEAD + nested("async def inner_{}(x):", count, "await fetch()", " x += await fetch()")


def functions_in_one_function(count: int) -> str:
    inner = "async def inner_{0}():\n nonlocal x\n x += await fetch()\nawait inner_{0}()"
    return coroutine(*(inner.format(n) for n in range(count)))


def methods_of_one_class(count: int) -> str:
    method = """\
    async def method_{0}(self):
        if self.field_{0} is None:
            self.field_{0} = await fetch()

"""
    return HEAD + "class C:\n" + "".join(method.format(n) for n in range(count))


def functions_all_writing_one_attribute(count: int) -> str:
    method = "    async def method_{0}(self):\n        self.value += await fetch({0})\n\n"
    return HEAD + "class C:\n" + "".join(method.format(n) for n in range(count))


def functions_all_started_as_tasks(count: int) -> str:
    function = "async def work_{0}(c):\n    c.value = c.value + await fetch()\n\n\n"
    tasks = "".join(f"work_{n}(c), " for n in range(count))
    functions = "".join(function.format(n) for n in range(count))
    return f"{HEAD}{functions}async def main(c):\n    await asyncio.gather({tasks})\n"


def calls_in_one_cycle(count: int) -> str:
    method = """\
    async def method_{0}(self):
        if self.field_{0} is None:
            await self.method_{1}()
            self.field_{0} = 1

"""
    methods = (method.format(n, (n + 1) % count) for n in range(count))
    return HEAD + "class C:\n" + "".join(methods)


def calls_in_one_chain(count: int) -> str:
    method = "    async def method_{0}(self):\n        self.field_{0} = await self.method_{1}()\n\n"
    methods = "".join(method.format(n, n + 1) for n in range(count))
    last = f"    async def method_{count}(self):\n        self.value += await fetch()\n"
    return HEAD + "class C:\n" + methods + last


def callers_of_one_function(count: int) -> str:
    first = "    async def update(self):\n        self.value += await fetch()\n\n"
    caller = "    async def method_{0}(self):\n        await self.update()\n\n"
    return HEAD + "class C:\n" + first + "".join(caller.format(n) for n in range(count))


def classes_each_of_the_one_before(count: int) -> str:
    first = "class C0:\n    async def update(self):\n        self.value += await fetch()\n\n\n"
    further = """\
class C{0}(C{1}):
    async def method_{0}(self):
        await self.update()


"""
    return HEAD + first + "".join(further.format(n, n - 1) for n in range(1, count))


def classes_with_methods_of_one_name(count: int) -> str:
    shape = "class C{0}:\n    async def update(self, other):\n        self.value += await fetch()\n"
    call = "        await other.update(self)\n\n\n"
    return HEAD + "".join(shape.format(n) + call for n in range(count))


def module_variables(count: int) -> str:
    variable = """\
v{0} = None


async def use_{0}():
    global v{0}
    if v{0} is None:
        v{0} = await fetch()


"""
    return HEAD + "".join(variable.format(n) for n in range(count))


def statements_of_one_module(count: int) -> str:
    return HEAD + "".join(f"value_{n} = len([{n}])\nprint(value_{n})\n" for n in range(count))


def files_each_importing_the_next(count: int) -> str:
    file = """\
# %% file: m{0}.py
import asyncio
from m{1} import State as Other


class State(Other):
    async def method_{0}(self):
        if self.value is None:
            self.value = await asyncio.sleep(0)
"""
    return "import m0\n" + "".join(file.format(n, n + 1) for n in range(count))


def files_all_using_one(count: int) -> str:
    file = """\
# %% file: m{0}.py
from main import fetch, state


async def use_{0}():
    state.value = state.value + await fetch()
"""
    shared = "class State:\n    value = 0\n\n\nstate = State()\n"
    return HEAD + shared + "".join(file.format(n) for n in range(count))


def broken_statements(count: int) -> str:
    method = "    async def method_{0}(self):\n        self.value = = (await fetch({0}\n\n"
    return HEAD + "class C:\n" + "".join(method.format(n) for n in range(count))
