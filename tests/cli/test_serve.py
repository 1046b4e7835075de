"""`racelens server`: which way of serving is taken, and how it ends."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, NoReturn

import pytest
from racelens.cli import serve
from racelens.cli.main import main
from racelens.lsp.serve import MissingWebSocketsError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """Serve nobody, and note what would have been served where."""
    calls: list[tuple[object, ...]] = []

    def serve_as(name: str, *place: object) -> int:
        calls.append((name, *place))
        return 0

    monkeypatch.setattr(serve, "serve_stdio", lambda: serve_as("stdio"))
    monkeypatch.setattr(serve, "serve_tcp", lambda host, port: serve_as("tcp", host, port))
    monkeypatch.setattr(serve, "serve_websocket", lambda host, port: serve_as("ws", host, port))
    return calls


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        ([], ("stdio",)),
        (["--stdio", "--clientProcessId=12"], ("stdio",)),
        (["--tcp", "localhost:2087"], ("tcp", "localhost", 2087)),
        (["--ws", "[::1]:0"], ("ws", "::1", 0)),
    ],
)
def test_the_options_say_where(
    served: list[tuple[object, ...]], arguments: list[str], place: tuple[object, ...]
) -> None:
    assert main(["server", *arguments]) == 0
    assert served == [place]


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (MissingWebSocketsError("needs more"), "racelens server: needs more\n"),
        (OSError(98, "Address already in use"), "racelens server: Address already in use\n"),
    ],
)
def test_what_cannot_be_served_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    line: str,
) -> None:
    def refuse(_host: str, _port: int) -> NoReturn:
        raise error

    monkeypatch.setattr(serve, "serve_websocket", refuse)
    assert main(["server", "--ws", "localhost:2087"]) == 2
    assert capsys.readouterr() == ("", line)


def test_a_client_that_leaves_ends_the_server(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "racelens", "server"],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, b"")
