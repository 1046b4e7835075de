"""The command line's grammar: arguments go in, the options of one command come out.

What is in the contract of the command line but not built yet is known here, and refused in one
line. Nothing here reads files or settings.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, NoReturn

from racelens import __version__
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMATS = ("text", "json")
CONFIDENCES = ("proven", "likely", "possible")
RESOLVERS = ("own", "jedi")

_PLANNED_COMMANDS = ("prove", "config", "bug-report")
_PLANNED_FORMATS = ("sarif", "github", "gitlab", "junit", "html")

_ABOUT = "Find race conditions in asyncio code."
_EXIT_STATUS = """\
exit status:
  0  nothing found at or above the level of confidence
  1  findings
  2  bad arguments or settings
  3  a bug in racelens
"""


class UsageError(Exception):
    """The arguments cannot be followed; the text says why in one line."""


class CheckOptions(NamedTuple):
    """What `racelens check` was asked for. None: the settings decide."""

    paths: tuple[str, ...]
    stdin_filename: str | None
    report_format: str
    output_file: str | None
    confidence: str | None
    select: tuple[str, ...] | None
    extend_select: tuple[str, ...]
    ignore: tuple[str, ...] | None
    exclude: tuple[str, ...] | None
    include_tests: bool
    python: str | None
    resolve: str | None
    jedi_queries: int | None
    statistics: bool
    exit_zero: bool
    quiet: bool
    show_fixes: bool = False
    fix: bool = False
    diff: bool = False
    unsafe_fixes: bool = False
    baseline: str | None = None
    write_baseline: str | None = None
    no_cache: bool = False
    jobs: int = 1
    executor: str | None = None
    shard: tuple[int, int] | None = None

    @property
    def wants_fixes(self) -> bool:
        """Whether fixes are to be computed."""
        return self.show_fixes or self.fix or self.diff


class MergeOptions(NamedTuple):
    """The reports of all shards, as JSON, and where their union goes: None for standard output."""

    files: tuple[str, ...]
    output_file: str | None


class ExplainOptions(NamedTuple):
    """The rule to explain; None asks for the list of rules."""

    rule: str | None


class ServerOptions(NamedTuple):
    """Where the language server serves: at host and port, else at standard input and output."""

    tcp: tuple[str, int] | None
    ws: tuple[str, int] | None


Options = CheckOptions | MergeOptions | ExplainOptions | ServerOptions


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Asks the system for the terminal's width: argparse asks `shutil`, which takes longer.

    It does so for each argument that is added, not only for help.
    """

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


def _columns() -> int:
    """Return the width of the terminal as `shutil.get_terminal_size` would."""
    chosen = os.environ.get("COLUMNS", "")
    if chosen.isdecimal() and int(chosen):
        return int(chosen)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):  # no terminal, or no output at all
        return 80


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{self.prog}: {message}; see {self.prog} --help")


def parse(arguments: Sequence[str]) -> Options:
    """Return the options of the command that `arguments` name.

    Raises UsageError for what cannot be followed. Help and version are printed at once, and end
    with SystemExit.
    """
    if arguments and arguments[0] in _PLANNED_COMMANDS:
        raise UsageError(f"racelens: the command {arguments[0]} is not there yet")
    parser = _Parser(
        prog="racelens",
        description=_ABOUT,
        epilog=_EXIT_STATUS,
        formatter_class=_Formatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"racelens {__version__}")
    commands = parser.add_subparsers(
        prog="racelens",  # else it is worked out by writing the usage
        dest="command",
        metavar="COMMAND",
        required=True,
    )
    for name, help_text, fill in (
        ("check", "find races in files and folders", _fill_check),
        ("merge", "join the reports of all shards", _fill_merge),
        ("explain", "show a rule's page, or list the rules", _fill_explain),
        ("server", "run the language server", _fill_server),
    ):
        command = commands.add_parser(
            name,
            help=help_text,
            description=help_text,
            formatter_class=_Formatter,
            allow_abbrev=False,
        )
        fill(command)
    found = parser.parse_args(arguments)
    match found.command:
        case "check":
            return _check_options(found)
        case "merge":
            return MergeOptions(tuple(found.files), found.output_file)
        case "explain":
            return ExplainOptions(found.rule)
        case _:
            return ServerOptions(found.tcp, found.ws)


def _fill_check(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", help="files, folders or - for standard input")
    add("--stdin-filename", metavar="FILE", help="the name of what standard input holds")
    add("--format", default="text", metavar="FORMAT", help=f"one of {', '.join(FORMATS)}")
    add("--output-file", metavar="FILE", help="write the report to this file")
    add("--confidence", choices=CONFIDENCES, help="the lowest level shown (likely)")
    add("--select", type=_names, action="extend", metavar="RULES", help=_NAMES_HELP)
    add("--extend-select", type=_names, action="extend", default=[], metavar="RULES", help=_MORE)
    add("--ignore", type=_names, action="extend", metavar="RULES", help="rules not to apply")
    add("--exclude", action="append", metavar="GLOB", help="leave out, as .gitignore does")
    add("--include-tests", action="store_true", help="report in test files too")
    add("--python", metavar="PATH", help="the interpreter or environment to resolve in")
    add("--resolve", choices=RESOLVERS, help="names by our own inference, or with jedi too (jedi)")
    add("--jedi-queries", type=_count, metavar="N", help="ask jedi at most this often")
    add("--jobs", type=_count, default=1, metavar="N", help="work with so many processes (1)")
    add(
        "--executor", type=_executor, metavar="dask://HOST:PORT", help="read the files on a cluster"
    )
    add("--shard", type=_shard, metavar="I/N", help="report on the I-th of N parts of the files")
    add("--no-cache", action="store_true", help="neither use nor keep the report of the run before")
    add("--statistics", action="store_true", help="count the findings of each rule instead")
    add("--exit-zero", action="store_true", help="end with status 0 although there are findings")
    add("--quiet", action="store_true", help="print the findings and nothing else")
    add("--show-fixes", action="store_true", help="show how each finding can be fixed")
    add("--fix", action="store_true", help="apply the safe fixes, and report what is left")
    add("--diff", action="store_true", help="show what --fix would change instead of a report")
    add("--unsafe-fixes", action="store_true", help="with these: take unsafe fixes for safe ones")
    add("--baseline", metavar="FILE", help="leave out the findings that this file holds")
    add("--write-baseline", metavar="FILE", help="write all findings to this file: they are known")


_NAMES_HELP = "the rules to apply: codes, names or prefixes, such as RL1,missing-await; RL for all"
_MORE = "rules to apply besides"


def _fill_merge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="JSON reports of check --shard")
    parser.add_argument("--output-file", metavar="FILE", help="write the report to this file")


def _fill_explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", nargs="?", metavar="RULE", help="a code, a name or a prefix")


def _fill_server(parser: argparse.ArgumentParser) -> None:
    place = parser.add_mutually_exclusive_group()
    place.add_argument(
        "--stdio", action="store_true", help="standard input and output (the default)"
    )
    place.add_argument("--tcp", type=_address, metavar="HOST:PORT", help="for debugging")
    place.add_argument("--ws", type=_address, metavar="HOST:PORT", help="for debugging")
    # Editors' client libraries add it; the protocol's own message holds the number as well.
    parser.add_argument("--clientProcessId", help=argparse.SUPPRESS)


def _check_options(found: argparse.Namespace) -> CheckOptions:
    _refuse_planned(found)
    _refuse_contradictions(found)
    paths = tuple(found.paths) or (".",)
    if "-" in paths and len(paths) > 1:
        raise UsageError("racelens check: - for standard input cannot stand beside other paths")
    if found.stdin_filename is not None and paths != ("-",):
        raise UsageError("racelens check: --stdin-filename needs - for standard input")
    return CheckOptions(
        paths=paths,
        stdin_filename=found.stdin_filename,
        report_format=found.format,
        output_file=found.output_file,
        confidence=found.confidence,
        select=_tuple(found.select),
        extend_select=tuple(found.extend_select),
        ignore=_tuple(found.ignore),
        exclude=_tuple(found.exclude),
        include_tests=found.include_tests,
        python=found.python,
        resolve=found.resolve,
        jedi_queries=found.jedi_queries,
        statistics=found.statistics,
        exit_zero=found.exit_zero,
        quiet=found.quiet,
        show_fixes=found.show_fixes,
        fix=found.fix,
        diff=found.diff,
        unsafe_fixes=found.unsafe_fixes,
        baseline=found.baseline,
        write_baseline=found.write_baseline,
        no_cache=found.no_cache,
        jobs=found.jobs,
        executor=found.executor,
        shard=found.shard,
    )


def _refuse_contradictions(found: argparse.Namespace) -> None:
    if found.fix and found.diff:
        raise UsageError("racelens check: --fix and --diff exclude each other: --diff only shows")
    if found.unsafe_fixes and not (found.fix or found.diff or found.show_fixes):
        raise UsageError("racelens check: --unsafe-fixes needs --fix, --diff or --show-fixes")
    if found.executor is not None and found.jobs != 1:
        raise UsageError("racelens check: --executor has processes of its own, so not with --jobs")
    if found.shard and (found.fix or found.diff or found.write_baseline is not None):
        raise UsageError(
            "racelens check: --shard reports on a part, so not with --fix, --diff, --write-baseline"
        )
    if found.jobs < 1:
        raise UsageError("racelens check: --jobs needs 1 process at least")
    if found.diff and found.write_baseline is not None:
        raise UsageError("racelens check: --diff writes nothing, so not with --write-baseline")


def _refuse_planned(found: argparse.Namespace) -> None:
    if found.format in _PLANNED_FORMATS:
        raise UsageError(f"racelens check: --format {found.format} is not there yet")
    if found.format not in FORMATS:
        known = " and ".join(FORMATS)
        raise UsageError(f"racelens check: --format knows {known}, but not {found.format!r}")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number")
    return int(text)


def _shard(text: str) -> tuple[int, int]:
    """Return which part of how many, from 1."""
    index, _, count = text.partition("/")
    if not (index.isdecimal() and count.isdecimal() and 1 <= int(index) <= int(count)):
        raise argparse.ArgumentTypeError(f"{text!r} is not I/N, such as 1/4 for the first of four")
    return int(index), int(count)


def _executor(text: str) -> str:
    """Return HOST:PORT of a cluster's address."""
    scheme, _, address = text.partition("://")
    if scheme != "dask":
        raise argparse.ArgumentTypeError(f"{text!r} is not dask://HOST:PORT")
    _address(address)
    return address


def _address(text: str) -> tuple[str, int]:
    host, _colon, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT")
    return host.strip("[]"), int(port)


def _tuple(values: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)
