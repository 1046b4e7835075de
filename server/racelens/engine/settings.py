"""The settings, as frozen values. Where they come from is `engine.configuration`'s business."""

from __future__ import annotations

from racelens.findings.levels import Confidence
from racelens.source.named_tuple import NamedTuple

DEFAULT_RULES = "default"  # as an entry of `select`: the rules that are on by default


class Settings(NamedTuple):
    """What a user may set.

    `select` and `ignore` hold codes, names or prefixes of codes, and "default" for the rules that
    are on by default; the longer of two entries that fit a rule wins. `exclude`
    holds glob patterns of paths relative to the scanned folder, `libraries` paths of tables, and
    `baseline` is the path of a file of known findings. `severity` gives rules another one,
    `per_path_ignores` has rules by patterns of paths, and `allow` full names by rules.
    """

    confidence: Confidence = Confidence.LIKELY
    select: tuple[str, ...] = (DEFAULT_RULES,)
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    include_tests: bool = False
    resolve: str = "jedi"
    jedi_queries: int = 500
    python: str | None = None
    libraries: tuple[str, ...] = ()
    baseline: str | None = None
    severity: tuple[tuple[str, str], ...] = ()
    per_path_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    allow: tuple[tuple[str, tuple[str, ...]], ...] = ()
