"""The work is linear in the size of the input: no construct makes it quadratic.

Nothing is timed. What is counted is the same on every machine: the lines of Python that are
executed from the text to its findings, and the most memory that is held at once. `bench/growth`
times the same programs.
"""

from __future__ import annotations

import gc
import sys
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from racelens.engine.analysis import Known, find, summarize
from racelens.engine.settings import Settings
from racelens.findings.levels import Confidence
from racelens.program.program import link
from racelens.program.related import group_of
from racelens.source.text import SourceFile

from bench.growth.constructs import CONSTRUCTS, Construct, sources

if TYPE_CHECKING:
    from types import FrameType

EVERYTHING = Settings(confidence=Confidence.POSSIBLE, resolve="own")
# Of what four times as much text costs; 16 would be quadratic. Memory is counted at its peak, at
# which a table may be held twice because it is being enlarged.
MOST_GROWTH = 4.6
MOST_GROWTH_OF_MEMORY = 6.0


class TooMuchWorkError(BaseException):
    """Raised to stop at once; the analysis outlives any `Exception` of a rule."""


def analyse(text: str) -> None:
    modules = [
        summarize(SourceFile(path, content), Known()).module for path, content in sources(text)
    ]
    program = link(modules)
    for module in modules:
        find(program, module.path, EVERYTHING)


def lines_executed(text: str, most: float = float("inf")) -> int:
    """Count the lines that the analysis of `text` executes, turns of comprehensions included.

    Raises TooMuchWorkError where they are more than `most`.
    """
    executed = 0

    def trace(_frame: FrameType, event: str, _argument: object) -> object:
        nonlocal executed
        executed += event == "line"
        if executed > most:
            raise TooMuchWorkError
        return trace

    previous = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        analyse(text)
    finally:
        sys.settrace(previous)
    return executed


def forget() -> None:
    """Empty the bounded caches: they grow by leaps, whatever is analysed."""
    for known in gc.get_objects():
        if isinstance(known, type(group_of)) and known.cache_parameters()["maxsize"] is not None:
            known.cache_clear()


def memory_held(text: str) -> int:
    """Return the most bytes that the analysis of `text` holds at once."""
    forget()
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        analyse(text)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        gc.enable()


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """Let nothing that is done once in a process count."""
    for construct in CONSTRUCTS:
        analyse(construct.text(2))


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=lambda construct: construct.name)
def test_work_grows_with_the_text(construct: Construct) -> None:
    most = MOST_GROWTH * lines_executed(construct.text(construct.least))
    try:
        lines_executed(construct.text(4 * construct.least), most)
    except TooMuchWorkError:
        pytest.fail(f"over {MOST_GROWTH} x the lines are executed for 4 x the {construct.name}")


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=lambda construct: construct.name)
def test_memory_grows_with_the_text(construct: Construct) -> None:
    held = [memory_held(construct.text(factor * construct.least)) for factor in (1, 4)]
    assert held[1] <= MOST_GROWTH_OF_MEMORY * held[0]


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=lambda construct: construct.name)
def test_the_text_is_linear_in_the_count(construct: Construct) -> None:
    """Otherwise the other tests would say nothing."""
    lines = [construct.text(factor * 20).count("\n") for factor in (1, 4)]
    assert lines[1] <= 4 * lines[0]
