"""Programs of any size, one construct each: what the growth of the work is measured on.

A construct takes a count and returns text that is linear in it. Where the text stands for several
files, each begins with a line `# %% file: <path>`, as in the cells of `tests/rules`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HEAD = (
    "import asyncio\n\n\nasync def fetch(x=None):\n    await asyncio.sleep(0)\n    return x\n\n\n"
)
FIRST_FILE = "main.py"


class Construct(NamedTuple):
    """What grows, and how many there are of it at the smallest size: `least`.

    `most` is how many Python can read: 100 levels of indentation, 200 of brackets.
    """

    text: Callable[[int], str]
    least: int
    most: int | None = None

    @property
    def name(self) -> str:
        """The construct in words."""
        return self.text.__name__.replace("_", " ")


def sources(text: str) -> Iterator[tuple[str, str]]:
    """Yield paths and texts of the files that `text` stands for."""
    first, *others = text.split("# %% file: ")
    yield FIRST_FILE, first
    for other in others:
        path, _, content = other.partition("\n")
        yield path, content


def coroutine(*body: str) -> str:
    """Return a class with one coroutine method of these statements, without indentation."""
    lines = "\n".join(body).split("\n")
    return HEAD + "class C:\n async def run(self, x):\n" + "".join(f"  {line}\n" for line in lines)


def nested(opening: str, count: int, innermost: str, closing: str = "") -> str:
    """Return `opening` `count` times, each inside the one before, `{}` being its number.

    `closing` ends each of them. One column of indentation keeps the text short.
    """
    lines = [" " * depth + opening.format(depth) for depth in range(count)]
    lines.append(" " * count + innermost)
    if closing:
        for depth in reversed(range(count)):
            lines += [" " * depth + line for line in closing.format(depth).split("\n")]
    return "\n".join(lines)


# One function.


def statements_in_one_function(count: int) -> str:
    return coroutine(*(f"a{n} = await fetch({n})\nprint(a{n})" for n in range(count)))


def updates_of_one_field(count: int) -> str:
    return coroutine(
        *(f"old = self.value\nself.value = await fetch(old + {n})" for n in range(count))
    )


def checks_of_one_field(count: int) -> str:
    step = "if self.value is None:\n self.value = await fetch()"
    return coroutine(*(step for _ in range(count)))


def fields_checked_and_written_around_one_await(count: int) -> str:
    return coroutine(
        *(f"if self.field_{n} is None:\n self.field_{n} = 1" for n in range(count)),
        "await fetch()",
        *(f"self.field_{n} = 2" for n in range(count)),
    )


def fields_all_checked_before_one_await(count: int) -> str:
    return coroutine(
        *(f"is_missing_{n} = self.field_{n} is None" for n in range(count)),
        "await fetch()",
        *(f"if is_missing_{n}:\n self.field_{n} = 1" for n in range(count)),
    )


def fields_each_updated_around_an_await(count: int) -> str:
    return coroutine(*(f"self.field_{n} = self.field_{n} + await fetch()" for n in range(count)))


def fields_all_read_before_one_await(count: int) -> str:
    return coroutine(
        *(f"local_{n} = self.field_{n}" for n in range(count)),
        "await fetch()",
        *(f"self.field_{n} = local_{n} + 1" for n in range(count)),
    )


def locals_of_one_field(count: int) -> str:
    return coroutine(
        *(f"local_{n} = self.value" for n in range(count)),
        "await fetch()",
        *(f"print(local_{n})" for n in range(count)),
        "self.value = local_0",
    )


def locals_each_made_of_the_one_before(count: int) -> str:
    return coroutine(
        "local_0 = self.value",
        *(f"local_{n} = local_{n - 1}" for n in range(1, count)),
        "await fetch()",
        f"self.value = local_{count - 1}",
    )


def operands_of_one_sum(count: int) -> str:
    return coroutine("self.value = await fetch() + " + " + ".join(["self.value"] * count))


def arguments_of_one_call(count: int) -> str:
    given = "".join(f"key_{n}=self.value, " for n in range(count))
    return coroutine(f"self.value = await fetch(dict({given}))")


def string_keys_of_one_dict(count: int) -> str:
    return coroutine(
        *(f"if 'key {n}' not in self.table:\n self.table['key {n}'] = 1" for n in range(count)),
        "await fetch()",
        *(f"self.table['key {n}'] = 2" for n in range(count)),
    )


# Control flow.


def branches_in_sequence(count: int) -> str:
    return coroutine(
        "old = self.value",
        *(f"if x > {n}:\n await fetch()\nelse:\n old = {n}" for n in range(count)),
        "self.value = old",
    )


def branches_of_one_elif_chain(count: int) -> str:
    chain = "\n".join(f"elif self.value == {n}:\n self.value = await fetch()" for n in range(count))
    return coroutine(chain[2:])


def cases_of_one_match(count: int) -> str:
    cases = (f" case {n}:\n  self.value = await fetch({n})" for n in range(count))
    return coroutine("match self.value:", *cases)


def operands_of_one_condition(count: int) -> str:
    condition = " and ".join(f"self.field_{n}" for n in range(count))
    return coroutine(f"if {condition}:\n await fetch()\n self.field_0 = None")


def loops_in_sequence(count: int) -> str:
    step = "while self.value < {0}:\n self.value += 1\n await fetch()\n if x == {0}:\n  break"
    return coroutine(*(step.format(n) for n in range(count)))


def exits_of_one_loop(count: int) -> str:
    step = " if x == {0}:\n  break\n if x == -{0}:\n  continue\n self.value = await fetch({0})"
    return coroutine("while self.value:", *(step.format(n) for n in range(count)))


def try_finally_in_sequence(count: int) -> str:
    step = "try:\n self.value = await fetch({0})\nfinally:\n self.value = None"
    return coroutine(*(step.format(n) for n in range(count)))


def handlers_of_one_try(count: int) -> str:
    return coroutine(
        "try:",
        *(f" self.value = await fetch({n})" for n in range(count)),
        *(f"except E{n}:\n self.value = {n}" for n in range(count)),
    )


def returns_through_one_finally(count: int) -> str:
    step = " if self.value == {0}:\n  return await fetch({0})"
    return coroutine(
        "try:", *(step.format(n) for n in range(count)), "finally:\n self.value = None"
    )


def with_blocks_in_sequence(count: int) -> str:
    step = "async with self.lock_{0}:\n self.value = await fetch(self.value)"
    return coroutine(*(step.format(n) for n in range(count)))


def items_of_one_with(count: int) -> str:
    items = ", ".join(f"self.lock_{n}" for n in range(count))
    return coroutine(f"async with {items}:\n self.value = await fetch(self.value)")


def ifs_nested(count: int) -> str:
    update = "self.value = await fetch(self.value)"
    return coroutine(nested("if self.value > {}:", count, update, "else:\n self.value = {}"))


def loops_nested(count: int) -> str:
    update = "self.value = await fetch(self.value)"
    return coroutine(nested("while self.value > {}:", count, update, " if x:\n  break"))


def try_finally_nested(count: int) -> str:
    innermost = "return await fetch(self.value)"
    return coroutine(nested("try:", count, innermost, "finally:\n self.value = {}"))


def with_blocks_nested(count: int) -> str:
    update = "self.value = await fetch(self.value)"
    return coroutine(nested("async with self.lock_{}:", count, update))


def calls_nested(count: int) -> str:
    return coroutine("self.value = " + "fetch(" * count + "self.value" + ")" * count)


# Functions, classes and files.


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


CONSTRUCTS = (
    Construct(statements_in_one_function, 100),
    Construct(updates_of_one_field, 50),
    Construct(checks_of_one_field, 50),
    Construct(fields_checked_and_written_around_one_await, 25),
    Construct(fields_all_checked_before_one_await, 25),
    Construct(fields_each_updated_around_an_await, 50),
    Construct(fields_all_read_before_one_await, 25),
    Construct(locals_of_one_field, 50),
    Construct(locals_each_made_of_the_one_before, 50),
    Construct(operands_of_one_sum, 100),
    Construct(arguments_of_one_call, 60),
    Construct(string_keys_of_one_dict, 25),
    Construct(branches_in_sequence, 50),
    Construct(branches_of_one_elif_chain, 50),
    Construct(cases_of_one_match, 50),
    Construct(operands_of_one_condition, 50),
    Construct(loops_in_sequence, 50),
    Construct(exits_of_one_loop, 50),
    Construct(try_finally_in_sequence, 50),
    Construct(handlers_of_one_try, 50),
    Construct(returns_through_one_finally, 50),
    Construct(with_blocks_in_sequence, 50),
    Construct(items_of_one_with, 50),
    Construct(ifs_nested, 23, most=95),
    Construct(loops_nested, 23, most=95),
    Construct(try_finally_nested, 23, most=95),
    Construct(with_blocks_nested, 23, most=95),
    Construct(calls_nested, 45, most=190),
    Construct(functions_nested, 23, most=95),
    Construct(functions_in_one_function, 50),
    Construct(methods_of_one_class, 125),
    Construct(functions_all_writing_one_attribute, 50),
    Construct(functions_all_started_as_tasks, 50),
    Construct(calls_in_one_cycle, 50),
    Construct(calls_in_one_chain, 50),
    Construct(callers_of_one_function, 50),
    Construct(classes_each_of_the_one_before, 50),
    Construct(classes_with_methods_of_one_name, 50),
    Construct(module_variables, 50),
    Construct(statements_of_one_module, 100),
    Construct(files_each_importing_the_next, 25),
    Construct(files_all_using_one, 25),
    Construct(broken_statements, 25),
)
