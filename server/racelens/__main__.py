"""Run the command line: `python -m racelens`."""

from __future__ import annotations

import sys

from racelens.cli.main import main

# A worker process imports this file under another name.
if __name__ == "__main__":
    sys.exit(main())
