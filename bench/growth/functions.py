"""Constructs that grow one function. Each takes a count, and returns text linear in it."""

# ruff: noqa: D103 - the name of a construct says what there is more and more of

from __future__ import annotations

from bench.growth.text import coroutine, nested

# Statements and expressions.


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
