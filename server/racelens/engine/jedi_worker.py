"""jedi's process: questions about callees come in by standard input, answers go out.

Run by `engine.jedi_process`, never imported by it. This is the only module that imports jedi, which
is slow to import, not thread-safe, and may hang. Whether a callee gives a coroutine is decided by
`engine.jedi_verdict`.

The analysed code is never run. jedi imports compiled modules to look into them; here it may import
those of the standard library only. For that, and to see unsaved buffers, one function and one
method of jedi are replaced, which is why pyproject.toml pins its minor version.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jedi
from jedi import settings
from jedi.api import environment as environments
from jedi.api import helpers
from jedi.inference import imports
from jedi.inference.gradual import conversion
from parso import cache

from racelens.engine import library_paths
from racelens.engine.jedi_verdict import full_name, named, returns_coroutine
from racelens.engine.jedi_wire import Batch, Reply, Start, serve
from racelens.engine.parsed_buffers import ParsedBuffers, harden_parso_cache
from racelens.engine.process_memory import resident_bytes
from racelens.program.resolve import UNKNOWN, Answer, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# jedi is untyped, and more of it than its public part is needed here.
_jedi: Any = jedi
_settings: Any = settings
_environments: Any = environments
_helpers: Any = helpers
_imports: Any = imports
_conversion: Any = conversion
_KINDS: dict[str, Kind] = {
    "function": "function",
    "class": "class",
    "instance": "instance",
    "module": "module",
    "namespace": "module",
}
_MAX_NAMES = 50
_parser_cache: dict[str, dict[Any, Any]] = cache.parser_cache  # of all trees, by grammar and path


def main() -> None:
    """Answer the engine's questions until it closes the pipe."""
    requests = sys.stdin.buffer
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not print into the answers
    serve(requests, replies, JediAnswers, resident_bytes)
    os._exit(0)  # an orderly exit takes a second, to free trees one by one


class JediAnswers:
    """jedi with one project, its environment and the open documents."""

    def __init__(self, start: Start) -> None:
        _settings.auto_import_modules = []
        _settings.dynamic_params_for_other_modules = False  # reads thousands of files
        _settings.fast_parser = False  # changes trees in place that others hold
        folder = Path(_settings.cache_directory).resolve()
        harden_parso_cache(on_disk=not folder.is_relative_to(Path(start.project).resolve()))
        self._environment, libraries, self._notes = _environment(start)
        self._libraries = libraries
        self._told: set[str] = set()
        self._project = _jedi.Project(start.project, sys_path=(*start.roots, *libraries))
        self._buffers = ParsedBuffers()
        self._open: set[str] = set()
        _see_buffers(self._buffers)
        _import_standard_library_only(start.project)
        self._warm_up(start.project)

    def notes(self) -> tuple[str, ...]:
        """Return what the user should know of the environment in use."""
        return self._notes

    def replies(self, batch: Batch) -> Iterator[Reply]:
        """Yield one reply per place of `batch`, in their order. Raises nothing."""
        importlib.invalidate_caches()  # files may have come since
        for path, text in batch.buffers.items():
            self._buffers.put(path, text)
            (self._open.discard if text is None else self._open.add)(path)
        self._buffers.put(batch.path, batch.text)
        script: Any = None
        for line, column in batch.places:
            try:
                script = script or self._script(batch)
                reply = Reply(_answer(script, line, column), None)
            except Exception as error:  # noqa: BLE001 - jedi raises anything, RecursionError too
                reply = Reply(UNKNOWN, f"{type(error).__name__}: {error}"[:200])
                script = None  # its memory holds results that were cut off
            yield reply
        if batch.path not in self._open:
            self._buffers.put(batch.path, None)

    def files_read(self) -> tuple[str, ...]:
        """Return the files that jedi has parsed, and at first the folders it imports from."""
        known = {str(path) for trees in _parser_cache.values() for path in trees}
        new = tuple(sorted({*self._libraries, *known} - self._told))
        self._told.update(new)
        return new

    def close(self) -> None:
        """End the interpreter that jedi runs to look into another environment, if any."""
        helper = getattr(self._environment, "_subprocess", None)
        if helper is not None:
            helper._kill()  # noqa: SLF001 - else done when the process ends in order

    def _warm_up(self, project: str) -> None:
        """Load what nearly every answer needs, which takes longer than an answer may."""
        path = str(Path(project, "racelens_warm_up.py"))
        list(self.replies(Batch(path, "import asyncio\nasyncio.sleep()\n", ((1, 12),), {})))

    def _script(self, batch: Batch) -> Any:
        return _jedi.Script(
            batch.text, path=batch.path, environment=self._environment, project=self._project
        )


def _environment(start: Start) -> tuple[Any, tuple[str, ...], tuple[str, ...]]:
    """Return jedi's environment, the folders to import from, and notes for the user.

    Runs the interpreter that is configured or active, and no other.
    """
    running = _environments.InterpreterEnvironment()
    active = library_paths.active_environment()
    chosen = start.python
    if not chosen and active and not library_paths.is_running(active):
        chosen = active
    notes: tuple[str, ...] = ()
    if chosen:
        try:
            environment = _environments.create_environment(chosen, safe=False)
            return environment, _without_jedi(environment.get_sys_path()), ()
        except _environments.InvalidPythonEnvironment as error:
            reason = str(error).splitlines()[0]
            notes = (f"{chosen} cannot be used to resolve imports: {reason}",)
    own = () if active else library_paths.project_libraries(start.project)
    if own:
        standard = library_paths.standard_library(sys.path, start.project)
        return running, (*standard, *own), notes
    return running, start.search_path, notes


def _without_jedi(search_path: Iterable[str]) -> tuple[str, ...]:
    """Return `search_path` without the folder of the script by which jedi asked for it."""
    own = Path(_jedi.__file__).parent
    return tuple(entry for entry in search_path if not Path(entry).is_relative_to(own))


def _see_buffers(buffers: ParsedBuffers) -> None:
    """Make jedi read the texts of `buffers` where it would read files."""
    state = _jedi.inference.InferenceState
    parse = state.parse_and_get_code

    def parse_and_get_code(
        self: Any,
        code: Any = None,
        path: Any = None,
        use_latest_grammar: bool = False,  # noqa: FBT001, FBT002 - jedi's signature
        file_io: Any = None,
        **options: Any,
    ) -> Any:
        source = path or (file_io.path if file_io else None)
        text = buffers.text(source)
        if text is None:
            return parse(self, code, path, use_latest_grammar, file_io, **options)
        grammar = self.latest_grammar if use_latest_grammar else self.grammar
        return buffers.tree(grammar, source, text), text

    state.parse_and_get_code = parse_and_get_code


def _import_standard_library_only(project: str) -> None:
    """Keep jedi from importing compiled modules, which runs them, of anybody but Python itself."""
    load = _imports._load_builtin_module  # noqa: SLF001 - jedi has no public seam here

    def load_builtin_module(state: Any, names: tuple[str, ...], _search_path: Any) -> Any:
        if names[0] not in sys.stdlib_module_names:
            return None
        search_path = state.environment.get_sys_path()
        return load(state, names, list(library_paths.standard_library(search_path, project)))

    _imports._load_builtin_module = load_builtin_module  # noqa: SLF001


def _answer(script: Any, line: int, column: int) -> Answer:
    state = script._inference_state  # noqa: SLF001 - the public methods hide the values
    module = script._get_module_context()  # noqa: SLF001
    with _helpers.higher_recursion_limit():
        state.reset_recursion_limitations()
        leaf = script._module_node.get_name_of_position((line + 1, column))  # noqa: SLF001
        if leaf is None:
            return UNKNOWN
        values = _helpers.infer(state, module.create_context(leaf), leaf)
        sources = _conversion.convert_values(
            values
        )  # the code that a stub describes, where it is at hand
        verdict = returns_coroutine(values)
        if verdict is None:
            verdict = returns_coroutine(sources)
        if verdict is not None and not _all_is_known(module.create_name(leaf).goto()):
            verdict = None
        known = [named(value) for value in sources]
        return Answer(
            _only(full_name(value) for value in known),
            _only(_KINDS.get(value.api_type, "unknown") for value in known) or "unknown",
            verdict,
            _only(_file(value) for value in known),
        )


def _all_is_known(names: Iterable[Any]) -> bool:
    """Say whether jedi can infer each of `names` and what they import.

    One that it cannot is simply missing among its answers: where a name is imported, or defined
    if that fails, only the definition would be seen.
    """
    waiting = list(names)
    for _ in range(_MAX_NAMES):
        if not waiting:
            return True
        name = waiting.pop()
        if not name.infer():
            return False
        if name.is_import():
            waiting += (found for found in name.goto() if found is not name)
    return False


def _file(value: Any) -> str | None:
    path = value.get_root_context().py__file__()
    return None if path is None else str(path)


def _only(found: Iterable[Any]) -> Any:
    """Return the one thing that all of `found` are, else None."""
    distinct = set(found)
    return distinct.pop() if len(distinct) == 1 else None
