"""Identities: what files, functions and classes are called throughout the analysis."""

from __future__ import annotations

from racelens.source.named_tuple import NamedTuple

MODULE = "<module>"  # the name of the function that the running code of a module is


class FunctionId(NamedTuple):
    """One function: the file's path and the qualified name, `f.<locals>` left out.

    A second definition of one name in a file is told apart by `#2` behind the name.
    """

    path: str
    name: str


class ClassId(NamedTuple):
    """One class: the file's path and the qualified name."""

    path: str
    name: str
