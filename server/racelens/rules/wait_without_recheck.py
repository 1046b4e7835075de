"""RL108: what was waited for is not checked again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import waits
from racelens.findings.finding import Draft
from racelens.findings.levels import Confidence, Severity
from racelens.findings.race import Wording, harm, races
from racelens.findings.rule import function_rule
from racelens.model.effect import Kind
from racelens.program.shapes import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from racelens.model.effect import Source
    from racelens.model.graph import Graph
    from racelens.model.names import FunctionId
    from racelens.program.program import Program
    from racelens.program.steps import Step
    from racelens.program.window import Window

_WAIT = "wait"  # the method of conditions and events
_SAME = "another task in {function} may be first"
_MESSAGE = (
    "woken is not the same as ready: after {suspension}, {rival}, and line {write} acts on {state}"
    " without checking it again"
)
_UNCHECKED = (
    "woken is not the same as ready: the wait stands in no loop, so nothing checks again whether"
    " what it waits for has come"
)


@function_rule(code="RL108", severity=Severity.WARNING, since="0.1.0", concerns=waits)
def wait_without_recheck(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Code acts behind a wait without checking again whether what it waited for holds.

    ## Why this is a race

    Woken is not the same as ready. `notify_all` wakes every waiter, `Event.set` all that wait; they
    run one after the other, and the first may take what the others waited for. A task may also be
    woken for another reason: `notify` says that something has changed, not what. With `if` around
    the wait, or with nothing around it, the task goes on all the same: it takes from an empty list,
    or uses what has been reset again. A `while` loop checks before every step on.

    ## Example

    ```python
    import asyncio


    class Mailbox:
        def __init__(self):
            self.letters = []
            self._arrived = asyncio.Condition()

        async def put(self, letter):
            async with self._arrived:
                self.letters.append(letter)
                self._arrived.notify_all()

        async def take(self):
            async with self._arrived:
                if not self.letters:
                    await self._arrived.wait()
                return self.letters.pop()


    async def main():
        mailbox = Mailbox()
        await asyncio.gather(*[mailbox.take() for _ in range(3)], mailbox.put("a"))
    ```

    ## Use instead

    Wait in a loop:

    ```python
    import asyncio


    class Mailbox:
        def __init__(self):
            self.letters = []
            self._arrived = asyncio.Condition()

        async def put(self, letter):
            async with self._arrived:
                self.letters.append(letter)
                self._arrived.notify_all()

        async def take(self):
            async with self._arrived:
                while not self.letters:
                    await self._arrived.wait()
                return self.letters.pop()


    async def main():
        mailbox = Mailbox()
        await asyncio.gather(*[mailbox.take() for _ in range(3)], mailbox.put("a"))
    ```

    `wait_for` has the loop inside:

    ```python
    import asyncio


    class Mailbox:
        def __init__(self):
            self.letters = []
            self._arrived = asyncio.Condition()

        async def put(self, letter):
            async with self._arrived:
                self.letters.append(letter)
                self._arrived.notify_all()

        async def take(self):
            async with self._arrived:
                await self._arrived.wait_for(lambda: self.letters)
                return self.letters.pop()


    async def main():
        mailbox = Mailbox()
        await asyncio.gather(*[mailbox.take() for _ in range(3)], mailbox.put("a"))
    ```

    ## Not reported

    A wait in a `while` or `for` loop; `wait_for` with a condition; a check of the same state behind
    the wait; an event that is set once and never cleared, where nothing is taken away. A
    condition's wait outside of any loop is reported even where no state can be named; in a private
    helper, whose callers may have the loop, it is only possible.

    ## References

    - https://docs.python.org/3/library/asyncio-sync.html#asyncio.Condition.wait
    - https://docs.python.org/3/library/threading.html#condition-objects
    """
    yield from races(program, function, Shape.WAIT_WITHOUT_RECHECK, _wording)
    yield from _unchecked_waits(program, function)


def _wording(window: Window) -> Wording:
    return Wording(harm(window), _SAME, _MESSAGE, "`{name}()` may have changed it")


def _unchecked_waits(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Yield the waits of a condition outside of any loop that no window is made of."""
    summary = program.function(function)
    if summary.broken or not summary.is_async or _WAIT not in summary.mentions:
        return
    graph = summary.graph
    told: set[Source] = {window.suspend_node for window in program.windows(function)}
    told.update(*(graph.effects[node].sources for node in list(told) if isinstance(node, int)))
    for node in _waits(graph, program.steps(function)):
        if node not in told:
            private = summary.last_name.startswith("_")
            yield Draft(
                confidence=Confidence.POSSIBLE if private else Confidence.LIKELY,
                harm="a wake-up taken for a promise",
                message=_UNCHECKED,
                path=function.path,
                function=function.name.partition("#")[0],
                span=program.span(function, node),
            )


def _waits(graph: Graph, steps: Sequence[Step]) -> Iterator[int]:
    """Yield the nodes that wait for a condition, in no loop and with no test behind."""
    for node, step in enumerate(steps):
        path = graph.effects[node].path
        waits = bool(step.interrupts) and path is not None and path.steps[-1:] == (f".{_WAIT}",)
        if waits and graph.loop_of[node] == -1 and not _checks_behind(graph, steps, node):
            yield node


def _checks_behind(graph: Graph, steps: Sequence[Step], wait: int) -> bool:
    """Say whether something is tested behind the wait, while the condition is still held."""
    for node in range(wait + 1, len(steps)):
        if graph.effects[node].kind is Kind.TEST:
            return True
        if not set(steps[wait].interrupts).isdisjoint(steps[node].releases):
            return False
    return False
