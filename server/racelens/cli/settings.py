"""The settings of one run: those of the nearest settings file, with the command line's on top."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from racelens.cli.arguments import UsageError
from racelens.engine.configuration import find_settings_file, load_settings, parse_settings
from racelens.engine.settings import Settings

if TYPE_CHECKING:
    from racelens.cli.arguments import CheckOptions


def settings_of(options: CheckOptions) -> tuple[Settings, tuple[str, ...]]:
    """Return the settings of a run, and a line for each setting of the file that is no good.

    The file is the nearest one above all the paths. Raises UsageError for a bad option.
    """
    settings = Settings()
    messages: tuple[str, ...] = ()
    file = find_settings_file(_common_place(options))
    if file is not None:
        settings, messages = load_settings(file, settings)
    _refuse_unknown_rules(options)
    _refuse_missing_python(options)
    given = {name: getattr(options, name) for name in ("confidence", "ignore", "exclude")}
    given |= {name: getattr(options, name) for name in ("python", "resolve", "jedi_queries")}
    given["select"] = options.select
    if options.extend_select:
        given["select"] = (*(options.select or settings.select), *options.extend_select)
    if options.include_tests:
        given["include_tests"] = True
    values = {name.replace("_", "-"): value for name, value in given.items()}
    settings, wrong = parse_settings(values, settings)
    if wrong:
        raise UsageError(f"racelens check: {wrong[0]}")
    return settings, messages


def _common_place(options: CheckOptions) -> Path:
    """Return the file or folder whose settings hold, as an absolute path."""
    paths = (options.stdin_filename or ".",) if options.paths == ("-",) else options.paths
    places = [Path.cwd() / path for path in paths if "\0" not in path]
    try:
        return Path(os.path.normpath(os.path.commonpath(places)))
    except ValueError:  # no path, or paths on several drives
        return Path.cwd()


def _refuse_unknown_rules(options: CheckOptions) -> None:
    for option, names in (
        ("--select", options.select),
        ("--extend-select", options.extend_select),
        ("--ignore", options.ignore),
    ):
        for name in names or ():
            if parse_settings({"select": [name]}, Settings())[1]:
                raise UsageError(
                    f"racelens check: {option} names {name!r}, which is no code, name or prefix of "
                    "a rule; `racelens explain` lists the rules"
                )


def _refuse_missing_python(options: CheckOptions) -> None:
    python = options.python
    if python is not None and os.sep in python and not Path(python).exists():
        raise UsageError(f"racelens check: --python {python}: no such file or folder")
