"""Settings from mappings and files: what counts, what is refused, and what is said about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from racelens.engine.configuration import (
    camel_case,
    find_settings_file,
    load_settings,
    parse_settings,
    setting_names,
)
from racelens.engine.settings import Settings
from racelens.findings.levels import Confidence

if TYPE_CHECKING:
    from pathlib import Path

ALL = {
    "confidence": "proven",
    "select": ["RL1", "lost-update"],
    "ignore": ["RL102"],
    "exclude": ["build/**"],
    "include-tests": True,
    "resolve": "own",
    "jedi-queries": 0,
    "python": "python3.13",
    "libraries": ["own.toml"],
    "baseline": "known.json",
    "severity": {"lost-update": "error", "RL7": "hint"},
    "per-path-ignores": {"examples/**": ["RL1", "RL701"]},
    "allow": {"blocking-call": ["shop.disk.read"]},
}


def test_every_setting_is_read() -> None:
    assert tuple(ALL) == setting_names()
    settings, messages = parse_settings(ALL, Settings())
    assert messages == ()
    assert settings == Settings(
        Confidence.PROVEN,
        ("RL1", "lost-update"),
        ("RL102",),
        ("build/**",),
        include_tests=True,
        resolve="own",
        jedi_queries=0,
        python="python3.13",
        libraries=("own.toml",),
        baseline="known.json",
        severity=(("lost-update", "error"), ("RL7", "hint")),
        per_path_ignores=(("examples/**", ("RL1", "RL701")),),
        allow=(("blocking-call", ("shop.disk.read",)),),
    )


def test_editors_spell_settings_in_camel_case() -> None:
    values = {camel_case(name): value for name, value in ALL.items()}
    assert "jediQueries" in values
    assert parse_settings(values, Settings()) == parse_settings(ALL, Settings())


def test_what_is_not_set_stays() -> None:
    base = Settings(jedi_queries=3)
    assert parse_settings(dict.fromkeys(ALL), base) == (base, ())
    assert parse_settings({}, base) == (base, ())


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("confidence", "hgih", '"hgih"; it may be "possible", "likely" or "proven". It stays "li'),
        ("confidence", 3, "It stays"),
        ("select", "RL1", '"RL1"; it must be a list of strings. It stays ["default"].'),
        ("exclude", ["a", 1], "list of strings. It stays []."),
        ("includeTests", "yes", "true or false. It stays false."),
        ("resolve", "pyright", '"own" or "jedi"'),
        ("jedi-queries", -1, "0 or more. It stays 500."),
        ("jedi-queries", True, "whole number"),
        ("python", "", "It stays unset."),
    ],
)
def test_a_bad_value_is_named_and_the_setting_stays(key: str, value: object, words: str) -> None:
    settings, (message,) = parse_settings({key: value}, Settings())
    assert settings == Settings()
    assert message.startswith(f"`{key}` is ")
    assert words in message


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("jediQuerys", "did you mean `jediQueries`?"),
        ("jedi_queries", "did you mean `jedi-queries`?"),
        ("jedi-querys", "did you mean `jedi-queries`?"),
        ("colour", "there are `confidence`, `select`"),
        ("", "is no setting"),
    ],
)
def test_an_unknown_setting_is_named_with_the_nearest_one(key: str, words: str) -> None:
    settings, (message,) = parse_settings({key: 1}, Settings())
    assert settings == Settings()
    assert f"`{key}` is no setting" in message
    assert words in message


def test_names_of_no_rule_are_left_out() -> None:
    settings, messages = parse_settings({"ignore": ["RL999", "RL101", "nonsense"]}, Settings())
    assert settings.ignore == ("RL101",)
    assert [message.split('"')[1] for message in messages] == ["RL999", "nonsense"]
    assert parse_settings({"select": ["RL999"]}, Settings())[0].select == ("default",)
    assert parse_settings({"select": []}, Settings())[0].select == ()


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("severity", {"RL101": "loud"}, 'for `RL101` it may be "error"'),
        ("severity", ["RL101"], "it must be a table"),
        ("severity", {"RL999": "error"}, 'names "RL999", which is no code'),
        ("per-path-ignores", {"a/": "RL1"}, "it must be a list of strings"),
        ("per-path-ignores", {"a/": ["RL999"]}, 'names "RL999", which is no code'),
        ("allow", {"RL101": "a.b"}, "it must be a list of strings"),
        ("allow", {"nothing": ["a.b"]}, 'names "nothing", which is no code'),
    ],
)
def test_tables_by_rule_are_checked(key: str, value: object, words: str) -> None:
    settings, messages = parse_settings({key: value}, Settings())
    assert words in messages[0]
    assert settings.severity == ()
    assert settings.allow == ()
    assert not any(rules for _, rules in settings.per_path_ignores)


def test_the_nearest_file_with_settings_is_found(tmp_path: Path) -> None:
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    module = inner / "module.py"
    outer = tmp_path / "outer" / "pyproject.toml"
    outer.write_text("[tool.racelens]\n")
    (inner / "pyproject.toml").write_text('[project]\nname = "racelens-user"\n')
    assert find_settings_file(module) == outer
    (inner / "pyproject.toml").write_text("[tool.racelens]\n")
    assert find_settings_file(module) == inner / "pyproject.toml"
    (inner / "racelens.toml").write_text("")
    assert find_settings_file(module) == inner / "racelens.toml"
    assert find_settings_file(inner) == inner / "racelens.toml"


def test_a_broken_project_file_that_names_us_is_found_and_told(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text("[tool.racelens]\nselect = [\n")
    assert find_settings_file(tmp_path) == file
    settings, (message,) = load_settings(file)
    assert settings == Settings()
    assert message.startswith(f"{file}:2: is not valid TOML: ")
    assert message.endswith("its settings are ignored.")


@pytest.mark.parametrize(
    ("content", "start"),
    [
        (b"jedi-queries = 1\nselect = = 2\n", ":2: is not valid TOML"),
        (b"jedi-queries = 1\n# \xff\n", ":2: is not valid TOML: the file is not UTF-8 text"),
        (b"jediqueries = 1\n", ": `jediqueries` is no setting"),
    ],
)
def test_what_is_wrong_with_a_file_names_the_file(
    tmp_path: Path, content: bytes, start: str
) -> None:
    file = tmp_path / "racelens.toml"
    file.write_bytes(content)
    settings, (message,) = load_settings(file)
    assert settings == Settings()
    assert message.startswith(f"{file}{start}")


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    settings, (message,) = load_settings(tmp_path / "racelens.toml")
    assert settings == Settings()
    assert "cannot be read" in message


def test_our_table_must_be_a_table(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text("[tool]\nracelens = 3\n")
    assert load_settings(file)[1] == (
        f"{file}: [tool.racelens] must be a table; its settings are ignored.",
    )
    file.write_text("[tool.ruff]\n")
    assert load_settings(file) == (Settings(), ())


def test_a_file_is_laid_over_what_was_set_before(tmp_path: Path) -> None:
    file = tmp_path / "racelens.toml"
    file.write_bytes(b"include-tests = true\r\n")
    settings, messages = load_settings(file, Settings(jedi_queries=2))
    assert (settings.include_tests, settings.jedi_queries, messages) == (True, 2, ())


@pytest.mark.parametrize(
    ("python", "is_beside"),
    [(".venv/bin/python", True), ("./python", True), ("python3.13", False), ("/py", False)],
)
def test_an_interpreter_lies_beside_the_file_that_names_it(
    tmp_path: Path, python: str, *, is_beside: bool
) -> None:
    file = tmp_path / "racelens.toml"
    file.write_text(f"python = {python!r}\n")
    expected = str(tmp_path / python) if is_beside else python
    assert load_settings(file)[0].python == expected
