"""Taking a local reference: what was checked is what is used, whoever clears the state meanwhile.

    if self.socket is not None:        ->  socket = self.socket
        await self.flush()                 if socket is not None:
        self.socket.send(data)                 await self.flush()
                                               socket.send(data)

What is called meanwhile must not change the state itself.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from racelens.findings.fix import Repair
from racelens.fixes.expressions import is_read, mentions
from racelens.fixes.names import local_name
from racelens.fixes.plan import Lines, Plan, Replace
from racelens.fixes.touching import touches_state

if TYPE_CHECKING:
    from racelens.fixes.site import Site

TITLE = "Take a local reference before the check"


def local_reference(site: Site) -> Plan | None:
    """Return the plan, or None where the check and the use have no block in common."""
    state = _state(site.read)
    block = site.block
    if state is None or block is None:
        return None
    if touches_state(site, block.statements):
        return None
    used = mentions(block.statements, state)
    if not all(map(is_read, used)):
        return None
    file = site.file
    name = local_name(state, site.names(), "taken")
    taken = f"{file.indentation(block.first)}{name} = {file.text(state)}"
    replaced = [Replace(file.path, file.span(node), name) for node in used]
    made = Lines(file.path, block.first, block.first, (taken,))
    return Plan(TITLE, Repair.SWAP, (made, *replaced))


def _state(node: ast.AST | None) -> ast.expr | None:
    """Return the attribute or variable that a check looks at."""
    match node:
        case ast.Compare(left=left):
            return _state(left)
        case ast.Attribute() | ast.Name():
            return node
        case _:
            return None
