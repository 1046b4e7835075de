"""RL401: an update of shared state that another thread may overwrite."""

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


@function_rule(code="RL401", severity=Severity.WARNING, since="0.2.0", concerns=meets_threads)
def thread_lost_update(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Shared state is read, changed and written back in a thread, while another one may write it.

    ## Why this is a bug

    `counter += 1` reads, adds and writes: three steps, and another thread may run between them.
    Both read 41, both write 42, and one update is lost. The global interpreter lock does not
    prevent it: it lets threads switch between instructions. Since Python 3.10 that is rare for code
    as short as this, which makes the bug hard to reproduce; without that lock, in free-threaded
    builds, it is common.

    ## Example

    ```python
    import threading

    counter = 0


    def work():
        global counter
        for _ in range(100_000):
            counter += 1


    threads = [threading.Thread(target=work) for _ in range(4)]
    ```

    ## Use instead

    ```python
    import threading

    counter = 0
    counter_lock = threading.Lock()


    def work():
        global counter
        for _ in range(100_000):
            with counter_lock:
                counter += 1


    threads = [threading.Thread(target=work) for _ in range(4)]
    ```

    Or let each thread count for itself and add up what they return.

    ## Not reported

    One lock held from the read to the write; state of one thread (`threading.local`, an object made
    for each thread); functions that are not seen to run in a thread. Where the file starts no
    threads itself (a handler that a framework runs in a thread), it is reported only where the
    settings name this rule.

    ## References

    - https://docs.python.org/3/library/threading.html#lock-objects
    - https://docs.python.org/3/faq/library.html#what-kinds-of-global-value-mutation-are-thread-safe
    - https://docs.python.org/3/howto/free-threading-python.html
    """
    yield from thread_races(
        program,
        function,
        _is_lost_update,
        "{rival} may write {state} between this thread's read on line {read} and this write, which"
        " overwrites it",
        "lost update",
    )


def _is_lost_update(window: ThreadWindow) -> bool:
    return not window.is_check and window.beside is not Beside.LOOP and not window.on_loop
