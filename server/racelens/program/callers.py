"""Who calls a function and runs it at once: functions in, calls out."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeAlias

from racelens.model.effect import Kind
from racelens.model.location import SUPER, Root
from racelens.model.names import FunctionId
from racelens.program.index import changed_functions, other_files
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from racelens.model.location import AccessPath
    from racelens.program.answers import Answers
    from racelens.program.index import Index
    from racelens.program.memory import Memory
    from racelens.program.module_names import ModuleNames
    from racelens.program.roots import TaskRoot
    from racelens.program.views import Views


class Call(NamedTuple):
    """A call that is awaited, or of a function that is no coroutine, by what the code calls."""

    caller: FunctionId
    path: AccessPath | None

    @property
    def on_self(self) -> bool:
        """Whether the method of the caller's own object is called."""
        path = self.path
        return path is not None and path.root is Root.SELF and len(path.steps) == 1


Calls: TypeAlias = dict[str, list[tuple[FunctionId, Call]]]  # callees and calls, by their name


class KnownCalls(NamedTuple):
    """The calls in a program of these `modules`, by the names that were asked for.

    `token` stands for them: it is the same one as long as programs have the same calls.
    """

    modules: Mapping[str, ModuleNames]
    answers: Answers
    by_name: dict[str, dict[FunctionId, list[Call]]]
    token: object

    def copy(self) -> KnownCalls:
        """Return a copy that can be added to without effect on this one."""
        return self._replace(by_name=dict(self.by_name))


class Callers:
    """The calls of a program. Outlines tell them: no body is read, and a name asked for once."""

    def __init__(self, views: Views, index: Index, memory: Memory) -> None:
        """Look at the functions that `index` finds; what `memory` has and still holds is reused."""
        self._views = views
        self._index = index
        self._memory = memory

    @property
    def token(self) -> object:
        """What stands for the calls of this program and of those before that have the same."""
        return self._known.token

    @cached_property
    def _known(self) -> KnownCalls:
        names, known = self._views.names, self._memory.called
        if known is None or known.answers is not names.answers or not self._still_called(known):
            known = KnownCalls(names.modules, names.answers, {}, object())
        known = self._memory.called = known.copy()._replace(modules=names.modules)
        return known

    def _still_called(self, known: KnownCalls) -> bool:
        """Say whether the functions that have changed since make the same calls."""
        modules = self._views.names.modules
        for path in other_files(known.modules, modules):
            before, after = known.modules.get(path), modules.get(path)
            if before is None or after is None or [*before.functions] != [*after.functions]:
                return False
            for identity in changed_functions(before, after):
                old = self._memory.calls.last(identity)
                new = self._calls_in(identity)
                if old != new and (old is not None or not new.keys().isdisjoint(known.by_name)):
                    return False
        return True

    def of(self, function: FunctionId) -> Sequence[Call]:
        """Return where the program calls `function` and runs it at once."""
        name = self._views[function].function.last_name
        by_name = self._known.by_name
        if name not in by_name:
            found: dict[FunctionId, list[Call]] = {}
            for caller in self._index.mentioning(frozenset({name})):
                for callee, call in self._calls_in(caller).get(name, ()):
                    found.setdefault(callee, []).append(call)
            by_name[name] = found
        return by_name[name].get(function, ())

    def of_overridden(self, function: FunctionId) -> Iterator[Call]:
        """Yield the calls of the methods that `function` overrides: some of them may run it."""
        view = self._views[function]
        for base in view.names.mro(view.owner)[1:] if view.owner is not None else ():
            overridden = FunctionId(base.path, f"{base.name}.{view.function.last_name}")
            if overridden.name in view.names.module(base.path).functions:
                for call in self.of(overridden):
                    if call.path is None or call.path.name != SUPER:
                        yield call

    def nodes(self, call: Call) -> Iterator[int]:
        """Yield where the caller calls what it calls there: its body is read for that."""
        effects = self._views[call.caller].function.graph.effects
        return (n for n, e in enumerate(effects) if e.kind is Kind.CALL and e.path == call.path)

    def waiting(self, roots: Iterable[TaskRoot]) -> Iterator[Call]:
        """Yield the places where functions are started and waited for at once, as calls."""
        for root in roots:
            assert root.site is not None, "who waits for a task has started it"
            caller, _ = root.site
            yield Call(caller, self._views[caller].function.graph.effects[root.made_at].path)

    def _calls_in(self, caller: FunctionId) -> Calls:
        """Return the calls in `caller` by the name of the callee."""
        return self._memory.calls.of(caller, self._views[caller], partial(self._find_calls, caller))

    def _find_calls(self, caller: FunctionId) -> Calls:
        made: Calls = {}
        view = self._views[caller]
        outline = view.function.outline
        for path in outline.calls:
            callee = view.callee(path)
            if isinstance(callee, FunctionId):
                for one in (callee, *view.overriding(path)):
                    function = self._views[one].function
                    if path in outline.awaited or not function.is_async:
                        made.setdefault(function.last_name, []).append((one, Call(caller, path)))
        return made
