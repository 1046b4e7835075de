"""Run the command line: `python -m racelens`."""

from __future__ import annotations

from racelens.cli.main import run

# A worker process imports this file under another name.
if __name__ == "__main__":
    run()
