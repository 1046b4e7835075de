"""`racelens server`: the language server, until its client leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.cli.arguments import UsageError
from racelens.lsp.serve import (
    MissingWebSocketsError,
    serve_stdio,
    serve_tcp,
    serve_websocket,
)

if TYPE_CHECKING:
    from racelens.cli.arguments import ServerOptions


def run_server(options: ServerOptions) -> int:
    """Serve one client where `options` say; return the exit status of the protocol."""
    try:
        if options.tcp:
            return serve_tcp(*options.tcp)
        if options.ws:
            return serve_websocket(*options.ws)
    except MissingWebSocketsError as error:
        raise UsageError(f"racelens server: {error}") from None
    except OSError as error:
        raise UsageError(f"racelens server: {error.strerror or error}") from None
    return serve_stdio()
