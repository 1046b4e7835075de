r"""Which entries of a folder are left out: the patterns of `.gitignore` files and of `exclude`.

As git does, each entry is judged where it stands, the last pattern that fits it decides, the
deepest file of patterns decides first, and nothing below a folder that is left out is looked at.
The patterns are those of https://git-scm.com/docs/gitignore, but for POSIX classes in brackets.
What is not here: git's global excludes file, which would make one project two on two machines.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FILE_NAME = ".gitignore"

_TOKEN = re.compile(
    r"""(?P<deep> (?<=/) \*\*/ )
      | (?P<inside> (?<=/) \*\* $ )
      | (?P<star> \*+ )
      | (?P<any> \? )
      | \\ (?P<escaped> . )
      | \[ (?P<negated> [!^]? ) (?P<set> \]? (?: \\. | [^\]\\] )* ) \]
      | (?P<broken> [\[\\] )
      | (?P<plain> . )""",
    re.VERBOSE | re.DOTALL,
)
_TRANSLATED = {"deep": "(?:.*/)?", "inside": ".+", "star": "[^/]*", "any": "[^/]"}
_IN_SET = re.compile(r"\\(.)|(.)", re.DOTALL)


class InvalidPatternError(ValueError):
    """A pattern that fits nothing, in git's reading."""


class _Pattern(NamedTuple):
    number: int
    leaves_out: bool
    folders_only: bool
    fits: re.Pattern[str]


class PatternList:
    """The patterns of one file, which hold for the entries below the folder `base` (absolute).

    Most patterns look at an entry's name alone: their answers are kept by name, since a project
    has far fewer names than paths. The others are asked for the path below `base`.
    """

    def __init__(self, base: str, lines: Sequence[str]) -> None:
        self._skipped = len(os.path.join(base, "")) - 1
        self._for_names: list[_Pattern] = []
        self._for_paths: list[_Pattern] = []
        self._by_name: dict[tuple[str, bool], tuple[int, bool]] = {}
        for number in reversed(range(len(lines))):
            self._add(number, _trimmed(lines[number]))

    def _add(self, number: int, line: str) -> None:
        body = line.removeprefix("!")
        text = body.removesuffix("/")
        anchored = "/" in text
        if text in {"", "/"} or line.startswith("#"):
            return
        try:
            fits = re.compile(_translated(f"/{text.removeprefix('/')}" if anchored else text))
        except (InvalidPatternError, re.error):
            return  # as git does, a pattern that fits nothing is passed over
        patterns = self._for_paths if anchored else self._for_names
        patterns.append(_Pattern(number, body is line, body.endswith("/"), fits))

    def verdict(self, absolute: str, name: str, *, is_folder: bool) -> bool | None:
        """Say whether the entry is left out; None where no pattern fits it.

        `absolute` is its path, and `name` the last part of it.
        """
        decided = self._by_name.get((name, is_folder))
        if decided is None:
            decided = _last_that_fits(self._for_names, name, is_folder=is_folder)
            self._by_name[name, is_folder] = decided
        if self._for_paths:
            path = absolute[self._skipped :].replace(os.sep, "/")
            decided = max(decided, _last_that_fits(self._for_paths, path, is_folder=is_folder))
        return decided[1] if decided[0] >= 0 else None


def is_left_out(lists: Sequence[PatternList], absolute: str, name: str, *, is_folder: bool) -> bool:
    """Say whether the entry is left out by `lists`, of which the last decides first."""
    for patterns in reversed(lists):
        verdict = patterns.verdict(absolute, name, is_folder=is_folder)
        if verdict is not None:
            return verdict
    return False


def patterns_of(folder: str) -> tuple[PatternList, ...]:
    """Return the patterns of the `.gitignore` in `folder`; none where it cannot be read."""
    try:
        with open(os.path.join(folder, FILE_NAME), encoding="utf-8-sig", errors="replace") as file:
            return (PatternList(folder, file.read().split("\n")),)
    except OSError:
        return ()


def patterns_above(folder: str) -> tuple[PatternList, ...]:
    """Return the patterns of the `.gitignore` files above `folder` in its repository, top first.

    None outside a repository, and none where they leave out `folder` itself: who names a folder
    that is left out wants to see what is in it.
    """
    above: tuple[PatternList, ...] = ()
    for inside in _way_from_repository(folder):
        above += patterns_of(os.path.dirname(inside))
        if is_left_out(above, inside, os.path.basename(inside), is_folder=True):
            return ()
    return above


def _way_from_repository(folder: str) -> list[str]:
    """Return the folders below the top of the repository down to `folder`, top first."""
    way: list[str] = []
    while not os.path.lexists(os.path.join(folder, ".git")):
        way.append(folder)
        parent = os.path.dirname(folder)
        if parent == folder:
            return []
        folder = parent
    return way[::-1]


def _last_that_fits(
    last_first: Iterable[_Pattern], path: str, *, is_folder: bool
) -> tuple[int, bool]:
    """Return the number of the last pattern that fits, and whether it leaves out; else (-1, …)."""
    for pattern in last_first:
        if (is_folder or not pattern.folders_only) and pattern.fits.fullmatch(path):
            return pattern.number, pattern.leaves_out
    return -1, False


def _trimmed(line: str) -> str:
    """Return the pattern without the end of the line and the spaces that are not escaped."""
    line = line.removesuffix("\r")
    stripped = line.rstrip(" ")
    escaped = stripped.endswith("\\") and stripped != line
    return f"{stripped} " if escaped else stripped


def _translated(pattern: str) -> str:
    """Return the regular expression of a pattern without its `!` and last slash."""
    return _TOKEN.sub(_translated_token, pattern)


def _translated_token(token: re.Match[str]) -> str:
    kind = token.lastgroup or ""
    if kind == "broken" or (kind == "set" and "[:" in token["set"]):
        raise InvalidPatternError(token.string)
    if kind == "set":
        inside = _IN_SET.sub(_translated_in_set, token["set"])
        return f"(?!/)[{'^' if token['negated'] else ''}{inside}]"
    return _TRANSLATED.get(kind) or re.escape(token[kind])


def _translated_in_set(character: re.Match[str]) -> str:
    return "-" if character[2] == "-" else re.escape(character[1] or character[2])
