"""Programs of any size, one construct each: what the growth of the work is measured on.

Where the text of a construct stands for several files, each but the first begins with a line
`# %% file: <path>`, as in the cells of `tests/rules`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bench.growth import functions, programs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FIRST_FILE = "main.py"


class Construct(NamedTuple):
    """What grows, and how many there are of it at the smallest size: `least`.

    `most` is how many Python can compile: 100 levels of indentation, 200 of brackets, and 20
    blocks that are entered (loops, `try`, items of `with`), one inside the other.
    https://github.com/python/cpython/blob/v3.13.0/Include/cpython/code.h (CO_MAXBLOCKS)
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


CONSTRUCTS = (
    Construct(functions.statements_in_one_function, 100),
    Construct(functions.updates_of_one_field, 50),
    Construct(functions.checks_of_one_field, 50),
    Construct(functions.fields_checked_and_written_around_one_await, 50),
    Construct(functions.fields_all_checked_before_one_await, 50),
    Construct(functions.fields_each_updated_around_an_await, 50),
    Construct(functions.fields_all_read_before_one_await, 50),
    Construct(functions.locals_of_one_field, 50),
    Construct(functions.locals_each_made_of_the_one_before, 50),
    Construct(functions.operands_of_one_sum, 100),
    Construct(functions.arguments_of_one_call, 60),
    Construct(functions.string_keys_of_one_dict, 25),
    Construct(functions.branches_in_sequence, 50),
    Construct(functions.branches_of_one_elif_chain, 50),
    Construct(functions.cases_of_one_match, 50),
    Construct(functions.operands_of_one_condition, 50),
    Construct(functions.loops_in_sequence, 50),
    Construct(functions.exits_of_one_loop, 50),
    Construct(functions.try_finally_in_sequence, 50),
    Construct(functions.handlers_of_one_try, 50),
    Construct(functions.returns_through_one_finally, 50),
    Construct(functions.with_blocks_in_sequence, 50),
    Construct(functions.items_of_one_with, 5, most=20),
    Construct(functions.ifs_nested, 23, most=95),
    Construct(functions.loops_nested, 5, most=20),
    Construct(functions.try_finally_nested, 23, most=95),
    Construct(functions.with_blocks_nested, 5, most=20),
    Construct(functions.calls_nested, 45, most=190),
    Construct(programs.functions_nested, 23, most=95),
    Construct(programs.functions_in_one_function, 50),
    Construct(programs.methods_of_one_class, 125),
    Construct(programs.functions_all_writing_one_attribute, 50),
    Construct(programs.functions_all_started_as_tasks, 50),
    Construct(programs.calls_in_one_cycle, 50),
    Construct(programs.calls_in_one_chain, 100),  # from 48 effects on, callers are told of no more
    Construct(programs.callers_of_one_function, 50),
    Construct(programs.classes_each_of_the_one_before, 50),
    Construct(programs.classes_with_methods_of_one_name, 50),
    Construct(programs.module_variables, 50),
    Construct(programs.statements_of_one_module, 100),
    Construct(programs.files_each_importing_the_next, 25),
    Construct(programs.files_all_using_one, 25),
    Construct(programs.broken_statements, 25),
)
