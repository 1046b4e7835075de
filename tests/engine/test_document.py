"""A text of which only comments have changed tells the same: nothing is looked for again."""

from __future__ import annotations

import pytest
from racelens.engine.document import Document
from racelens.engine.session import Session
from racelens.engine.settings import Settings
from racelens.findings.levels import Confidence
from racelens.source.edit import apply_edits
from racelens.source.text import SourceFile

SETTINGS = Settings(confidence=Confidence.POSSIBLE, resolve="own")
TEXT = """\
import asyncio


class Account:
    # What is left.
    def __init__(self):
        self.balance = 0  # in cents

    async def pay(self, amount):
        # Pays `amount`.
        old = self.balance  # what was left
        await asyncio.sleep(0)
        self.balance = old - amount
        return asyncio.create_task(self.tell())

    async def tell(self):
        print(self.balance)
"""


def tells_the_same(before: str, after: str) -> bool:
    """Say whether a document whose text was `before` tells the very same with `after`."""
    document = Document(SourceFile("account.py", ""), None, None, SETTINGS)
    told = document.read(before)
    return document.read(after) is told


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# Pays `amount`.", "# Pays `amount` to whoever asks."),
        ("# What is left.", "#"),
        ("# in cents", "# in tenths of a cent"),
        ("# Pays", "# racelens: ignore  # Pays"),
        ("        # Pays `amount`.\n", "\n"),
    ],
)
def test_other_comments_tell_the_same(old: str, new: str) -> None:
    assert tells_the_same(TEXT, TEXT.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("        # Pays `amount`.\n", "", id="a line less"),
        pytest.param("import asyncio\n", "import asyncio\n\n", id="a line more"),
        pytest.param("self.balance = 0 ", "self.balance = 1 ", id="another value"),
        pytest.param("old - amount", "old  - amount", id="another column"),
        pytest.param("return asyncio", "x    = asyncio", id="what becomes of a value"),
        pytest.param("async def tell", "      def tell", id="no coroutine function"),
        pytest.param("def pay", "def pax", id="another name"),
        pytest.param("# Pays `amount`.", "Pays `amount`.", id="a comment no more"),
    ],
)
def test_other_code_does_not(old: str, new: str) -> None:
    assert not tells_the_same(TEXT, TEXT.replace(old, new))


def test_comments_that_suppress_are_read_anew() -> None:
    suppressed = TEXT.replace("sleep(0)", "sleep(0)  # racelens: ignore")
    session, found = Session(SETTINGS), [1, 0, 1]
    for version, (text, count) in enumerate(zip((TEXT, suppressed, TEXT), found, strict=True)):
        findings = session.analyse("/account.py", text, version).findings
        assert len([each for each in findings if each.code == "RL101"]) == count


def test_fixes_are_those_of_the_text_as_it_is_now() -> None:
    session = Session(SETTINGS)
    for version, comment in enumerate(("# what was left", "# what there was")):
        text = TEXT.replace("# what was left", comment)
        found = session.analyse("/account.py", text, version).findings
        lost = next(each for each in found if each.code == "RL101")
        session.fixes("/account.py", lost)
        source = SourceFile("/account.py", text)
        edits = [
            session.fix_all("/account.py"),
            *(fix.edits for fix in session.fixes("/account.py", lost)),
        ]
        assert all(comment in apply_edits(source, each) for each in edits)
