"""Where a finding lies that names no window: its function's syntax, and the node at its place."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from racelens.findings.interleaving import Role
from racelens.fixes.site import Place, place_of
from racelens.model.names import FunctionId

if TYPE_CHECKING:
    from racelens.findings.finding import Finding
    from racelens.fixes.site import Syntaxes
    from racelens.fixes.syntax import Block
    from racelens.program.program import Program


@dataclass(frozen=True)
class Spot(Place):
    """The place of a finding outside the race family."""

    finding: Finding
    syntax_of: Syntaxes

    @cached_property
    def found(self) -> ast.AST | None:
        """What stands at the finding's place."""
        return self.file.node_at(self.function, self.finding.span)

    @cached_property
    def call(self) -> ast.Call | None:
        """The call at the finding's place, also where that is the `await` of one."""
        node = self.found
        if isinstance(node, ast.Await):
            node = node.value
        return node if isinstance(node, ast.Call) else None

    @cached_property
    def statement(self) -> ast.stmt | None:
        """The statement at the finding's place, or around it."""
        return self.file.statement_of(self.found) if self.found is not None else None

    @cached_property
    def own_lines(self) -> Block | None:
        """The lines of the statement, if no other one shares them."""
        return self.file.own_lines(self.statement) if self.statement is not None else None

    @cached_property
    def read(self) -> ast.AST | None:
        """What reads the state that the finding is about."""
        steps = self.finding.interleaving.steps if self.finding.interleaving is not None else ()
        for step in steps:
            if step.task == "A" and step.role in {Role.READ, Role.CHECK}:
                return self.file.node_at(self.function, step.span)
        return None

    @property
    def is_async(self) -> bool:
        """Whether the function can await."""
        return isinstance(self.function, ast.AsyncFunctionDef)


def spot_of(program: Program, syntax_of: Syntaxes, finding: Finding) -> Spot | None:
    """Return the place of a finding; None where the code is in no function, or cannot be read."""
    identity = FunctionId(finding.path, finding.function)
    if identity.name not in program.names.module(finding.path).functions:
        return None
    place = place_of(program, identity, syntax_of)
    if place is None:
        return None
    return Spot(program, identity, place.file, place.function, finding, syntax_of)
