"""Formatted strings as Python 3.12 reads them (PEP 701): one text in, one without them out.

They may hold any expression, with quotes and backslashes of its own, where older Pythons see the
string's end. Only older Pythons need this.
"""

from __future__ import annotations

import re

from racelens.source.named_tuple import NamedTuple
from racelens.source.syntax_tree import is_readable

_STRING = re.compile(
    r"""
      (?P<comment> \#[^\n]* )
    | (?P<prefix> (?<!\w) [a-zA-Z]{1,2} )? (?P<quotes> \"{3} | '{3} | " | ' )
    """,
    re.VERBOSE,
)
_ENDS = {
    '"""': re.compile(r'(?:[^\\"]|\\(?s:.)|"(?!""))*"""'),
    "'''": re.compile(r"(?:[^\\']|\\(?s:.)|'(?!''))*'''"),
    '"': re.compile(r'(?:[^\\"\n]|\\(?s:.))*"'),
    "'": re.compile(r"(?:[^\\'\n]|\\(?s:.))*'"),
}
# In a literal part: an escape, a doubled brace. Behind a backslash a brace keeps its meaning.
_LITERAL = re.compile(r"\\N\{[^{}\n]*\}|\\(?![{}])(?s:.)|\{\{|\}\}|[^{}]")
_IN_FIELD = re.compile(r"""[^\]\[(){}:!#'"a-zA-Z]+|![=]|\w+(?!['"\w])|(?s:.)""")
_CONVERSION = re.compile(r"\s*![sra]\s*(?=[:}])")
_MAX_NESTING = 30


class _InvalidError(Exception):
    """No version reads the text as a formatted string."""


class _Part(NamedTuple):
    """What a part of the text is replaced by, and where it ends."""

    text: str
    end: int


def without_fields(text: str, kind: str) -> str:
    """Return `text` with an empty string for each of its formatted strings.

    Lines stay. `kind` is "f" or "t", the letter of the prefix. A text with a formatted string that
    is invalid in every version is returned as it is.
    """
    pieces: list[str] = []
    position = 0
    try:
        while match := _STRING.search(text, position):
            part = _string(text, match, kind, 0)
            pieces += (text[position : match.start()], part.text)
            position = part.end
    except _InvalidError:
        return text
    return "".join((*pieces, text[position:]))


def _string(text: str, match: re.Match[str], kind: str, nesting: int) -> _Part:
    """Return what replaces the comment or string that `match` begins."""
    if match["comment"]:
        return _Part(match[0], match.end())
    if kind in (match["prefix"] or "").lower():
        end = _formatted(text, match.end(), match["quotes"], kind, nesting)
        lines = text.count("\n", match.start(), end)
        return _Part("'''" + "\n" * lines + "'''", end)
    closing = _ENDS[match["quotes"]].match(text, match.end())
    end = closing.end() if closing else match.end()
    return _Part(text[match.start() : end], end)


def _formatted(text: str, position: int, quotes: str, kind: str, nesting: int) -> int:
    """Return the end of the formatted string whose content begins at `position`."""
    if nesting > _MAX_NESTING:
        raise _InvalidError
    while position < len(text):
        if text.startswith(quotes, position):
            return position + len(quotes)
        if text[position] == "\n" and len(quotes) == 1:
            break
        literal = _LITERAL.match(text, position)
        if literal is not None:
            position = literal.end()
        elif text[position] == "\\":
            position += 1
        else:
            position = _field(text, position, kind, nesting)
    raise _InvalidError


def _field(text: str, position: int, kind: str, nesting: int) -> int:
    """Return the end of the replacement field that begins at `position`."""
    if text[position] != "{":
        raise _InvalidError
    expression = _expression(text, position + 1, kind, nesting)
    position = expression.end
    written = expression.text.rstrip()
    value = written.removesuffix("=")  # `{value=}` shows its own text
    if not value.strip() or not is_readable(f"({value}\n)"):
        raise _InvalidError
    conversion = _CONVERSION.match(text, position)
    if conversion is not None:
        position = conversion.end()
    if text[position : position + 1] == ":":
        position = _format(text, position + 1, kind, nesting)
    if text[position : position + 1] != "}":
        raise _InvalidError
    return position + 1


def _format(text: str, position: int, kind: str, nesting: int) -> int:
    """Return where the format that begins at `position` ends: at its field's brace."""
    while position < len(text) and text[position] != "}":
        if text[position] == "{":
            position = _field(text, position, kind, nesting + 1)
        else:
            position += 1
    return position


def _expression(text: str, position: int, kind: str, nesting: int) -> _Part:
    """Return the expression of a field, formatted strings in it replaced."""
    pieces: list[str] = []
    depth = 0
    while position < len(text):
        match = _STRING.match(text, position)
        if match is not None:
            part = _string(text, match, kind, nesting + 1)
            pieces.append(part.text)
            position = part.end
            continue
        piece = _IN_FIELD.match(text, position)
        assert piece is not None
        mark = piece[0]
        if depth == 0 and mark in {"}", ":", "!"}:
            break
        depth += (mark in {"(", "[", "{"}) - (mark in {")", "]", "}"})
        pieces.append(mark)
        position = piece.end()
    return _Part("".join(pieces), position)
