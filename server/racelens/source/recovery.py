"""Broken syntax in one chunk: the statements that cannot be read are replaced, the rest is parsed.

Lines of text go in, a tree and the numbers of the replaced lines come out. Indentation shows where
statements end, so the damage stays in the statement that has it: a statement is parsed on its own;
one that cannot be is taken apart into its header and the statements below. What still cannot be
read gives way to a placeholder in its place, so that all other lines keep numbers and columns.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from racelens.source.logical_lines import LogicalLines
from racelens.source.named_tuple import NamedTuple
from racelens.source.placeholders import first_word, header_placeholders, stand_in
from racelens.source.syntax_tree import is_readable, read
from racelens.source.versions import older_spelling

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

_CONTINUES = re.compile(r"(?:elif|else|except|finally|case)\b")
_COMPOUND = re.compile(
    r"(?:async|class|def|elif|else|except|finally|for|if|match|case|try|while|with)\b"
)
# What must stand before a clause, or behind it, for it to be a statement.
_BEFORE = {
    "elif": "if _: pass\n",
    "else": "if _: pass\n",
    "except": "try: pass\n",
    "finally": "try: pass\n",
}
_MAX_NESTING = 95  # of blocks; Python refuses 100
_BLANK = " \t\f"
_UNTEXT = re.compile(r"[\0\ud800-\udfff]")  # what no Python source may hold


class Mended(NamedTuple):
    """What could be read of a broken chunk.

    `broken` holds the replaced lines; `newer` those of them that a newer Python reads, with its
    version. `error` is what is wrong with the text, newer syntax aside; None where nothing is.
    """

    tree: ast.Module
    broken: frozenset[int]
    newer: tuple[tuple[int, str], ...]
    error: Exception | None


def mend(text: str, error: Exception) -> Mended | None:
    """Return what can be read of `text`, which `ast.parse` refuses with `error`.

    None where even that cannot be parsed: too much nesting.
    """
    lines = re.split(r"\r\n|\n|\r", text)
    mender = _Mender(lines)
    mender.block(0, len(lines), "", 0)
    tree = read("\n".join(mender.lines)).tree
    if tree is None:
        return None
    newer = tuple(sorted(mender.newer.items()))
    found = read("\n".join(mender.spelled(lines))).error if newer else error
    return Mended(tree, frozenset(mender.broken), newer, found)


class _Clause(NamedTuple):
    """A header and the deeper lines below it: `if`, `else`, or a statement that has no such."""

    first: int
    body: int
    last: int


class _Mender:
    """Replaces in `lines` what cannot be parsed."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = [_UNTEXT.sub(" ", line) if _is_comment(line) else line for line in lines]
        self.broken: set[int] = set()
        self.newer: dict[int, str] = {}
        self._spelled: dict[int, str] = {}
        self._logical = LogicalLines(lines)
        self._indents = [_indentation(line) for line in lines]

    def spelled(self, lines: list[str]) -> list[str]:
        """Return `lines` with what is newer than this Python in an older spelling."""
        return [self._spelled.get(number, line) for number, line in enumerate(lines)]

    def block(self, first: int, last: int, outer: str, nesting: int) -> None:
        """Make the statements of the lines from `first` to `last` readable, one by one.

        `outer` is the margin of the header above, which theirs must begin with.
        """
        first = self._next_code(first, last)
        if first == last:
            return
        margin = self._common_margin(first, last)
        if not nesting and margin.strip("\f"):
            self._shift(first, last, len(margin), "")
            margin = ""
        elif nesting and not (margin.startswith(outer) and margin != outer):
            self._shift(first, last, len(margin), f"{outer} ")
            margin = f"{outer} "
        for start, end in self._statements(first, last, margin):
            self._indent(start, margin)
            self._statement(start, end, nesting)

    def _common_margin(self, first: int, last: int) -> str:
        """Return the margin of a block: that of its first line, unless the others have another."""
        own = self._indents[first]
        below = self._next_code(self._logical_end(first, last), last)
        others = [self._indents[number] for number in self._logical_starts(below, last)]
        least = min(others, default=own)
        if least > own and not self._begins_block(first):
            is_alone = True
        elif least > own:
            # A header's body is deeper; it ends where something less deep follows.
            is_alone = least < self._indents[below] and others.count(least) > 1
        else:
            is_alone = others.count(least) > others.count(own) + 1
        base = least if is_alone else own
        lines = (first, *self._logical_starts(below, last))
        return next(_margin(self.lines[line]) for line in lines if self._indents[line] == base)

    def _logical_starts(self, number: int, last: int) -> Iterator[int]:
        while number < last:
            if self.lines[number].lstrip(_BLANK)[0] not in ")]}":
                yield number
            number = self._next_code(self._logical_end(number, last), last)

    def _begins_block(self, number: int) -> bool:
        line = self.lines[number].lstrip(_BLANK)
        return bool(_COMPOUND.match(line)) or line[0] == "@" or self._code(number).endswith(":")

    def _indent(self, number: int, margin: str) -> None:
        if _margin(self.lines[number]) != margin:
            self._replace(number, margin + self.lines[number].lstrip(_BLANK))

    def _shift(self, first: int, last: int, old: int, margin: str) -> None:
        """Give the lines of a block another margin, in place of one that is `old` characters."""
        for number in range(first, last):
            line = self.lines[number]
            if line.strip(_BLANK):
                self._replace(number, margin + line[min(old, len(_margin(line))) :])

    def _statements(self, first: int, last: int, margin: str) -> Iterator[tuple[int, int]]:
        """Yield the first line of each statement of a block, and the line behind it.

        The line `first` holds code; `margin` is that of the block.
        """
        number = start = first
        base = _indentation(margin + "x")
        decorates = False
        while number < last:
            line = self.lines[number].lstrip(_BLANK)
            end = self._logical_end(number, last)
            following = self._next_code(end, last)
            if self._begins_statement(number, following, last, base, is_first=number == start):
                if not decorates and number > start:
                    yield start, number
                    start = number
                is_header = following < last and self._indents[following] > base
                decorates = line[0] == "@" and not is_header
            number = following
        yield start, last

    def _begins_statement(
        self, number: int, following: int, last: int, base: int, *, is_first: bool
    ) -> bool:
        line = self.lines[number].lstrip(_BLANK)
        indent = self._indents[number]
        if indent > base or line[0] in ")]}" or is_first:
            return False
        if indent == base and _CONTINUES.match(line):
            return False
        # A line that lost its margin, in the middle of the block above.
        is_stray = (
            following < last
            and self._indents[following] > base
            and not self._begins_block(number)
            and is_readable("\n".join([line, *self.lines[number + 1 : following]]))
        )
        return not is_stray

    def _next_code(self, number: int, last: int) -> int:
        while number < last and self.lines[number].lstrip(_BLANK)[:1] in {"", "#"}:
            number += 1
        return number

    def _logical_end(self, number: int, last: int) -> int:
        end = self._logical.end(number)
        return number + 1 if end is None or end > last else end

    def _statement(self, first: int, last: int, nesting: int) -> None:
        if self._is_readable(first, last):
            return
        if nesting >= _MAX_NESTING:
            self._placeholder(first, last)
            return
        if self._is_decorated(first, last):
            self._decorated(first, last, nesting)
            return
        clauses = self._clauses(first, last)
        if len(clauses) == 1 and not self._is_compound(clauses[0]):
            self._simple(clauses[0], nesting)
            return
        for clause in clauses:
            self.block(clause.body, clause.last, _margin(self.lines[clause.first]), nesting + 1)
        if self._is_readable(first, last):
            return
        for clause in clauses:
            if not self._is_header(clause):
                self._replace_header(clause)
        if not self._is_readable(first, last):
            for clause in clauses:
                self._put_header(clause, "if _:")

    def _is_decorated(self, first: int, last: int) -> bool:
        following = self._next_code(self._logical_end(first, last), last)
        is_below = following < last and self._indents[following] > self._indents[first]
        return self.lines[first].lstrip(_BLANK)[0] == "@" and not is_below

    def _decorated(self, first: int, last: int, nesting: int) -> None:
        """Read decorators one by one, and what they decorate by itself."""
        margin = _margin(self.lines[first])
        number = first
        while number < last and self.lines[number].lstrip(_BLANK)[0] == "@":
            end = self._logical_end(number, last)
            self._indent(number, margin)
            if not self._reads(number, end, f"\n{margin}def _(): pass"):
                self._placeholder(number, end)
            number = self._next_code(end, last)
        if number < last:
            self._indent(number, margin)
            self._statement(number, last, nesting)
        if not self._is_readable(first, last):  # nothing that can be decorated
            self._placeholder(first, number)

    def _clauses(self, first: int, last: int) -> list[_Clause]:
        """Take a statement apart: its header and body, then those of `else` and the like."""
        base = self._indents[first]
        starts, bodies = [first], [0]
        number = first
        while number < last:
            line = self.lines[number].lstrip(_BLANK)
            is_deeper = self._indents[number] > base
            is_clause = not is_deeper and _CONTINUES.match(line) is not None
            if number > first and is_clause:
                starts.append(number)
                bodies.append(0)
            end = self._logical_end(number, last)
            if number == first or is_clause or (not is_deeper and line[0] in ")]}"):
                bodies[-1] = end
            number = self._next_code(end, last)
        ends = [*starts[1:], last]
        return [_Clause(*parts) for parts in zip(starts, bodies, ends, strict=True)]

    def _is_compound(self, clause: _Clause) -> bool:
        line = self.lines[clause.first].lstrip(_BLANK)
        has_body = self._next_code(clause.body, clause.last) < clause.last
        if _COMPOUND.match(line):
            return has_body or not line.startswith("match") or line.rstrip().endswith(":")
        return has_body and self._code(clause.body - 1).endswith(":")

    def _code(self, number: int) -> str:
        return self.lines[number].partition("#")[0].rstrip()

    def _simple(self, clause: _Clause, nesting: int) -> None:
        """Replace a statement without a body; lines that are only indented too far are kept."""
        following = self._next_code(clause.body, clause.last)
        if following == clause.last or not self._is_readable(clause.first, clause.body):
            if not self._reads(clause.first, clause.last):
                self._placeholder(clause.first, clause.last)
            return
        margin = _margin(self.lines[clause.first])
        self._shift(following, clause.last, len(_margin(self.lines[following])), margin)
        for start, end in self._statements(following, clause.last, margin):
            self._indent(start, margin)
            self._statement(start, end, nesting + 1)

    def _is_header(self, clause: _Clause) -> bool:
        """Say whether the header of a clause can be read, whatever stands below and around it."""
        return is_readable(self._header_as_statement(clause, self._header(clause)))

    def _header(self, clause: _Clause) -> str:
        return "\n".join(self.lines[clause.first : clause.body])

    def _header_as_statement(self, clause: _Clause, header: str) -> str:
        margin = _margin(self.lines[clause.first])
        word = first_word(header)
        before = f"{margin}{_BEFORE[word]}" if word in _BEFORE else ""
        has_body = self._next_code(clause.body, clause.last) < clause.last
        if word == "match" and has_body:
            below = f"\n{margin} case _: pass"
        else:
            below = f"\n{margin} pass" if has_body else ""
        behind = f"\n{margin}finally: pass" if word == "try" else ""
        return _wrapped(f"{before}{header}{below}{behind}", is_case=word == "case")

    def _replace_header(self, clause: _Clause) -> None:
        """Put what is sure to be read in the place of a header: a definition keeps its name."""
        header = self._header(clause)
        spelled = older_spelling(
            header, lambda text: is_readable(self._header_as_statement(clause, text))
        )
        if spelled is not None:
            self._put_spelling(clause.first, *spelled)
            return
        for placeholder in header_placeholders(header.lstrip(_BLANK)):
            self._put_header(clause, placeholder)
            if self._is_header(clause):
                return

    def _put_header(self, clause: _Clause, placeholder: str) -> None:
        header = self._header(clause)
        has_body = self._next_code(clause.body, clause.last) < clause.last
        below = "" if has_body else f" {stand_in(header)}"
        self._replace(clause.first, f"{_margin(header)}{placeholder}{below}")
        for number in range(clause.first + 1, clause.body):
            self._replace(number, "")

    def _reads(self, first: int, last: int, behind: str = "") -> bool:
        """Say whether lines, with `behind`, can be read; spell them the older way if need be."""
        text = "\n".join(self.lines[first:last])
        if is_readable(_wrapped(text + behind)):
            return True
        spelled = older_spelling(text, lambda new: is_readable(_wrapped(new + behind)))
        if spelled is not None:
            self._put_spelling(first, *spelled)
        return spelled is not None

    def _put_spelling(self, first: int, text: str, version: str) -> None:
        for number, line in enumerate(text.split("\n"), first):
            if line != self.lines[number]:
                self._spelled[number] = line
                self._replace(number, line)
        self.newer[first] = version

    def _placeholder(self, first: int, last: int) -> None:
        """Put a statement that does nothing, or only suspends, in the place of some lines."""
        text = "\n".join(self.lines[first:last])
        self._replace(first, _margin(text) + stand_in(text))
        for number in range(first + 1, last):
            if self.lines[number].strip(_BLANK):
                self._replace(number, "")

    def _replace(self, number: int, line: str) -> None:
        self.lines[number] = line
        self._indents[number] = _indentation(line)
        self.broken.add(number)

    def _is_readable(self, first: int, last: int) -> bool:
        text = "\n".join(self.lines[first:last])
        if is_readable(_wrapped(text, is_case=first_word(text) == "case")):
            return True
        return is_readable(_wrapped(text))


def _is_comment(line: str) -> bool:
    return line.lstrip(_BLANK).startswith("#")


def _wrapped(text: str, *, is_case: bool = False) -> str:
    """Return `text` as a file: below a header where it is indented, or is a case of a `match`."""
    if not _indentation(text):
        return text
    return f"match _:\n{text}" if is_case else f"if _:\n{text}"


def _margin(text: str) -> str:
    return text[: len(text) - len(text.lstrip(_BLANK))]


def _indentation(line: str) -> int:
    """Return the column at which `line` begins as Python's tokenizer counts."""
    column = 0
    for character in line:
        if character == " ":
            column += 1
        elif character == "\t":
            column = column // 8 * 8 + 8
        elif character == "\f":
            column = 0
        else:
            break
    return column
