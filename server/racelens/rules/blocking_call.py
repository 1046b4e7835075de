"""RL701: a call that holds up the event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import may_block
from racelens.findings.finding import Evidence
from racelens.findings.levels import Confidence, Severity
from racelens.findings.plain import at
from racelens.findings.rule import function_rule
from racelens.program.blocking import Blockers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program

_PLAIN_CHAIN = 3  # functions: the longer the way, the rarer it is taken


@function_rule(code="RL701", severity=Severity.WARNING, since="0.2.0", concerns=may_block)
def blocking_call(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Functions block the thread, and with it every task of the event loop.

    ## Why this is a bug

    The event loop runs in one thread. While that waits for a server, a process, a lock or a sleep,
    no other task runs: no request is answered, no timeout fires, heartbeats are missed. The call
    may be far away, in a helper of a helper in another module.

    ## Example

    ```python
    import asyncio
    import time


    def load():
        time.sleep(1)


    async def handler():
        load()
    ```

    ## Use instead

    Await what the library or asyncio has for it, or run it in a thread:

    ```python
    import asyncio
    import time


    def load():
        time.sleep(1)


    async def handler():
        await asyncio.to_thread(load)
    ```

    ## Not reported

    What is handed to `asyncio.to_thread`, `run_in_executor` or a thread, lambdas included;
    functions that are defined and not called; waits with a time limit. Only reported where this
    rule is asked for by name (`select = ["RL701"]`): files and names of hosts, which are mostly
    quick, and what is behind more than two helpers, which is mostly rare. Your own calls that
    block, or do not, are rows of a table that `libraries` in the settings names:
    `"courier.send" = { blocks = "long", instead = "courier.send_async" }`.

    ## References

    - https://docs.python.org/3/library/asyncio-dev.html#running-blocking-code
    - https://docs.python.org/3/library/asyncio-task.html#asyncio.to_thread
    """
    for found in program.facet(Blockers).calls(function):
        through = [f"`{program.function(callee).last_name}()`" for callee, _ in found.chain[1:]]
        by = f" through {' and '.join(through)}" if through else ""
        evidence = [
            Evidence(
                callee.path,
                call.place.shifted(program.line(callee)),
                f"`{call.label}()` is called here",
            )
            for callee, call in found.chain[1:]
        ]
        yield at(
            program,
            function,
            found.call.place,
            f"`{found.blocker}()` blocks the event loop{by}: no other task runs meanwhile; use"
            f" {found.row.instead}",
            harm="everything waits",
            confidence=Confidence.LIKELY,
            evidence=evidence,
            subject=found.blocker,
            if_asked=found.row.blocks != "long" or len(found.chain) > _PLAIN_CHAIN,
        )
