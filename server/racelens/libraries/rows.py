"""The rows of library tables: what one call, one class, or a class's methods are known to do."""

from __future__ import annotations

import enum

from racelens.source.named_tuple import NamedTuple


class Suspends(enum.IntEnum):
    """Whether a call, awaited, gives control back to the event loop; a lattice, NEVER lowest."""

    NEVER = 0
    MAY = 1
    ALWAYS = 2


class LockKind(enum.Enum):
    """What entering an object means: only one task inside, at most n, or nothing."""

    EXCLUSIVE = "exclusive"
    COUNTED = "counted"
    NONE = "none"


class Entry(enum.Enum):
    """How a library runs a function of the program's: its entry point."""

    MANY = "many"  # several calls at the same time
    ONCE = "once"  # one call at a time, beside other functions
    FIRST = "first"  # before anything else
    LAST = "last"  # after everything else


class CallRow(NamedTuple):
    """What one call does.

    `awaitable`: it must be awaited; `suspends`: what awaiting it does; `enters`: what entering
    its result as an async context manager does; `spawns`: it starts what it is given as tasks,
    of which it `keeps` hold;
    `runs`: it runs what it is given to the end; `entry`: how the library later runs the functions
    that it is given or decorates, `turns` the name of the queue in which they wait for each other;
    `waits`: it returns when its object is set; `collects`: it returns a future of what it is given;
    `async_only`: what it returns is for `async with` alone; `plain`: it shows or measures what it
    is given, as it does no awaitable;
    `reads` and `writes`: what it does to its object, `keyed` if only to the entry of its first
    argument ("atomic" is a write that needs no check, "discard" one that minds no absence);
    `bounded`: it suspends only where its object was made with a limit; `blocks`: it holds up the
    thread, "long", or for as long as a "file" or the lookup of a "name" takes, and `instead` says
    what to use on a loop;
    `threads`: it runs the function that it is given in another thread; `threaded`: those that are
    not asynchronous; `loop_only`: only the thread of its event loop may call it;
    `medium`: what it works on outside the process, and `access` how: it gets, sets or takes
    something out of it, makes a transaction last (commits), or guards others from it.
    """

    awaitable: bool = False
    suspends: Suspends = Suspends.MAY
    enters: Suspends = Suspends.MAY
    spawns: bool = False
    keeps: bool = False
    runs: bool = False
    entry: Entry | None = None
    turns: str = ""
    waits: bool = False
    collects: bool = False
    async_only: bool = False
    plain: bool = False
    reads: str = ""
    writes: str = ""
    keyed: bool = False
    bounded: bool = False
    blocks: str = ""
    instead: str = ""
    threads: bool = False
    loop_only: bool = False
    threaded: bool = False
    medium: str = ""
    access: str = ""
    versions: str = ""
    source: str = ""


class TypeRow(NamedTuple):
    """What one class is: a kind of lock, and the class whose methods it has.

    The key may also be an attribute of a class, or a function that makes an object. A lock `blocks`
    if taking it holds up the thread, and is `reentrant` if who has it may take it again;
    it is `named` if all that are made with one name are one lock.
    """

    lock: LockKind = LockKind.NONE
    blocks: bool = False
    reentrant: bool = False
    named: bool = False
    base: str = ""
    versions: str = ""
    source: str = ""


class MethodsRow(NamedTuple):
    """Which methods a library calls on objects of the program's subclasses of a class, and how.

    A name that ends in `*` stands for all public ones that begin so. `own`: each call has an object
    of its own. `threaded`: those that are not asynchronous run in threads of their own.
    """

    many: tuple[str, ...] = ()
    once: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    own: bool = False
    threaded: bool = False
    versions: str = ""
    source: str = ""

    def entry(self, method: str) -> Entry | None:
        """Return how the library runs `method`; None where it does not."""
        for entry in Entry:
            names: tuple[str, ...] = getattr(self, entry.value)
            if any(_fits(name, method) for name in names):
                return entry
        return None


class FunctionRow(NamedTuple):
    """How a library runs functions of this name in modules that import the package `of`."""

    entry: Entry
    of: str = ""
    versions: str = ""
    source: str = ""


def _fits(name: str, method: str) -> bool:
    if name.endswith("*"):
        return method.startswith(name[:-1]) and not method.startswith("_")
    return name == method
