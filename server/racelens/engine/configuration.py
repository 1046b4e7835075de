"""Where settings come from: a mapping or a TOML file goes in, `Settings` and messages come out.

Keys are those of `Settings`, in kebab-case (`jedi-queries`, as in TOML) or in camelCase
(`jediQueries`, as editors send them). A bad key or value never raises: it is named in a message
that shows the way out, and the setting keeps what it had. Nothing here shows messages.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

from racelens.engine.settings import DEFAULT_RULES, Settings
from racelens.findings.levels import Confidence, Severity

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Reading = tuple[object, tuple[str, ...]]
    Reader = Callable[[object, object], Reading]

OWN_FILE = "racelens.toml"
PROJECT_FILE = "pyproject.toml"
_TABLE = "racelens"
_RESOLVERS = ("own", "jedi")
_ERROR_LINE = re.compile(r" ?\(at line (\d+), column \d+\)")
_WORD = re.compile(r"[A-Z]+[^A-Z]*|[^A-Z]+")
_NO_RULE = (
    'names "{entry}", which is no code, name or prefix of a rule, and is ignored; '
    "`racelens explain` lists the rules."
)
_RULE_PREFIX = re.compile(r"RL\d*", re.IGNORECASE)


class _UnfitValueError(ValueError):
    """A value has the wrong type or is out of range; the text says what was expected."""


def parse_settings(
    values: Mapping[str, object], base: Settings
) -> tuple[Settings, tuple[str, ...]]:
    """Return `base` with those of `values` that are valid, and a message for each that is not.

    A value of None means "not set". Messages follow the order of `values`, each one sentence
    that names the key.
    """
    changes: dict[str, object] = {}
    messages: list[str] = []
    for key, value in values.items():
        name = _kebab(key)
        reader = _READERS.get(name)
        if reader is None:
            messages.append(_unknown(key))
        elif value is not None:
            field = name.replace("-", "_")
            before = getattr(base, field)
            try:
                changes[field], remarks = reader(value, before)
            except _UnfitValueError as error:
                messages.append(f"`{key}` is {_shown(value)}; {error}. {_kept(before)}")
            else:
                messages += (f"`{key}` {remark}" for remark in remarks)
    return base._replace(**changes), tuple(messages)  # type: ignore[arg-type]


def find_settings_file(path: Path) -> Path | None:
    """Return the nearest settings file for `path`, a file or folder; None where there is none.

    That is, going up, `racelens.toml`, else a `pyproject.toml` that has a table [tool.racelens].
    """
    for folder in (path, *path.parents):
        own, project = folder / OWN_FILE, folder / PROJECT_FILE
        if _is_file(own):
            return own
        if _is_file(project) and _has_table(project):
            return project
    return None


def load_settings(file: Path, base: Settings | None = None) -> tuple[Settings, tuple[str, ...]]:
    """Return `base` (the defaults where None) with what `file` sets, and messages that name it.

    Relative paths of an interpreter, tables and a baseline are taken from the file's folder.
    Never raises for what a file holds, nor for one that cannot be read.
    """
    base = Settings() if base is None else base
    text = ""
    try:
        text = _text(file)
        values = _table(file, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        last_line = f"(at line {len(text.splitlines())}, column 1)"
        reason = str(error).replace("(at end of document)", last_line)
        return base, (_broken(file, reason),)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return base, (_broken(file, f"the file is not UTF-8 text (at line {line}, column 1)"),)
    except OSError as error:
        reason = error.strerror or str(error)
        return base, (f"{file}: cannot be read ({reason}); its settings are ignored.",)
    except _UnfitValueError as error:
        return base, (f"{file}: {error}; its settings are ignored.",)
    settings, messages = parse_settings(values, base)
    if settings.python is not None and settings.python != base.python:
        settings = settings._replace(python=_beside(file, settings.python))
    wrong = [f"{file}: {message}" for message in messages]
    if settings.libraries != base.libraries:
        tables = tuple(str(file.parent / Path(path).expanduser()) for path in settings.libraries)
        settings = settings._replace(libraries=tables)
        # Late, as is the list of rules below: the tables' modules take long to import.
        from racelens.engine.library_tables import read_tables  # noqa: PLC0415

        wrong += read_tables(tables)[1]
    if settings.baseline is not None and settings.baseline != base.baseline:
        own = os.path.expanduser(settings.baseline)  # noqa: PTH111 - it never raises
        settings = settings._replace(baseline=str(file.parent / own))
    return settings, tuple(wrong)


def setting_names() -> tuple[str, ...]:
    """Return the name of every setting in kebab-case, in the order of `Settings`."""
    return tuple(name.replace("_", "-") for name in Settings._fields)


def camel_case(name: str) -> str:
    """Return the kebab-case `name` as editors spell it: `jediQueries` for `jedi-queries`."""
    first, *rest = name.split("-")
    return first + "".join(word.capitalize() for word in rest)


def _kebab(key: str) -> str:
    return "-".join(word.lower().strip("-") for word in _WORD.findall(key)) if key else key


def _unknown(key: str) -> str:
    """Name the culprit, and the settings in the spelling that fits where it came from."""
    spelled = camel_case if key != key.lower() else str
    import difflib  # noqa: PLC0415 - only to complain

    near = difflib.get_close_matches(_kebab(key).replace("_", "-"), setting_names(), n=1)
    if near:
        return f"`{key}` is no setting and is ignored; did you mean `{spelled(near[0])}`?"
    known = ", ".join(f"`{spelled(name)}`" for name in setting_names())
    return f"`{key}` is no setting and is ignored; there are {known}."


def _kept(before: object) -> str:
    return f"It stays {_shown(before)}."


def _shown(value: object) -> str:
    if isinstance(value, Confidence):
        return f'"{value.label}"'
    if value is None:
        return "unset"
    import json  # noqa: PLC0415 - only to complain

    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _confidence(value: object, _before: object) -> Reading:
    for confidence in Confidence:
        if value == confidence.label:
            return confidence, ()
    raise _UnfitValueError(f"it may be {_alternatives(level.label for level in Confidence)}")


def _resolver(value: object, _before: object) -> Reading:
    if value in _RESOLVERS:
        return value, ()
    raise _UnfitValueError(f"it may be {_alternatives(_RESOLVERS)}")


def _alternatives(words: Iterable[str]) -> str:
    *first, last = (f'"{word}"' for word in words)
    return f"{', '.join(first)} or {last}"


def _strings(value: object, _before: object) -> Reading:
    if isinstance(value, (list, tuple)):
        entries = cast("tuple[object, ...]", tuple(value))  # pyright: ignore[reportUnknownArgumentType]
        if all(isinstance(entry, str) for entry in entries):
            return entries, ()
    raise _UnfitValueError("it must be a list of strings")


def _rules(value: object, before: object) -> Reading:
    """Read names of rules; one that fits no rule is left out, and named."""
    entries = cast("tuple[str, ...]", _strings(value, before)[0])
    known = tuple(entry for entry in entries if _fits_a_rule(entry))
    remarks = tuple(_NO_RULE.format(entry=entry) for entry in entries if entry not in known)
    return (known if known or not entries else before), remarks


def _fits_a_rule(entry: str) -> bool:
    wanted = entry.casefold()
    if wanted in {"rl", DEFAULT_RULES}:
        return True
    from racelens.engine.registry import all_rules  # noqa: PLC0415

    return any(
        rule.name == wanted
        or (_RULE_PREFIX.fullmatch(entry) is not None and rule.code.casefold().startswith(wanted))
        for rule in all_rules()
    )


def _severities(value: object, _before: object) -> Reading:
    """Read a table of severities by rule."""
    words = tuple(severity.name.lower() for severity in Severity)
    known: list[tuple[str, str]] = []
    remarks: list[str] = []
    for entry, word in _entries(value):
        if word not in words:
            raise _UnfitValueError(f"for `{entry}` it may be {_alternatives(words)}")
        if _fits_a_rule(entry):
            known.append((entry, str(word)))
        else:
            remarks.append(_NO_RULE.format(entry=entry))
    return tuple(known), tuple(remarks)


def _ignores(value: object, _before: object) -> Reading:
    """Read a table of rules by patterns of paths."""
    found: list[tuple[str, tuple[str, ...]]] = []
    remarks: list[str] = []
    for pattern, entries in _entries(value):
        rules, wrong = _rules(entries, ())
        found.append((pattern, cast("tuple[str, ...]", rules)))
        remarks += wrong
    return tuple(found), tuple(remarks)


def _names(value: object, _before: object) -> Reading:
    """Read a table of full names by rule."""
    found: list[tuple[str, tuple[str, ...]]] = []
    remarks: list[str] = []
    for entry, names in _entries(value):
        read = cast("tuple[str, ...]", _strings(names, ())[0])
        if _fits_a_rule(entry):
            found.append((entry, read))
        else:
            remarks.append(_NO_RULE.format(entry=entry))
    return tuple(found), tuple(remarks)


def _entries(value: object) -> Iterable[tuple[str, object]]:
    if not isinstance(value, dict):
        raise _UnfitValueError("it must be a table")
    return cast("dict[str, object]", value).items()


def _switch(value: object, _before: object) -> Reading:
    if isinstance(value, bool):
        return value, ()
    raise _UnfitValueError("it must be true or false")


def _count(value: object, _before: object) -> Reading:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value, ()
    raise _UnfitValueError("it must be a whole number, 0 or more")


def _path(value: object, _before: object) -> Reading:
    if isinstance(value, str) and value.strip():
        return value, ()
    raise _UnfitValueError("it must be the path of a Python interpreter")


def _file(value: object, _before: object) -> Reading:
    if isinstance(value, str) and value.strip():
        return value, ()
    raise _UnfitValueError("it must be the path of a file")


_READERS: dict[str, Reader] = {
    "confidence": _confidence,
    "select": _rules,
    "ignore": _rules,
    "exclude": _strings,
    "include-tests": _switch,
    "resolve": _resolver,
    "jedi-queries": _count,
    "python": _path,
    "libraries": _strings,
    "baseline": _file,
    "severity": _severities,
    "per-path-ignores": _ignores,
    "allow": _names,
}


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a folder that may not be entered, a name too long
        return False


def _has_table(project: Path) -> bool:
    """Say whether a pyproject.toml is ours; a broken one that names us is, so that it is told."""
    try:
        text = _text(project)
    except (OSError, UnicodeDecodeError):
        return False
    if _TABLE not in text:
        return False
    try:
        tool = tomllib.loads(text).get("tool")
    except tomllib.TOMLDecodeError:
        return f"tool.{_TABLE}" in text
    return isinstance(tool, dict) and _TABLE in tool


def _text(file: Path) -> str:
    # TOML knows the line endings \n and \r\n only, so none is translated.
    return file.read_bytes().decode("utf-8")


def _table(file: Path, document: dict[str, object]) -> Mapping[str, object]:
    if file.name != PROJECT_FILE:
        return document
    tool = document.get("tool")
    table = cast("dict[str, object]", tool).get(_TABLE) if isinstance(tool, dict) else None
    if table is None:
        return {}
    if not isinstance(table, dict):
        raise _UnfitValueError(f"[tool.{_TABLE}] must be a table")
    return cast("dict[str, object]", table)


def _broken(file: Path, reason: str) -> str:
    """Say where TOML is broken; the parsers put the line into their text only."""
    match = _ERROR_LINE.search(reason)
    place = f"{file}:{match[1]}" if match else str(file)
    return f"{place}: is not valid TOML: {_ERROR_LINE.sub('', reason)}; its settings are ignored."


def _beside(file: Path, python: str) -> str:
    """Return the interpreter as an absolute path, if it is one and not a command's name."""
    path = Path(python).expanduser()
    is_name = len(path.parts) == 1 and not python.startswith(".")
    return python if is_name else str(file.parent / path)
