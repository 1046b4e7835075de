"""The baseline in an editor: known findings are not shown, and one can be made known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lsprotocol import types
from racelens.cli.main import main
from racelens.source.edit import TextEdit, apply_edits
from racelens.source.span import span
from racelens.source.text import SourceFile

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lsp.conftest import Editor

TITLE = "Add to the baseline"
EMPTY = '{\n  "version": 1,\n  "findings": []\n}\n'
UNAWAITED = """\
async def save(item):
    pass


async def main():
    save(1)


async def other():
    save(2)
"""
pytestmark = pytest.mark.asyncio


@pytest.fixture(name="project")
def project_folder(tmp_path: Path) -> Path:
    """Return a folder with two findings, whose settings name an empty baseline."""
    (tmp_path / "m.py").write_text(UNAWAITED)
    (tmp_path / "racelens.toml").write_text('baseline = "baseline.json"\nresolve = "own"\n')
    (tmp_path / "baseline.json").write_text(EMPTY)
    return tmp_path


def apply(file: Path, action: types.CodeAction) -> None:
    """Apply an action's edits, which are those of one file, to it."""
    assert action.edit
    (change,) = action.edit.document_changes or ()
    assert isinstance(change, types.TextDocumentEdit)
    identifier = change.text_document
    assert (identifier.uri, identifier.version) == (file.as_uri(), None)
    edits: list[TextEdit] = []
    for edit in change.edits:
        assert isinstance(edit, types.TextEdit)
        start, end = edit.range.start, edit.range.end
        place = span(start.line, start.character, end.line, end.character)
        edits.append(TextEdit("", place, edit.new_text))
    text = file.read_bytes().decode()
    file.write_bytes(apply_edits(SourceFile("", text), edits).encode())


@pytest.mark.parametrize("is_lazy", [True, False], ids=["resolved", "at once"])
async def test_findings_are_added_one_by_one_until_none_is_shown(
    editor: Editor, push: types.ClientCapabilities, project: Path, *, is_lazy: bool
) -> None:
    assert push.text_document
    assert push.text_document.code_action
    push.text_document.code_action.data_support = is_lazy
    baseline, uri = project / "baseline.json", (project / "m.py").as_uri()
    await editor.begin(push, folders=[project.as_uri()])
    editor.open(uri, UNAWAITED)
    first, _second = await editor.published(uri)
    whole = types.Range(types.Position(0, 0), types.Position(10, 0))
    offered = await editor.actions(uri, first.range, diagnostics=[first])
    assert [action.title for action in offered][-3:] == [
        "Suppress this finding",
        "Suppress missing-await in this file",
        TITLE,
    ]
    assert offered[-1].kind == "quickfix"
    assert (offered[-1].edit is None) == is_lazy
    own = [each for each in await editor.actions(uri, whole) if each.title == TITLE]
    assert len(own) == 2
    apply(baseline, await editor.resolve(own[0]))
    # Nothing has been analysed since, but what is offered fits the file as it is now.
    (other,) = [each for each in await editor.actions(uri, whole) if each.title == TITLE]
    apply(baseline, await editor.resolve(own[1] if is_lazy else other))
    editor.watched(baseline)
    await editor.shows(uri)
    expected = project / "expected.json"
    assert main(["check", "--quiet", "--write-baseline", str(expected), str(project)]) == 0
    assert baseline.read_bytes() == expected.read_bytes()


async def test_a_baseline_that_cannot_be_used_is_told_once_until_it_is_another(
    editor: Editor, push: types.ClientCapabilities, project: Path
) -> None:
    baseline, uri = project / "baseline.json", (project / "m.py").as_uri()
    baseline.unlink()
    await editor.begin(push, folders=[project.as_uri()])
    editor.open(uri, UNAWAITED)
    assert len(await editor.published(uri)) == 2
    await editor.until(lambda: len(editor.client.messages) == 1, "a message")
    assert editor.client.messages[0].type is types.MessageType.Warning
    assert f"`baseline`: {baseline}: does not exist; " in editor.client.messages[0].message
    assert len(await editor.published(uri, editor.replace(uri, f"\n{UNAWAITED}"))) == 2
    baseline.write_text("[")
    assert len(await editor.published(uri, editor.replace(uri, UNAWAITED))) == 2
    await editor.until(lambda: len(editor.client.messages) > 1, "a message")
    assert "is not JSON" in editor.client.messages[1].message
    assert len(editor.client.messages) == 2
