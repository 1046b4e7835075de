"""Where a finding lies: its window, its function's syntax, and the nodes that race.

A program, a finding and the texts that may be changed go in; what transformations look at comes
out. Nothing here decides whether a fix fits.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from racelens.fixes.syntax import FUNCTIONS, parameters_of
from racelens.model.location import Root
from racelens.program.shapes import Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from racelens.findings.finding import Finding
    from racelens.fixes.syntax import Block, FileSyntax, Function
    from racelens.model.location import AccessPath
    from racelens.model.names import FunctionId
    from racelens.program.program import Program
    from racelens.program.window import Window

    Syntaxes = Callable[[str], FileSyntax | None]


@dataclass(frozen=True)
class Place:
    """A function of the program with its syntax."""

    program: Program
    identity: FunctionId
    file: FileSyntax
    function: Function

    def node(self, number: int) -> ast.AST | None:
        """Return the syntax of a node of the function's graph; its statement, if that is vague.

        Python before 3.12 does not know where the parts of an f-string stand.
        """
        span = self.program.span(self.identity, number)
        found = self.file.node_at(self.function, span)
        return found or self.file.statement_at(self.function, span.start.line)

    @property
    def receiver(self) -> str | None:
        """What the function calls its own object; None where it has none.

        A function inside a method knows the method's.
        """
        if self.program.view(self.identity).owner is None:
            return None
        method = self.function
        for above in self.file.above(self.function):
            if isinstance(above, ast.ClassDef):
                break
            if isinstance(above, FUNCTIONS):
                method = above
        given = parameters_of(method)
        return given[0].arg if given else None

    def names(self) -> frozenset[str]:
        """Return every name that the function, or what is nested in it, mentions or binds."""
        return frozenset(_names(self.function))

    def taken_names(self) -> set[str]:
        """Return the names that a new variable of the module must not have."""
        names = self.program.names.module(self.file.path)
        return {
            *(*names.variables, *names.functions, *names.classes, *names.imports),
            *self.names(),
        }

    def inside(self, block: Block) -> list[int]:
        """Return the nodes of the graph that stand in a block."""
        line = self.program.line(self.identity)
        lines = range(block.first - line, block.last - line + 1)
        places = self.program.function(self.identity).graph.places
        return [number for number, place in enumerate(places) if place[0] in lines]


@dataclass(frozen=True)
class Site(Place):
    """The place of a finding of the race family."""

    finding: Finding
    window: Window
    syntax_of: Syntaxes

    @cached_property
    def read(self) -> ast.AST | None:
        """What reads or checks the state."""
        return self.node(self.window.read_node)

    @cached_property
    def suspension(self) -> ast.AST | None:
        """What suspends the task, or starts another one."""
        return self.node(self.window.suspend_node)

    @cached_property
    def write(self) -> ast.AST | None:
        """What writes the state; that may be a call."""
        return self.node(self.window.write_node)

    @cached_property
    def block(self) -> Block | None:
        """The smallest run of statements of one block that holds the window."""
        nodes = [node for node in (self.read, self.suspension, self.write) if node is not None]
        return self.file.around(self.function, nodes) if len(nodes) == 3 else None

    def statement(self, node: ast.AST | None) -> ast.stmt | None:
        """Return the innermost statement that holds a node."""
        return self.file.statement_of(node) if node is not None else None

    def written(self, place: AccessPath) -> str:
        """Return a place as the function writes it; "" where it has no name for it."""
        if place.root is Root.SELF:
            return (self.receiver or "") + "".join(place.steps)
        return place.display()


def place_of(program: Program, identity: FunctionId, syntax_of: Syntaxes) -> Place | None:
    """Return a function with its syntax; None where that cannot be read in full."""
    file = syntax_of(identity.path)
    function = file.definition(program.line(identity)) if file is not None else None
    if file is None or function is None or not file.is_whole(function):
        return None
    return Place(program, identity, file, function)


def site_of(program: Program, finding: Finding, syntax_of: Syntaxes) -> Site | None:
    """Return the place of a finding; None where it names no state or cannot be read in full."""
    window = _window(program, finding)
    place = place_of(program, window.function, syntax_of) if window is not None else None
    if window is None or place is None:
        return None
    return Site(program, place.identity, place.file, place.function, finding, window, syntax_of)


def _window(program: Program, finding: Finding) -> Window | None:
    """Return the window that a finding reports."""
    if finding.interleaving is None:
        return None
    found: list[Window] = []
    for function in program.functions(finding.path):
        if function.name.partition("#")[0] == finding.function:
            by_use = finding.code == Shape.STALE_REFERENCE.value
            windows = program.references(function) if by_use else program.windows(function)
            for window in windows:
                suspension = program.span(function, window.suspend_node)
                if suspension == finding.span and window.state == finding.state:
                    found.append(window)
    places: set[object] = {step.span for step in finding.interleaving.steps if step.task == "A"}
    return max(found, key=lambda each: _agreement(program, each, places), default=None)


def _agreement(program: Program, window: Window, places: set[object]) -> int:
    nodes = (window.read_node, window.write_node)
    return sum(program.span(window.function, node) in places for node in nodes)


def _names(function: Function) -> Iterator[str]:
    inside = ast.walk(function)
    next(inside)  # a method's own name is no name inside
    for node in inside:
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.ExceptHandler(name=str(name)):
                yield name
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                yield from names
            case ast.alias(name=name, asname=asname):
                yield asname or name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case _:
                pass
