"""What only jedi knows: it comes later, is shown by itself, and is asked again when it may change.

The library lies in a folder that is left out, so that our own inference does not see it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from lsprotocol import types

    from tests.lsp.conftest import Editor

FACTORY = """\
from library.client import Client


def connect(address):
    return Client(address)
"""
CLIENT = """\
class Client:
    def __init__(self, address):
        self.address = address

    async def send(self, message):
        return message
"""
APPLICATION = """\
from library.factory import connect


async def main():
    client = connect("localhost")
    client.send("hello")
"""
pytestmark = pytest.mark.asyncio


@pytest.fixture
def application(tmp_path: Path) -> Path:
    """Return a file that lacks an await, as only who looks into the library can see."""
    (tmp_path / "racelens.toml").write_text('exclude = ["library"]\n')
    library = tmp_path / "library"
    library.mkdir()
    for name, text in (("__init__", ""), ("factory", FACTORY), ("client", CLIENT)):
        (library / f"{name}.py").write_text(text)
    file = tmp_path / "application.py"
    file.write_text(APPLICATION)
    return file


def make_send_synchronous(client: Path) -> None:
    client.write_text(CLIENT.replace("async def", "def"))


@pytest.mark.parametrize("way", ["push", "pull"])
async def test_a_missing_await_across_packages_appears_by_itself(
    editor: Editor, application: Path, request: pytest.FixtureRequest, way: str
) -> None:
    capabilities: types.ClientCapabilities = request.getfixturevalue(way)
    await editor.begin(capabilities, folders=[application.parent.as_uri()])
    editor.open(application.as_uri(), APPLICATION)
    await editor.shows(application.as_uri(), "RL201")
    # It stays while another function is written: no moment without it is ever shown.
    version = editor.replace(application.as_uri(), f"import json\n\n\n{APPLICATION}")
    if way == "push":
        (item,) = await editor.published(application.as_uri(), version)
        assert item.range.start.line == 8
    else:
        (item,) = await editor.pulled(application.as_uri())
        assert item.range.start.line == 8


async def test_without_jedi_there_is_no_such_finding(
    editor: Editor, push: types.ClientCapabilities, application: Path
) -> None:
    editor.client.set_configuration({"resolve": "own"}, section="racelens")
    await editor.begin(push, folders=[application.parent.as_uri()])
    editor.open(application.as_uri(), APPLICATION)
    assert await editor.published(application.as_uri()) == []


async def test_jedi_is_asked_again_when_the_library_changes(
    editor: Editor, push: types.ClientCapabilities, application: Path
) -> None:
    await editor.begin(push, folders=[application.parent.as_uri()])
    editor.open(application.as_uri(), APPLICATION)
    await editor.shows(application.as_uri(), "RL201")
    client = application.parent / "library" / "client.py"
    make_send_synchronous(client)
    editor.watched(client)
    await editor.shows(application.as_uri())
