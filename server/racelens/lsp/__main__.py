"""Serve the language server at standard input and output: `python -m racelens.lsp`."""

from __future__ import annotations

import sys

from racelens.lsp.serve import serve_stdio

# A worker process imports this file under another name.
if __name__ == "__main__":
    sys.exit(serve_stdio())
