"""RL604: a file that is read, changed and written again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.findings.concerns import uses_files
from racelens.findings.levels import Severity
from racelens.findings.rule import function_rule
from racelens.findings.store_race import Sites, store_race
from racelens.program.file_windows import file_windows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program


@function_rule(code="RL604", severity=Severity.WARNING, since="0.2.0", concerns=uses_files)
def file_read_modify_write(program: Program, function: FunctionId) -> Iterator[Draft]:
    """Files are read, changed and written again, while another task or process may do the same.

    ## Why this is a bug

    Both read the same text, both change it, and the one that writes last wins: the change of the
    other is lost. Who reads while it is written sees half a file.

    ## Example

    ```python
    import aiofiles


    async def bump(path: str) -> None:
        async with aiofiles.open(path) as file:
            count = int(await file.read())
        async with aiofiles.open(path, "w") as file:
            await file.write(str(count + 1))
    ```

    ## Use instead

    ```python
    import aiofiles
    from filelock import AsyncFileLock


    async def bump(path: str) -> None:
        async with AsyncFileLock(f"{path}.lock"):
            async with aiofiles.open(path) as file:
                count = int(await file.read())
            async with aiofiles.open(path, "w") as file:
                await file.write(str(count + 1))
    ```

    In one process, an `asyncio.Lock` does. To keep readers from half a file, write to a temporary
    file and `os.replace` it.

    ## Not reported

    A lock that is held from the reading to the writing; `fcntl.flock`; `os.replace`; files that the
    function has made itself. Without an `await` in between, no task of the same process can come
    in: then it is *possible* only.

    ## References

    - https://docs.python.org/3/library/os.html#os.replace
    - https://docs.python.org/3/library/fcntl.html#fcntl.flock
    - https://py-filelock.readthedocs.io/en/latest/
    """
    is_main = function in program.tasks.roots.mains
    for window in file_windows(program, function):
        yield store_race(
            program,
            function,
            Sites(window.read, window.write, window.name, decides=False),
            "another task may write {state} after it was read on line {read}: what is written here"
            " follows from what it was",
            "lost update",
            likely=window.suspends and not is_main,
        )
