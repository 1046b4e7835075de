"""`racelens merge`: the JSON reports of all shards go in, the report of the whole comes out."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from racelens.cli.arguments import UsageError
from racelens.cli.output import write_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racelens.cli.arguments import MergeOptions

# What shards of one run have in common, as all of them read all files.
_SAME = ("files", "lines", "functions")

# A report, as JSON gives it: untyped.
_Document = dict[str, Any]


def run_merge(options: MergeOptions) -> int:
    """Write the union of the reports that `options` name; return 1 if it has findings, else 0.

    It has the bytes of the report of an undivided run, but for `seconds` and `cached_files`.
    Raises UsageError for files that are not the reports of all shards of one project.
    """
    parts = [(name, _read(name)) for name in options.files]
    _refuse_others(parts)
    merged = _merged([document for _, document in parts])
    text = json.dumps(merged, indent=2, ensure_ascii=False) + "\n"
    write_text(text, file=options.output_file, encoding="utf-8")
    return 1 if merged["findings"] else 0


def _read(name: str) -> _Document:
    try:
        return _checked(json.loads(Path(name).read_bytes()))
    except OSError as error:
        raise UsageError(f"racelens merge: {name} cannot be read: {error.strerror}") from None
    except (ValueError, TypeError, KeyError):
        raise UsageError(
            f"racelens merge: {name} is no report of racelens check --shard I/N --format json"
        ) from None


def _checked(document: _Document) -> _Document:
    """Return `document`; raise ValueError, TypeError or KeyError for what is no shard's report."""
    index, count = map(int, document["shard"])
    if not 1 <= index <= count:
        raise ValueError(index)
    for key in _SAME:
        int(document["summary"][key])
    sorted(map(_order, document["findings"]))
    sorted(map(_place, document["problems"]))
    return document


def _refuse_others(parts: Sequence[tuple[str, _Document]]) -> None:
    """Raise UsageError unless the parts are all of one project, each once."""
    first_name, first = parts[0]
    count = first["shard"][1]
    by_index: dict[int, str] = {}
    for name, document in parts:
        same = all(document["summary"][key] == first["summary"][key] for key in _SAME)
        if not same or document["tool"] != first["tool"] or document["shard"][1] != count:
            raise UsageError(
                f"racelens merge: {name} and {first_name} are not of one project and one racelens"
            )
        known = by_index.setdefault(document["shard"][0], name)
        if known != name:
            raise UsageError(f"racelens merge: {known} and {name} are of the same shard")
    missing = [f"{index}/{count}" for index in range(1, count + 1) if index not in by_index]
    if missing:
        raise UsageError(f"racelens merge: the report of shard {', '.join(missing)} is missing")


def _merged(parts: Sequence[_Document]) -> _Document:
    merged = {key: value for key, value in parts[0].items() if key != "shard"}
    problems = {_place(problem): problem for part in parts for problem in part["problems"]}
    merged["problems"] = [problems[place] for place in sorted(problems)]
    merged["findings"] = sorted((one for part in parts for one in part["findings"]), key=_order)
    summaries = [part["summary"] for part in parts]
    merged["summary"] = {**summaries[0], "seconds": round(sum(s["seconds"] for s in summaries), 3)}
    if "known" in summaries[0]:
        merged["summary"]["known"] = sum(summary["known"] for summary in summaries)
    if "statistics" in merged:
        counts = Counter((one["rule"], one["name"]) for one in merged["findings"])
        merged["statistics"] = [
            {"rule": rule, "name": name, "count": counts[rule, name]}
            for rule, name in sorted(counts)
        ]
    return merged


def _place(problem: _Document) -> tuple[str, int, str]:
    return (problem["path"], problem.get("line", 0), problem["message"])


def _order(finding: _Document) -> tuple[object, ...]:
    """Return the key by which reports are sorted: path, range, rule."""
    start, end = finding["range"]["start"], finding["range"]["end"]
    place = (start["line"], start["column"], end["line"], end["column"])
    return (finding["path"], place, finding["rule"])
