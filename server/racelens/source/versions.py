"""Syntax that is newer than the running interpreter: it is said, not taken for broken.

A text that this Python cannot read goes in, an older spelling of it that this Python can read comes
out, with the version that reads the text as it stands. So what is merely broken is not excused.
"""

from __future__ import annotations

import ast
import re
import sys
from typing import TYPE_CHECKING

from racelens.source.formatted_strings import without_fields
from racelens.source.named_tuple import NamedTuple
from racelens.source.syntax_tree import read

if TYPE_CHECKING:
    from collections.abc import Callable


class Spelling(NamedTuple):
    """A text as an older Python reads it, with as many lines, and the version that it needs."""

    text: str
    version: str


def older_spelling(text: str, is_accepted: Callable[[str], bool]) -> Spelling | None:
    """Return an older spelling of `text`, which `is_accepted` refuses as it stands.

    None where there is none. Only versions newer than the running one are named.
    """
    for version, rewrite in _REWRITES:
        if version > sys.version_info[:2]:
            older = rewrite(text)
            if older != text and is_accepted(older):
                return Spelling(older, ".".join(map(str, version)))
            text = older
    return None


_EXCEPT_GROUP = re.compile(r"(?m)^([ \t\f]*except)[ \t]*\*[ \t]*(?=[\w(])")
_UNPACKED = re.compile(r"([\[,]\s*|\*\w+\s*:\s*)\*(?=[\w(])")


def _before_3_11(text: str) -> str:
    """Undo PEP 654, `except*`, and PEP 646, `a[*b]` and `*args: *Ts`."""
    return _UNPACKED.sub(r"\1", _EXCEPT_GROUP.sub(r"\1 ", text))


def _before_3_12(text: str) -> str:
    """Undo PEP 695, `class A[T]` and `type A = B`, and PEP 701, any text in an f-string."""
    return without_fields(_without_type_parameters(text, with_defaults=False), "f")


def _before_3_13(text: str) -> str:
    """Undo PEP 696, defaults of type parameters."""
    return _without_type_parameters(text, with_defaults=True)


_EXCEPT_LIST = re.compile(r"(?m)^([ \t\f]*except\s+)([^\s:#(][^:#()]*,[^:#()]*)(?=:)")
_CLASS_NAME = re.compile(r"\s*(?:[A-Z]\w*|\w+(?:\.\w+)+)\s*")


def _before_3_14(text: str) -> str:
    """Undo PEP 758, `except A, B:`, and PEP 750, t-strings."""
    return without_fields(_EXCEPT_LIST.sub(_parenthesized, text), "t")


# What each version added that older ones refuse, by its "What's New" page
# (https://docs.python.org/3/whatsnew/).
_REWRITES: tuple[tuple[tuple[int, int], Callable[[str], str]], ...] = (
    ((3, 11), _before_3_11),
    ((3, 12), _before_3_12),
    ((3, 13), _before_3_13),
    ((3, 14), _before_3_14),
)


def _parenthesized(match: re.Match[str]) -> str:
    names = match[2].split(",")
    # `except OSError, error:` is Python 2: what it names second is no class.
    if not all(_CLASS_NAME.fullmatch(name) for name in names):
        return match[0]
    return f"{match[1]}({match[2]})"


_HEAD = re.compile(
    r"(?m)^(?P<margin>[ \t\f]*)"
    r"(?:(?P<kind>(?:async[ \t]+)?def|class)[ \t]+(?P<name>\w+)\s*(?=\[)"
    r"|type[ \t]+(?P<alias>\w+)\s*(?=[\[=]))"
)
_BRACKET = re.compile(r"""[\[\](){}]|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#[^\n]*""")


def _without_type_parameters(text: str, *, with_defaults: bool) -> str:
    pieces: list[str] = []
    done = 0
    for match in _HEAD.finditer(text):
        end = match.end()
        if text[end] == "[":
            closed = _closing_bracket(text, end)
            if not _are_type_parameters(text[end + 1 : closed], with_defaults=with_defaults):
                continue
            end = closed + 1
        head = f"{match['kind']} {match['name']}" if match["kind"] else match["alias"]
        joined = "\\\n" * text.count("\n", match.start(), end)
        pieces += (text[done : match.start()], match["margin"], head, joined)
        done = end
    return "".join((*pieces, text[done:]))


def _closing_bracket(text: str, start: int) -> int:
    """Return where the bracket at `start` is closed; the text's end if it is not."""
    depth = 0
    for match in _BRACKET.finditer(text, start):
        depth += (match[0] in "([{") - (match[0] in ")]}")
        if depth == 0:
            return match.start()
    return len(text)


def _are_type_parameters(text: str, *, with_defaults: bool) -> bool:
    plain = re.sub(r"(?:^|(?<=,))(\s*)\*{1,2}", r"\1", text)
    tree = read(f"def _({plain}\n): pass").tree
    if tree is None or not isinstance(definition := tree.body[0], ast.FunctionDef):
        return False
    arguments = definition.args
    is_list = bool(arguments.args) and not (arguments.kwonlyargs or arguments.posonlyargs)
    return is_list and (with_defaults or not arguments.defaults)
