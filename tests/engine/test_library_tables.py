"""The user's own tables of library facts: from the settings file to the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from racelens.cli.main import main
from racelens.engine.configuration import load_settings
from racelens.engine.library_tables import read_tables
from racelens.engine.session import Session
from racelens.engine.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

HANDLERS = """\
import asyncio

from courier import Courier

courier = Courier()
pool = None


@courier.route("/")
async def index():
    global pool
    if pool is None:
        pool = await asyncio.open_connection("localhost", 80)
    return pool
"""
TABLE = """\
library = "courier"
versions = ">=2"
source = "https://courier.example/handlers"

[calls]
"courier.Courier.route" = { entry = "many" }
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with handlers of a library that nobody else knows."""
    (tmp_path / "handlers.py").write_text(HANDLERS)
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts/courier.toml").write_text(TABLE)
    (tmp_path / "racelens.toml").write_text('libraries = ["facts/courier.toml"]\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return tmp_path


def test_a_table_makes_a_handler_of_a_function(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--resolve", "own", "."]) == 1
    out, err = capsys.readouterr()
    assert "@courier.route runs index() for each call, several at a time" in out
    assert err == ""
    (project / "racelens.toml").write_text("")
    assert main(["check", "--resolve", "own", "."]) == 0


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (TABLE.replace("many", "often"), "calls.courier.Courier.route: entry must be one of"),
        ("calls = [", "is not TOML: "),
        ("\udcff", "is not UTF-8 text"),
        (None, "cannot be read (No such file or directory)"),
    ],
)
def test_a_bad_table_is_told_and_the_rest_is_scanned(
    project: Path, capsys: pytest.CaptureFixture[str], table: str | None, message: str
) -> None:
    place = project / "facts/courier.toml"
    place.unlink()
    if table is not None:
        place.write_bytes(table.encode("utf-8", "surrogateescape"))
    arguments = ["check", "--resolve", "own", "--confidence", "possible", "."]
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert "double-initialization" in out
    assert err.startswith(f"racelens: {place}: ")
    assert message in err
    assert err.count("\n") == 1


def test_the_same_text_is_the_same_table(project: Path) -> None:
    path = str(project / "facts/courier.toml")
    assert read_tables([path]) == read_tables([path])


def test_paths_start_at_the_settings_file(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    settings, messages = load_settings(project / "racelens.toml")
    assert messages == ()
    assert settings.libraries == (str(project / "facts/courier.toml"),)


def test_a_session_links_anew_with_other_tables(project: Path) -> None:
    session = Session(Settings(resolve="own"))
    assert session.analyse("handlers.py", HANDLERS, 1).findings == ()
    path = str(project / "facts/courier.toml")
    session.configure(Settings(resolve="own", libraries=(path,)))
    (found,) = session.analyse("handlers.py", HANDLERS, 2).findings
    assert found.confidence.label == "likely"
