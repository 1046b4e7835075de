"""RL605: one file to which several tasks append."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import uses_files
from racelens.findings.levels import Confidence, Severity
from racelens.findings.plain import at
from racelens.findings.rule import function_rule
from racelens.program.file_windows import appends

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program


@function_rule(
    code="RL605", severity=Severity.WARNING, since="0.2.0", concerns=uses_files, enabled=False
)
def shared_log_file(program: Program, function: FunctionId) -> Iterator[Draft]:
    r"""One file is appended to by several tasks, threads or processes, each for itself.

    ## Why this is a bug

    What is written goes through a buffer that is flushed in parts: lines of two writers end up
    inside each other, and what a process has not flushed when it dies is missing.

    ## Example

    ```python
    import aiofiles


    async def log(message: str) -> None:
        async with aiofiles.open("app.log", "a") as file:
            await file.write(message + "\n")
    ```

    ## Use instead

    ```python
    import logging

    logger = logging.getLogger(__name__)


    async def log(message: str) -> None:
        logger.info(message)
    ```

    `logging` has one handler with one lock for a file. Several processes send their records to one
    of them with `logging.handlers.QueueHandler` or `SocketHandler`.

    ## Not reported

    A lock that is held while the file is open; files that the caller names.

    ## References

    - https://docs.python.org/3/howto/logging-cookbook.html#logging-to-a-single-file-from-multiple-processes
    """
    for node, name in appends(program, function):
        yield at(
            program,
            function,
            node,
            f"several tasks or processes may append to `{name}` at the same time: their lines mix",
            harm="torn lines",
            confidence=Confidence.LIKELY,
        )
