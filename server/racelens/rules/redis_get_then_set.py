"""RL601: a key of Redis that is read and then written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import uses_redis
from racelens.findings.levels import Severity
from racelens.findings.rule import function_rule
from racelens.findings.store_race import Sites, store_race
from racelens.program.store_windows import How, store_windows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program


@function_rule(code="RL601", severity=Severity.WARNING, since="0.2.0", concerns=uses_redis)
def redis_get_then_set(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Keys of Redis are read, and then written with what follows from that, in two commands.

    ## Why this is a bug

    Redis runs one command after another, but between two commands of one client it runs those of
    others: other tasks, other workers, other machines. Both read 41, both set 42, and one update is
    lost; both find no lock, and both take it. No lock of the process helps: the others have their
    own.

    ## Example

    ```python
    import redis.asyncio as redis

    client = redis.Redis()


    async def hit(key: str) -> None:
        count = int(await client.get(key) or 0)
        await client.set(key, count + 1)
    ```

    ## Use instead

    ```python
    import redis.asyncio as redis

    client = redis.Redis()


    async def hit(key: str) -> None:
        await client.incr(key)
    ```

    `INCR`, `INCRBY` and `HINCRBY` compute in Redis; `SET ... NX` takes what nobody has; `GETDEL`
    and `LPOP` take and remove in one step; for all else there is `WATCH` in a transaction, or a
    script.

    ## Not reported

    Functions that watch keys, run scripts or take a lock of Redis; `set(..., nx=True)`; keys that
    the function has made itself (`uuid4()`). A cache that is filled where nothing was found is
    *possible* only: it is computed twice, which mostly does no harm.

    ## References

    - https://redis.io/docs/latest/commands/incr/
    - https://redis.io/docs/latest/commands/set/
    - https://redis.io/docs/latest/develop/using-commands/transactions/
    """
    for window in store_windows(program, function, "redis"):
        is_fill = window.how is How.MISSING and not window.claims
        decides = window.how is not How.COMPUTED
        method = window.write.call.method
        yield store_race(
            program,
            function,
            Sites(window.read.node, window.write.node, window.key, decides),
            "another worker may write {state} after it was read on line {read}: "
            + (
                f"`{method}()` acts on what is no longer so"
                if decides
                else f"`{method}()` overwrites that with a value computed before"
            ),
            "duplicated effect" if decides else "lost update",
            likely=not is_fill,
        )
