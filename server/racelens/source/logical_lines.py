r"""Where a logical line ends: physical lines go in, the line behind a statement comes out.

Strings, brackets and joined lines are followed; nothing is parsed, so broken text has an answer,
too. A string or bracket that seems to be open by mistake has no end: None says so.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Everything that decides where a line ends. A string in single quotes ends with its line.
_MARK = re.compile(
    r"""
      (?P<newline> \n )
    | (?P<comment> \#[^\n]* )
    | (?P<triple> \"{3} | '{3} )
    | (?P<string> " (?: [^\\"\n] | \\(?s:.) )* "? | ' (?: [^\\'\n] | \\(?s:.) )* '? )
    | (?P<open> [(\[{] )
    | (?P<close> [)\]}] )
    | (?P<joined> \\\n )
    """,
    re.VERBOSE,
)
_CLOSERS = {
    '"""': re.compile(r'(?:[^\\"]|\\(?s:.)|"(?!""))*"""'),
    "'''": re.compile(r"(?:[^\\']|\\(?s:.)|'(?!''))*'''"),
}
_WORD = re.compile(r"[^\W\d]")
# Words that begin a statement and stand in no bracket, a lambda's or comprehension's included.
_STATEMENT = re.compile(
    r"[ \t\f]*(?:def|class|async[ ]def|import|return|while|with|async[ ]with|try|except|finally"
    r"|raise|assert|del|global|nonlocal|pass|break|continue)\b"
)
_WORK = 20  # lines looked at for each line there is: what no end is found for stays linear


class LogicalLines:
    """The logical lines of a text."""

    def __init__(self, lines: Sequence[str]) -> None:
        """Look at `lines`, which are given without their endings."""
        self._text = "\n".join(lines)
        self._starts = [0, *accumulate(len(line) + 1 for line in lines)]
        self._count = len(lines)
        self._budget = _WORK * len(lines)
        self._unclosed: dict[str, int] = {}

    def end(self, first: int) -> int | None:
        """Return the line behind the logical line that begins at line `first`.

        None where a string or bracket is not closed, or closes where it cannot be meant to: a
        statement begins inside the bracket, or a word follows the closing quotes, as behind the
        opening ones of a docstring.
        """
        text = self._text
        position, line, depth = self._starts[first], first, 0
        while mark := _MARK.search(text, position):
            kind, position = mark.lastgroup, mark.end()
            if kind == "newline":
                line += 1
                if depth == 0:
                    return line
                if not self._may_go_on(position):
                    return None
            elif kind == "triple":
                closed = self._closed(mark[0], position)
                if closed is None:
                    return None
                line += text.count("\n", position, closed)
                position = closed
            elif kind == "open":
                depth += 1
            elif kind == "close":
                depth = max(0, depth - 1)
            else:
                line += mark[0].count("\n")
        return None if depth else self._count

    def _may_go_on(self, position: int) -> bool:
        self._budget -= 1
        return self._budget >= 0 and _STATEMENT.match(self._text, position) is None

    def _closed(self, quotes: str, position: int) -> int | None:
        """Return where the string that is open at `position` ends."""
        if position >= self._unclosed.get(quotes, len(self._text) + 1):
            return None
        closing = _CLOSERS[quotes].match(self._text, position)
        if closing is None:
            self._unclosed[quotes] = position
            return None
        is_long = "\n" in closing[0]
        if is_long and _WORD.match(self._text, closing.end()):
            return None
        return closing.end()
