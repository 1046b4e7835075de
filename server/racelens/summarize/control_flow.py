"""Building a control-flow graph: effects are emitted in evaluation order, edges follow.

What goes in is a sequence of calls by the walkers of statements and expressions; what comes out is
a `Graph`. Exceptions and cancellation reach the handlers that are in force where an effect stands.
"""

from __future__ import annotations

import contextlib
import enum
from typing import TYPE_CHECKING

from racelens.model.effect import Effect, Kind, Sources
from racelens.model.graph import Graph, Loop
from racelens.source.named_tuple import NamedTuple
from racelens.source.span import Span, span

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Generator

_NOWHERE = (0, 0, 0, 0)
# Effects that may raise, or at which a cancellation may arrive.
_RAISES = frozenset({Kind.READ, Kind.CALL, Kind.AWAIT, Kind.ENTER, Kind.LEAVE})
# Copies of `finally` bodies for jumps, per function; beyond it a jump shares the exceptional copy,
# which keeps the graph linear in the size of the source.
_MAX_COPIES = 24


class Edge(enum.IntEnum):
    """Which way out of a node an unfinished edge leads."""

    BOTH = 0
    TRUE = 1
    FALSE = 2


_BOTH, _TRUE, _FALSE = Edge  # looked up once: every node needs them
Frontier = list[tuple[int, Edge]]


class Finalizer(NamedTuple):
    """What runs when control leaves a `with` or `try` by a jump, and where exceptions go.

    `handlers` are those of what stands around: none of its own handles what is raised in it.
    """

    run: Callable[[], None]
    exceptional: int
    handlers: tuple[int, ...]


class LoopFrame(NamedTuple):
    """An enclosing loop: where `continue` goes, who breaks, and how many finalizers it is in."""

    head: int
    breaks: Frontier
    depth: int


class GraphBuilder:
    """The graph of one function while it is being built."""

    def __init__(self, anchor_line: int) -> None:
        """Begin a graph whose spans are relative to the 1-based line `anchor_line`."""
        self._anchor = anchor_line
        self._effects: list[Effect] = []
        self._true: list[list[int]] = []
        self._false: list[list[int]] = []
        self._raising: list[tuple[int, ...]] = []
        self._places: list[tuple[int, int, int, int]] = []
        self._loop_of: list[int] = []
        self._loops: list[Loop] = []
        self._loop = -1
        self._copies = 0
        self.frontier: Frontier = []
        self.handlers: tuple[int, ...] = ()
        self.finalizers: list[Finalizer] = []
        self.loop_frames: list[LoopFrame] = []
        self._columns: Callable[[int, int], int] | None = None
        self.emit(Effect(Kind.ENTRY))
        self.exit = self.node(Effect(Kind.EXIT))

    def use_columns(self, columns: Callable[[int, int], int] | None) -> None:
        """Convert the byte columns of the syntax tree by `columns(line, byte column)`, if given."""
        self._columns = columns

    def node(self, effect: Effect, at: ast.expr | ast.stmt | None = None) -> int:
        """Add a node that nothing leads to yet; return its index."""
        index = len(self._effects)
        self._effects.append(effect)
        self._true.append([])
        self._false.append([])
        self._raising.append(self.handlers if effect.kind in _RAISES else ())
        self._places.append(self._place_of(at) if at is not None else _NOWHERE)
        self._loop_of.append(self._loop)
        return index

    @property
    def size(self) -> int:
        """The number of nodes so far."""
        return len(self._effects)

    def entries_read(self, begin: int) -> Sources:
        """Return the nodes from `begin` on that read an entry of a container."""
        return frozenset(
            index
            for index, effect in enumerate(self._effects[begin:], begin)
            if effect.kind is Kind.READ and effect.path is not None and effect.path.is_entry
        )

    def effect(self, index: int) -> Effect:
        """Return the effect of node `index`."""
        return self._effects[index]

    def span_of(self, node: ast.expr | ast.stmt) -> Span:
        """Return the range of `node`, relative to the function's line."""
        return span(*self._place_of(node))

    def _place_of(self, node: ast.expr | ast.stmt) -> tuple[int, int, int, int]:
        anchor, columns, line = self._anchor, self._columns, node.lineno
        end_line = node.end_lineno or line
        first, last = node.col_offset, node.end_col_offset or node.col_offset
        if columns is not None:
            first, last = columns(line, first), columns(end_line, last)
        return (line - anchor, first, end_line - anchor, last)

    def emit(self, effect: Effect, at: ast.expr | ast.stmt | None = None) -> int:
        """Add a node behind the present place; return its index."""
        index = self.node(effect, at)
        for before, edge in self.frontier:
            if edge is not _FALSE:
                self._true[before].append(index)
            if edge is not _TRUE:
                self._false[before].append(index)
        self.frontier = [(index, _BOTH)]
        return index

    def connect(self, frontier: Frontier, target: int) -> None:
        """Lead every unfinished edge of `frontier` to `target`."""
        for index, edge in frontier:
            if edge is not Edge.FALSE:
                self._true[index].append(target)
            if edge is not Edge.TRUE:
                self._false[index].append(target)

    def join(self, frontier: Frontier) -> None:
        """Go on from a new node at which `frontier` meets."""
        self.frontier = frontier
        if len(frontier) > 1:
            self.emit(Effect(Kind.JOIN))

    def jump_to(self, target: int) -> None:
        """Lead the present place to `target`; what follows is unreachable."""
        self.connect(self.frontier, target)
        self.frontier = []

    def leave(self, depth: int) -> bool:
        """Run the finalizers above `depth` for a jump; False where the copies are used up.

        In that case the jump has been led into the exceptional copy.
        """
        pending = self.finalizers
        handlers = self.handlers
        while len(self.finalizers) > depth:
            finalizer = self.finalizers[-1]
            if self._copies >= _MAX_COPIES:
                self.jump_to(finalizer.exceptional)
                self.finalizers, self.handlers = pending, handlers
                return False
            self._copies += 1
            self.finalizers, self.handlers = self.finalizers[:-1], finalizer.handlers
            finalizer.run()
        self.finalizers, self.handlers = pending, handlers
        return True

    @contextlib.contextmanager
    def raising_to(self, *targets: int) -> Generator[None, None, None]:
        """Let exceptions inside reach `targets` instead of the handlers in force."""
        outer = self.handlers
        self.handlers = targets
        yield
        self.handlers = outer

    @contextlib.contextmanager
    def loop(self, names: frozenset[str]) -> Generator[None, None, None]:
        """Mark what is emitted inside as part of a loop that binds `names`."""
        outer = self._loop
        self._loops.append(Loop(outer, names))
        self._loop = len(self._loops) - 1
        yield
        self._loop = outer

    def finish(self) -> Graph:
        """End the function here and return its graph."""
        self.jump_to(self.exit)
        return Graph(
            tuple(self._effects),
            tuple(map(tuple, self._true)),
            tuple(map(tuple, self._false)),
            tuple(self._raising),
            tuple(self._loop_of),
            tuple(self._loops),
            tuple(self._places),
        )
