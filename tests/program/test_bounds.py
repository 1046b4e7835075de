"""What is bounded to keep the work linear is bounded beyond what people write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from racelens.engine.analysis import Known, find, summarize, too_large
from racelens.engine.settings import Settings
from racelens.findings.levels import Confidence
from racelens.model.names import FunctionId
from racelens.program.program import link
from racelens.source.text import SourceFile

from bench.growth import functions, programs

if TYPE_CHECKING:
    from collections.abc import Callable


def windows(text: str, function: str) -> int:
    """Return how many windows a function of the one file `text` has."""
    module = summarize(SourceFile("main.py", text), Known()).module
    return len(link([module]).windows(FunctionId("main.py", function)))


@pytest.mark.parametrize(
    "construct",
    [
        functions.fields_all_checked_before_one_await,
        functions.fields_all_read_before_one_await,
        functions.fields_each_updated_around_an_await,
    ],
)
def test_every_one_of_sixty_states_is_looked_at(construct: Callable[[int], str]) -> None:
    assert windows(construct(60), "C.run") == 60


def test_a_function_of_hundreds_of_states_keeps_some() -> None:
    assert 0 < windows(functions.fields_all_read_before_one_await(400), "C.run") < 400


def test_what_is_left_out_is_said() -> None:
    text = functions.fields_all_read_before_one_await(400)
    program = link([summarize(SourceFile("main.py", text), Known()).module])
    found = find(program, "main.py", Settings(confidence=Confidence.POSSIBLE, resolve="own"))
    (problem,) = too_large(program, "main.py")
    assert problem.message == (
        f"run() is too large: {400 - len(found)} of its states are not analysed"
    )
    assert problem.line == program.line(FunctionId("main.py", "C.run"))


def test_the_last_of_many_locals_still_carries_what_was_read() -> None:
    assert windows(functions.locals_each_made_of_the_one_before(300), "C.run") == 1


def test_a_method_of_a_far_base_is_found() -> None:
    deepest = "C39.method_39"
    text = programs.classes_each_of_the_one_before(40)
    module = summarize(SourceFile("main.py", text), Known()).module
    steps = link([module]).steps(FunctionId("main.py", deepest))
    assert any(step.late for step in steps)
