"""Reads and parses all Python files below a folder, and no more: what every tool must do.

`parse_all.py FOLDER [PROCESSES]`. The unit U of the results is its CPU time with one process.
"""

from __future__ import annotations

import ast
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path


def parse(paths: list[Path]) -> None:
    """Parse what is at `paths`; what cannot be parsed costs its time only."""
    warnings.simplefilter("ignore")
    for path in paths:
        try:
            ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):  # noqa: PERF203 - of a file, not of all
            continue


def main() -> None:
    """Parse the folder that the arguments name."""
    paths = sorted(Path(sys.argv[1]).rglob("*.py"))
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    if count == 1:
        parse(paths)
        return
    with ProcessPoolExecutor(count) as pool:
        parts = [paths[start : start + 64] for start in range(0, len(paths), 64)]
        for _ in pool.map(parse, parts):
            pass


if __name__ == "__main__":
    main()
