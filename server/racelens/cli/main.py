"""The command `racelens`: arguments go in, an exit status comes out.

Only what a command needs is imported, and only when it runs, so that `racelens --version` and
completion in a shell stay quick.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

from racelens.cli.arguments import (
    CheckOptions,
    ExplainOptions,
    MergeOptions,
    ServerOptions,
    UsageError,
    parse,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racelens.cli.arguments import Options

_MISUSED = 2
_FAILED = 3
_INTERRUPTED = 130


def run() -> NoReturn:
    """Run the command that the arguments of the process name, and end the process.

    What a check has linked is not taken apart object by object, as Python would: it is gone with
    the process (mypy ends in the same way, `mypy.util.hard_exit`).
    """
    left: list[object] = []
    status = main(left=left)
    if not left:
        sys.exit(status)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def main(arguments: Sequence[str] | None = None, left: list[object] | None = None) -> int:
    """Run the command that `arguments` (those of the process where None) name.

    Return 0 when nothing was found, 1 for findings, 2 for bad arguments or settings, 3 for a bug
    in RaceLens. What a check has made is put into `left`, if there is such a list.
    """
    try:
        return _run(parse(sys.argv[1:] if arguments is None else arguments), left)
    except UsageError as error:
        print(error, file=sys.stderr)
        return _MISUSED
    except SystemExit as ended:  # help and version were printed
        return ended.code if isinstance(ended.code, int) else 0
    except KeyboardInterrupt:
        print("racelens: interrupted", file=sys.stderr)
        return _INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the outermost edge: nothing is above to catch it
        import traceback

        traceback.print_exc()
        kind = type(error).__name__
        print(f"racelens: a bug in racelens stopped this run ({kind})", file=sys.stderr)
        return _FAILED


# What a command needs is imported when it runs: the server's libraries alone take ten times as
# long to import as the interpreter takes to start.
# ruff: noqa: PLC0415
def _run(options: Options, left: list[object] | None) -> int:
    match options:
        case CheckOptions():
            from racelens.cli.check import run_check

            return run_check(options, left)
        case MergeOptions():
            from racelens.cli.merge import run_merge

            return run_merge(options)
        case ExplainOptions():
            from racelens.cli.explain import run_explain

            return run_explain(options)
        case ServerOptions():
            from racelens.cli.serve import run_server

            return run_server(options)
