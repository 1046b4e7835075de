"""What stands in for a statement that cannot be read: its text in, readable text out."""

from __future__ import annotations

import re
from keyword import iskeyword
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEFINITION = re.compile(r"(async\s+)?\b(def|class)\s+([^\W\d]\w*)(?:\s*\(\s*([^\W\d]\w*))?")
_AWAITS = re.compile(r"\bawait\b")
_ASSIGNS = re.compile(r"\s*((?:[^\W\d]\w*\.)*[^\W\d]\w*)\s*(?::[^=\n]*)?=(?!=)")
_LOOP_OR_CONTEXT = re.compile(r"(async\s+)?(for|with)\b")
_PLACEHOLDERS = {
    "try": "try:",
    "elif": "elif _:",
    "else": "else:",
    "except": "except:",
    "finally": "finally:",
    "while": "while _:",
    "match": "match _:",
    "case": "case _:",
}


def header_placeholders(header: str) -> Iterator[str]:
    """Yield headers that can stand for `header`, the likest first."""
    definition = _DEFINITION.search(header)
    if definition is not None and first_word(header) not in _PLACEHOLDERS:
        is_async, kind, name, receiver = definition.groups()
        if kind == "class":
            yield f"class {name}:"
        else:
            yield f"{is_async or ''}def {name}({receiver or 'self'}, *_):"
            yield f"{is_async or ''}def {name}(*_):"
    context = _LOOP_OR_CONTEXT.match(header)
    if context is not None:
        rest = "for _ in _:" if context[2] == "for" else "with _:"
        yield f"{context[1] or ''}{rest}"
    yield _PLACEHOLDERS.get(first_word(header), "if _:")
    yield "if _:"


def stand_in(text: str) -> str:
    """Return a statement that assigns and suspends as `text` does, for what others know of it."""
    value = "await _" if _AWAITS.search(text) else ""
    assigned = _ASSIGNS.match(text)
    if assigned is not None and not any(map(iskeyword, assigned[1].split("."))):
        return f"{assigned[1]} = {value or '_'}"
    return value or "pass"


def first_word(text: str) -> str:
    """Return the first word of `text`; "" where there is none."""
    match = re.match(r"\s*(\w+)", text)
    return match[1] if match else ""
