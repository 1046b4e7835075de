"""What programs linked one after another have seen of functions: sets of names, as bits.

Content decides what still holds: `program.interest` asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from racelens.model.outline import OWN
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from racelens.model.names import FunctionId
    from racelens.model.outline import Outline
    from racelens.program.module_names import ModuleNames

_MOST_GONE = 1000  # names that nobody writes any more
MOST_BITS = 4096  # more names share bits: sets of names stay small, however large the program is


class Touched(NamedTuple):
    """Sets of names as bits: those written, and all that are touched."""

    written: int
    all: int


class Callee(NamedTuple):
    """A function that is called, and whether its `self` is the caller's.

    `early`: its caller calls it before a suspension, so that it may look at a state in time;
    `late`: behind one.
    """

    function: FunctionId
    same: bool
    early: bool = True
    late: bool = True


class Own(NamedTuple):
    """What one function does itself, and whom it calls: twice, if it does so more than once.

    `told` is what its callers are told of: none of its cells. `alone`: it asks for the size of a
    parameter that it changes; see `windows`. `early` is what it touches before a suspension, `late`
    what it writes behind one.
    It holds while the function's `outline`, the `meaning` of all names and the `bits` are these.
    """

    outline: Outline
    meaning: object
    bits: object
    written: frozenset[str]
    touched: Touched
    told: Touched
    repeated: int
    early: int
    late: int
    callees: tuple[Callee, ...]
    alone: bool


class Seen:
    """What programs linked one after another have seen. Content decides what still holds."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self.written: dict[str, tuple[ModuleNames, frozenset[str]]] = {}
        self.names: set[str] = set()
        self._counted = 0  # names when they were numbered from the first on
        self.bits: dict[str, int] = {}
        self.fewer_bits: dict[str, int] = {}  # those before the `new_names` came
        self.new_names = frozenset[str]()
        self.marked: frozenset[str] = frozenset()  # the names that have bits
        self.functions: dict[FunctionId, Own] = {}

    def number(self, names: set[str]) -> None:
        """Give each of `names` its bits besides those that have some.

        Names that are gone keep theirs, which harms nobody, until there are very many of them.
        """
        known = self.names
        if not known or len(known) > self._counted + _MOST_GONE:
            known = set[str]()
            names = names.union(*(written for _, written in self.written.values()))
            self._counted = len(names)
        self.new_names = frozenset(names - known)
        self.fewer_bits = self.bits if known else {}
        bits = dict(self.fewer_bits)
        for number, name in enumerate(sorted(self.new_names), len(known)):
            bits[OWN + name] = own = 4 << 2 * (number % MOST_BITS)
            bits[name] = own << 1
        self.names, self.bits, self.marked = known | names, bits, frozenset(bits)

    def copy(self) -> Seen:
        """Return a copy that sees for itself from now on."""
        other = Seen()
        other.written, other.names = dict(self.written), set(self.names)
        other.bits, other.marked = self.bits, self.marked
        other.fewer_bits, other.new_names = self.fewer_bits, self.new_names
        other.functions = dict(self.functions)
        return other
