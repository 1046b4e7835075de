"""A baseline: the findings that are known already, so that only new ones are reported.

A JSON file goes in and out. A finding is known by its fingerprint, which has no lines in it, and as
often as the baseline holds it. Paths are relative to the baseline's folder where the file lies
below it, so that it does not matter from where a check is run.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, cast

from racelens.engine.files import Discovered, shown_path
from racelens.engine.registry import all_rules
from racelens.engine.selection import selected_rules
from racelens.source.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from racelens.engine.files import InputFile
    from racelens.engine.settings import Settings
    from racelens.findings.finding import Finding

_VERSION = 1


class BaselineError(Exception):
    """A baseline cannot be used; the text says why, and does not name the file."""


class Entry(NamedTuple):
    """A known finding, and how often it is there. The message has no line numbers."""

    fingerprint: str
    rule: str
    path: str
    function: str
    message: str
    times: int = 1


class Baseline:
    """The entries of the baseline `file`, and the files that are checked against it."""

    def __init__(
        self,
        file: str,
        entries: tuple[Entry, ...],
        found: Discovered,
        counts: Counter[str] | None = None,
    ) -> None:
        self.entries = entries
        self._file = file
        self._folder = os.path.dirname(os.path.abspath(file))  # noqa: PTH100, PTH120 - a string
        self._scanned = found.folder
        self._named = {
            each.path: _named(each.absolute, each.path, self._folder) for each in found.files
        }
        self._counts = _counts(entries) if counts is None else counts

    def of(self, file: InputFile) -> Baseline:
        """Return the same baseline, against which `file` alone is checked."""
        found = Discovered((file,), (), (), self._scanned)
        return Baseline(self._file, self.entries, found, self._counts)

    def new(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return those of `findings` that are not known, in order.

        Of equal ones, the first are the known ones.
        """
        left = self._counts.copy()
        return tuple(finding for finding in findings if not self._takes(finding, left))

    def obsolete(self, findings: Iterable[Finding], settings: Settings) -> int:
        """Return how many known findings are no longer there, given all of a run.

        What the run cannot know of is not counted: other files, and rules that were not applied.
        """
        left = self._counts.copy()
        for finding in findings:
            self._takes(finding, left)
        silent = {rule.code for rule in all_rules()} - {r.code for r in selected_rules(settings)}
        checked = frozenset(self._named.values())
        judged = (
            entry.fingerprint
            for entry in self.entries
            if entry.rule not in silent and (entry.path in checked or self._is_gone(entry.path))
        )
        return sum(left[fingerprint] for fingerprint in set(judged))

    def entries_of(self, findings: Iterable[Finding]) -> tuple[Entry, ...]:
        """Return the entries that make all of `findings` known, sorted."""
        counts = Counter(map(self._entry, findings))
        return _in_order(entry._replace(times=count) for entry, count in counts.items())

    def with_known(self, finding: Finding) -> tuple[Entry, ...]:
        """Return the entries that make `finding` known as well, sorted."""
        (added,) = self.entries_of((finding,))
        entries = list(self.entries)
        for number, entry in enumerate(entries):
            if entry.fingerprint == added.fingerprint:
                entries[number] = entry._replace(times=entry.times + 1)
                return _in_order(entries)
        return _in_order((*entries, added))

    def _takes(self, finding: Finding, left: Counter[str]) -> bool:
        """Take the finding off what is left, if it is there; return whether it was."""
        if not left:
            return False
        fingerprint = self._renamed(finding).fingerprint
        known = left[fingerprint] > 0
        left[fingerprint] -= known
        return known

    def _entry(self, finding: Finding) -> Entry:
        own = self._renamed(finding)
        return Entry(own.fingerprint, own.code, own.path, own.function, own.lasting_message)

    def _renamed(self, finding: Finding) -> Finding:
        return finding._replace(path=self._named.get(finding.path, finding.path))

    def _is_gone(self, path: str) -> bool:
        places = (Path(self._folder, path), Path(self._scanned, path))
        return not any(os.path.exists(place) for place in places)  # noqa: PTH110 - it never raises


def read_baseline(file: str) -> tuple[Entry, ...]:
    """Return the entries of the baseline `file`. Raises BaselineError where it is none."""
    return parse_baseline(read_text(file))


def read_text(file: str) -> str:
    """Return the text of the baseline `file`. Raises BaselineError where there is none."""
    try:
        return Path(file).read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise BaselineError("does not exist") from None
    except OSError as error:
        raise BaselineError(f"cannot be read: {error.strerror or type(error).__name__}") from None
    except UnicodeDecodeError:
        raise BaselineError("is not UTF-8 text") from None
    except ValueError:  # a null in the path
        raise BaselineError("cannot be read") from None


def parse_baseline(text: str) -> tuple[Entry, ...]:
    """Return the entries of the baseline's `text`. Raises BaselineError where it is none."""
    try:
        document: object = json.loads(text)
    except json.JSONDecodeError as error:
        raise BaselineError(f"is not JSON: {error.msg} on line {error.lineno}") from None
    except (RecursionError, ValueError):  # too deep, a number too long
        raise BaselineError("cannot be read") from None
    fields = _fields(document)
    version, findings = fields.get("version"), fields.get("findings")
    if type(version) is int and version > _VERSION:
        raise BaselineError(f"is of version {version}, which a newer racelens has written")
    if type(version) is not int or version < _VERSION or not isinstance(findings, list):
        raise BaselineError("is no baseline")
    return tuple(map(_read_entry, cast("list[object]", findings)))


def unusable(file: str, reason: BaselineError) -> str:
    """Say that the baseline `file`, which the settings name, cannot be used, and the way out."""
    return (
        f"`baseline`: {file}: {reason}; all findings are reported. "
        f"`racelens check --write-baseline {file}` makes a new one."
    )


def baseline_text(entries: Iterable[Entry]) -> str:
    """Return the file that holds `entries`, each on a line of its own: the same give the same."""
    lines = ",\n".join(f"    {json.dumps(_shown(entry), ensure_ascii=False)}" for entry in entries)
    findings = f"[\n{lines}\n  ]" if lines else "[]"
    return f'{{\n  "version": {_VERSION},\n  "findings": {findings}\n}}\n'


def _counts(entries: Iterable[Entry]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for entry in entries:
        counts[entry.fingerprint] += entry.times
    return counts


def _in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda each: (each.path, each.function, *each[1:], each[0])))


def _shown(entry: Entry) -> Mapping[str, object]:
    fields: dict[str, object] = entry._asdict()
    times = fields.pop("times")
    return fields if times == 1 else {**fields, "count": times}


def _read_entry(value: object) -> Entry:
    fields = _fields(value)
    fingerprint, times = fields.get("fingerprint"), fields.get("count", 1)
    if not isinstance(fingerprint, str) or type(times) is not int or times < 1:
        raise BaselineError("has an entry without a fingerprint, or with a count below 1")
    rule, path, function, message = (str(fields.get(name, "")) for name in Entry._fields[1:-1])
    return Entry(fingerprint, rule, path, function, message, times)


def _fields(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise BaselineError("is no baseline")
    return cast("Mapping[str, object]", value)


def _named(absolute: str, shown: str, folder: str) -> str:
    """Return a file's path from the baseline's folder; as it is shown, if it lies elsewhere."""
    path = shown_path(absolute, folder)
    return shown if os.path.isabs(path) else path  # noqa: PTH117 - strings throughout
