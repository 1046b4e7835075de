"""Start the language server with the libraries that the extension brings.

LS_IMPORT_STRATEGY decides whose copy of a library wins: "fromEnvironment" the interpreter's,
anything else the extension's. Nothing is ever imported from the current folder.
"""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIBRARIES = HERE.parent / "bundled" / "libs"


def main() -> int:
    """Serve until the editor ends the conversation; return the exit status."""
    path = [entry for entry in sys.path if Path(entry).resolve() != HERE]
    from_environment = os.environ.get("LS_IMPORT_STRATEGY") == "fromEnvironment"
    sys.path[:] = [*path, str(LIBRARIES)] if from_environment else [str(LIBRARIES), *path]
    from racelens.cli.main import main as racelens

    return racelens(["server"])


# Worker processes import this file under another name.
if __name__ == "__main__":
    sys.exit(main())
