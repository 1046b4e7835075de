"""The settings, as frozen values. Where they come from is `engine.configuration`'s business."""

from __future__ import annotations

from dataclasses import dataclass

from racelens.findings.rule import Confidence


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may set.

    `select` and `ignore` hold codes, names or prefixes of codes; the longer of two entries that
    fit a rule wins. `exclude` holds glob patterns of paths relative to the scanned folder.
    """

    confidence: Confidence = Confidence.LIKELY
    select: tuple[str, ...] = ("RL",)
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    include_tests: bool = False
    resolve: str = "jedi"
    jedi_queries: int = 500
    python: str | None = None
