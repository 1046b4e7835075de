"""The questions to a resolver of names that our own inference leaves open, and its answers.

Plain data only: who answers, and from where, is `engine`'s business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Kind = Literal["function", "class", "instance", "module", "unknown"]


class Query(NamedTuple):
    """What is called here? The place is the last character of the callee's name.

    `line` and `column` are 0-based, columns count code points: `client.send(1)` is asked at `d`.
    """

    path: str
    line: int
    column: int


class Answer(NamedTuple):
    """What a resolver knows of a callee.

    `returns_coroutine` says whether calling it must give an awaitable that does nothing until it
    is awaited; None where that is not certain. A task or a scheduled future is False.
    `full_name` and `origin`, the file that defines it, are None where there is not exactly one.
    """

    full_name: str | None
    kind: Kind
    returns_coroutine: bool | None
    origin: str | None


UNKNOWN = Answer(None, "unknown", None, None)


class Resolver(Protocol):
    """Something that answers queries, such as jedi in its own process."""

    def resolve(self, queries: Sequence[Query], texts: Mapping[str, str]) -> Mapping[Query, Answer]:
        """Return an answer to each of `queries`; `UNKNOWN` where there is none.

        `texts` holds by path the current text of the open documents, saved or not.
        """
        ...
