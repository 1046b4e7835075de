"""The ways to reach the server: standard input and output, TCP, WebSocket. Each serves one client.

pygls would read standard input in the thread pool that handlers use, and would end with status 0
even where the client just left; so its message loop is used, but not its start functions.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import os
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from pygls.io_ import (
    StdoutWriter,
    run_async,
    run_websocket,  # pyright: ignore[reportUnknownVariableType] - its library is optional
)

from racelens.lsp.server import ServerOptions, create_server

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from socket import socket
    from typing import Any, BinaryIO

    from pygls.io_ import AsyncWriter

    from racelens.lsp.server import RaceLensServer

    Serving = Callable[[RaceLensServer], Awaitable[None]]

_CHUNK = 1 << 16
_SWITCH_SECONDS = 0.001
_log = logging.getLogger(__name__)
_REMOTE = replace(ServerOptions(), watch_seconds=None)


class MissingWebSocketsError(RuntimeError):
    """The library for WebSockets is not installed; the text says how to get it."""


def serve_stdio(server: RaceLensServer | None = None) -> int:
    """Serve the client at standard input and output; return the exit status.

    It is 0 after `shutdown`, else 1. Whatever else prints goes to standard error from here on.
    """
    incoming, outgoing = _take_standard_streams()
    return _run(server or create_server(), lambda own: _serve_streams(own, incoming, outgoing))


def serve_tcp(host: str, port: int, server: RaceLensServer | None = None) -> int:
    """Serve the first client that connects; return the exit status as `serve_stdio` does.

    Raises OSError where nothing can be served there.
    """
    return _run(server or create_server(options=_REMOTE), lambda own: _serve_tcp(own, host, port))


def serve_websocket(host: str, port: int, server: RaceLensServer | None = None) -> int:
    """Serve the first client that connects; return the exit status as `serve_stdio` does.

    Raises OSError where nothing can be served there, and MissingWebSocketsError where the extra
    "ws" is not installed.
    """
    try:
        websockets = importlib.import_module("websockets.asyncio.server")
    except ImportError:
        raise MissingWebSocketsError(
            "serving over WebSocket needs more libraries: pip install 'racelens[ws]'"
        ) from None
    server = server or create_server(options=_REMOTE)
    return _run(server, lambda own: _serve_websocket(own, websockets.serve, host, port))


def _run(server: RaceLensServer, serve: Serving) -> int:
    _log_to_standard_error()
    # Messages are answered while a text is analysed in another thread: in 2 ms instead of 9.
    sys.setswitchinterval(_SWITCH_SECONDS)

    async def main() -> None:
        await serve(server)

    try:
        asyncio.run(main())
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    except KeyboardInterrupt:
        return 130
    except (ConnectionError, EOFError) as error:
        _log.error("The connection to the client is lost: %s", error)
    finally:
        server.stop()
    return 0 if server.protocol.is_shut_down else 1


async def _serve_streams(server: RaceLensServer, incoming: int, outgoing: BinaryIO) -> None:
    """Read in a thread of its own: neither the loop nor any other thread is needed for it."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    feeder = threading.Thread(
        target=_feed, args=(incoming, reader, loop), name="standard input", daemon=True
    )
    feeder.start()
    server.protocol.set_writer(StdoutWriter(outgoing))
    await _talk(server, reader)


async def _serve_tcp(server: RaceLensServer, host: str, port: int) -> None:
    connected: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
    connected = asyncio.get_running_loop().create_future()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if connected.done():
            writer.close()
        else:
            connected.set_result((reader, writer))

    listener = await asyncio.start_server(accept, host, port)
    _announce(listener.sockets)
    reader, writer = await connected
    listener.close()
    server.protocol.set_writer(cast("AsyncWriter", writer))
    try:
        await _talk(server, reader)
    finally:
        writer.close()


async def _serve_websocket(
    server: RaceLensServer, serve: Callable[..., Any], host: str, port: int
) -> None:
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def accept(connection: Any) -> None:
        if server.protocol.writer is not None:
            return
        try:
            await run_websocket(connection, threading.Event(), server.protocol)
        finally:
            if not ended.done():
                ended.set_result(None)

    async with serve(accept, host, port) as listener:
        _announce(listener.sockets)
        await ended


async def _talk(server: RaceLensServer, reader: asyncio.StreamReader) -> None:
    """Handle messages until the client ends or the connection does."""
    never = threading.Event()
    try:
        await run_async(never, reader, server.protocol, error_handler=server.report_server_error)
    except ValueError as error:
        _log.error("What the client sends is not the protocol: %s", error)


def _feed(incoming: int, reader: asyncio.StreamReader, loop: asyncio.AbstractEventLoop) -> None:
    """Hand what arrives to the loop. Reads without Python's buffer, whose lock exit would want."""
    # The loop may have ended before this thread, which then has nobody to hand anything to.
    with contextlib.suppress(RuntimeError):
        with contextlib.suppress(OSError):
            while data := os.read(incoming, _CHUNK):
                loop.call_soon_threadsafe(reader.feed_data, data)
        loop.call_soon_threadsafe(reader.feed_eof)


def _take_standard_streams() -> tuple[int, BinaryIO]:
    """Return the protocol's ends, and keep prints and child processes away from them."""
    incoming, outgoing = os.dup(0), os.dup(1)
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a descriptor is wanted, no path
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    return incoming, os.fdopen(outgoing, "wb")


def _announce(listening: Iterable[socket]) -> None:
    for opened in listening:
        host, port, *_ = opened.getsockname()
        _log.info("Serving at %s:%s.", host, port)


def _log_to_standard_error() -> None:
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("pygls").setLevel(logging.WARNING)
