"""RL303: another lock than elsewhere, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.levels import Severity
from racelens.findings.race import Wording, harm, races
from racelens.findings.rule import function_rule
from racelens.program.shapes import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program
    from racelens.program.window import Window

_SAME = "another task changes it"
_COMPUTED = (
    "{state} is used under {lock} elsewhere, but not here: during {suspension}, {rival}, and line"
    " {write} overwrites that with a value computed from line {read}"
)
_CHECKED = (
    "{state} is used under {lock} elsewhere, but not here: during {suspension}, {rival}, and line"
    " {write} acts on what line {read} has found out before"
)
_HELD_COMPUTED = (
    "{lock} guards {state} here, but not everywhere: during {suspension}, {rival}, and line {write}"
    " overwrites that with a value computed from line {read}"
)
_HELD_CHECKED = (
    "{lock} guards {state} here, but not everywhere: during {suspension}, {rival}, and line {write}"
    " acts on what line {read} has found out before"
)
_WITHOUT = "`{name}()` may change it without that lock"


@function_rule(code="RL303", severity=Severity.WARNING, since="0.1.0")
def inconsistent_lock(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Shared state is used without the lock that guards it elsewhere.

    ## Why this is a race

    A lock keeps out only those who take it. Where most of the code uses a state under one lock, and
    one function reads it, awaits and writes it under another lock or under none, that function and
    the others still run into each other: it overwrites what they have stored under the lock, or
    acts on a check that they have made untrue.

    ## Example

    ```python
    import asyncio


    class Account:
        def __init__(self):
            self._lock = asyncio.Lock()
            self.balance = 0

        async def deposit(self, amount):
            async with self._lock:
                balance = self.balance
                await asyncio.sleep(0)
                self.balance = balance + amount

        async def withdraw(self, amount):
            async with self._lock:
                balance = self.balance
                await asyncio.sleep(0)
                self.balance = balance - amount

        async def charge(self):
            balance = self.balance
            await asyncio.sleep(0)
            self.balance = balance - 1


    async def main():
        account = Account()
        await asyncio.gather(account.deposit(10), account.withdraw(5), account.charge())
    ```

    ## Use instead

    Hold the same lock everywhere:

    ```python
    import asyncio


    class Account:
        def __init__(self):
            self._lock = asyncio.Lock()
            self.balance = 0

        async def deposit(self, amount):
            async with self._lock:
                balance = self.balance
                await asyncio.sleep(0)
                self.balance = balance + amount

        async def withdraw(self, amount):
            async with self._lock:
                balance = self.balance
                await asyncio.sleep(0)
                self.balance = balance - amount

        async def charge(self):
            async with self._lock:
                balance = self.balance
                await asyncio.sleep(0)
                self.balance = balance - 1


    async def main():
        account = Account()
        await asyncio.gather(account.deposit(10), account.withdraw(5), account.charge())
    ```

    ## Not reported

    A read and a write without an `await` between them, which need no lock; reads alone; functions
    that are only called while the lock is held; state of which most uses hold no lock, which is
    then judged by the other rules; constructors.

    ## References

    - https://docs.python.org/3/library/asyncio-sync.html#asyncio.Lock
    - https://cwe.mitre.org/data/definitions/366.html
    """
    yield from races(program, function, Shape.INCONSISTENT_LOCK, _wording)


def _wording(window: Window) -> Wording:
    computed = window.predicate is None or window.carried
    if window.usual_lock in window.covering:
        message = _HELD_COMPUTED if computed else _HELD_CHECKED
        return Wording(harm(window), _SAME, message, _WITHOUT)
    return Wording(harm(window), _SAME, _COMPUTED if computed else _CHECKED)
