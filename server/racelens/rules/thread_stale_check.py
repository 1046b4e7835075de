"""RL402: a check of shared state that another thread may have made stale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import meets_threads
from racelens.findings.levels import Severity
from racelens.findings.rule import function_rule
from racelens.findings.thread_race import thread_races
from racelens.program.thread_windows import Beside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program
    from racelens.program.thread_windows import ThreadWindow


@function_rule(code="RL402", severity=Severity.WARNING, since="0.2.0", concerns=meets_threads)
def thread_stale_check(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Shared state is checked in a thread and then acted upon, while another one may change it.

    ## Why this is a bug

    Between the check and what it allows, another thread may run: both find that there is no
    connection, and both open one; both see the last item, and both take it.

    ## Example

    ```python
    import threading

    stock = {"apple": 1}


    def buy(item):
        if stock[item] > 0:
            stock[item] = stock[item] - 1


    threads = [threading.Thread(target=buy, args=("apple",)) for _ in range(2)]
    ```

    ## Use instead

    ```python
    import threading

    stock = {"apple": 1}
    stock_lock = threading.Lock()


    def buy(item):
        with stock_lock:
            if stock[item] > 0:
                stock[item] = stock[item] - 1


    threads = [threading.Thread(target=buy, args=("apple",)) for _ in range(2)]
    ```

    For what is made when it is missing, `dict.setdefault` checks and stores in one step.

    ## Not reported

    A check that is made again under the lock; resetting what was checked; state of one thread;
    functions that are not seen to run in a thread. Where the file starts no threads itself, it is
    reported only where the settings name this rule.

    ## References

    - https://docs.python.org/3/library/threading.html#lock-objects
    - https://docs.python.org/3/faq/library.html#what-kinds-of-global-value-mutation-are-thread-safe
    """
    yield from thread_races(
        program,
        function,
        _is_stale_check,
        "{rival} may change {state} between this thread's check on line {read} and this write",
        "duplicated effect",
    )


def _is_stale_check(window: ThreadWindow) -> bool:
    return window.is_check and window.beside is not Beside.LOOP and not window.on_loop
