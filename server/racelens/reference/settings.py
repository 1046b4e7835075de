"""The settings as two schemas: one for `racelens.toml`, one for the editor's settings.

Names, types and defaults come from `Settings`; what each setting means is told here, and a
setting that is not told of fails the generation.
"""

from __future__ import annotations

import typing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from racelens.engine.configuration import camel_case
from racelens.engine.settings import DEFAULT_RULES, Settings
from racelens.findings.levels import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from racelens.findings.rule import Rule

    Schema = dict[str, object]


class UndescribedSettingError(LookupError):
    """`Settings` has a field, or a type of field, that nothing is told about here."""


@dataclass(frozen=True, slots=True)
class _Description:
    text: str
    choices: Mapping[str, str] = field(default_factory=dict[str, str])
    names_rules: bool = False


_DESCRIPTIONS = {
    "confidence": _Description(
        "The lowest confidence that is reported.",
        {
            "proven": "Two tasks that are known to run together reach the state, and no assumption "
            "was needed.",
            "likely": "One assumption was needed that usually holds.",
            "possible": "Nothing shows that two tasks run together, and nothing excludes it.",
        },
    ),
    "select": _Description(
        "The rules that report: codes, names or prefixes of codes, such as `RL101`, `lost-update` "
        "or `RL1`, and `default` for those that are on by default. `RL` stands for all.",
        names_rules=True,
    ),
    "ignore": _Description(
        "Rules that do not report. Where an entry here and one of the selected rules fit, the "
        "longer one decides.",
        names_rules=True,
    ),
    "exclude": _Description(
        "Files and folders that are left out: patterns as in `.gitignore`, relative to the folder "
        "that is scanned.",
    ),
    "include_tests": _Description(
        "Report in test files too; without it they only serve as evidence of what runs together.",
    ),
    "resolve": _Description(
        "How names are resolved.",
        {
            "own": "By RaceLens's own inference alone.",
            "jedi": "What that leaves open is asked of jedi, which knows installed packages.",
        },
    ),
    "jedi_queries": _Description("How many questions a check asks jedi at most."),
    "python": _Description(
        "The Python interpreter or environment in which imports are resolved. Unset: the active "
        "or the project's one.",
    ),
    "libraries": _Description(
        "Your own tables of what libraries do: TOML files, by their path from the settings file. "
        "They are written as those that come with RaceLens.",
    ),
    "baseline": _Description(
        "A file of known findings, by its path from the settings file: these are not reported. "
        "`racelens check --write-baseline FILE` writes it.",
    ),
    "severity": _Description(
        "Another severity for rules: `error`, `warning`, `information` or `hint`, by code, name or "
        "prefix. To turn a rule off, name it in `ignore`.",
    ),
    "per_path_ignores": _Description(
        "Rules that do not report in some files: lists of codes, names or prefixes, by patterns of "
        "paths as in `.gitignore`.",
    ),
    "allow": _Description(
        "What rules let pass: lists of full names (`shop.stock.Stock.count`), with `*` where any "
        "name fits, by rule. They name what is called or shared, or the function it happens in.",
    ),
}


def toml_schema(rules: Sequence[Rule]) -> Schema:
    """Return the JSON schema of `racelens.toml`."""
    names = [name for rule in rules for name in (rule.code, rule.name)]
    names.append(DEFAULT_RULES)
    rule_name = {"anyOf": [{"enum": names}, {"type": "string", "pattern": "^[Rr][Ll][0-9]*$"}]}
    properties: dict[str, Schema] = {}
    for name, description, schema in _settings():
        if description.names_rules:
            schema["items"] = rule_name
        if schema.get("default") is None:
            del schema["default"]
            schema["type"] = "string"  # TOML has no null
        properties[name.replace("_", "-")] = {"description": description.text, **schema}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "RaceLens",
        "description": "The settings of racelens.toml, and of [tool.racelens] in pyproject.toml.",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }


def editor_properties() -> dict[str, Schema]:
    """Return the settings as VS Code's manifest declares them, by name."""
    properties: dict[str, Schema] = {}
    for name, description, schema in _settings():
        if description.choices:
            schema["enumDescriptions"] = list(description.choices.values())
        schema |= {"scope": "resource", "markdownDescription": description.text}
        properties[f"racelens.{camel_case(name.replace('_', '-'))}"] = schema
    return properties


def _settings() -> list[tuple[str, _Description, Schema]]:
    hints = typing.get_type_hints(Settings)
    described: list[tuple[str, _Description, Schema]] = []
    for name, default in Settings._field_defaults.items():
        description = _DESCRIPTIONS.get(name)
        if description is None:
            raise UndescribedSettingError(f"Settings.{name} is described nowhere")
        schema = _type(name, hints[name])
        if description.choices:
            schema["enum"] = list(description.choices)
        described.append((name, description, schema | {"default": _plain(default, schema)}))
    return described


def _type(name: str, hint: object) -> Schema:
    if hint == tuple[str, ...]:
        return {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
    if hint == tuple[tuple[str, str], ...]:
        words = [severity.name.lower() for severity in Severity]
        return {"type": "object", "additionalProperties": {"type": "string", "enum": words}}
    if hint == tuple[tuple[str, tuple[str, ...]], ...]:
        lists: Schema = {"type": "array", "items": {"type": "string"}}
        return {"type": "object", "additionalProperties": lists}
    if hint == str | None:
        return {"type": ["string", "null"]}
    if hint is bool:
        return {"type": "boolean"}
    if hint is int:
        return {"type": "integer", "minimum": 0}
    if hint is str or hint is Confidence:
        return {"type": "string"}
    raise UndescribedSettingError(f"Settings.{name} has a type that no schema is known for")


def _plain(default: object, schema: Schema) -> object:
    if schema["type"] == "object":
        return dict(typing.cast("tuple[tuple[str, object], ...]", default))
    if isinstance(default, Confidence):
        return default.label
    return list(typing.cast("tuple[str, ...]", default)) if isinstance(default, tuple) else default
