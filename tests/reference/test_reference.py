"""The generated texts: complete, up to date, and refused where they cannot be right."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from racelens.engine.configuration import load_settings, parse_settings, setting_names
from racelens.engine.registry import all_rules
from racelens.engine.settings import Settings
from racelens.findings.levels import Severity
from racelens.findings.rule import function_rule
from racelens.reference import __main__ as command
from racelens.reference import settings as setting_schemas
from racelens.reference.documents import (
    MARK,
    UngeneratableError,
    generated_texts,
    with_rule_table,
    with_settings,
)
from racelens.reference.pages import find_page, near_names, rule_pages
from racelens.reference.settings import UndescribedSettingError, editor_properties, toml_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racelens.findings.finding import Draft
    from racelens.model.names import FunctionId
    from racelens.program.program import Program

CHECKOUT = Path(__file__).parents[2]
README = "# Title\n\n<!-- rules:begin -->\nold\n<!-- rules:end -->\n\nEnd.\n"
MANIFEST = {
    "name": "racelens",
    "contributes": {
        "commands": [],
        "configuration": [
            {"title": "Analysis", "properties": {"racelens.old": {}}},
            {"title": "Server", "properties": {"racelens.interpreter": {"type": "array"}}},
        ],
    },
    "scripts": {},
}


@function_rule(code="RL901", severity=Severity.WARNING, since="0.2.0")
def odd_rule(_program: Program, _function: FunctionId) -> Iterator[Draft]:
    """Something | odd happens.

    ## Why this is odd

    Because.
    """
    yield from ()


@function_rule(code="RL902", severity=Severity.WARNING, since="0.2.0")
def rule_without_page(_program: Program, _function: FunctionId) -> Iterator[Draft]:
    yield from ()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a checkout whose only rule is `odd-rule`."""
    (tmp_path / "README.md").write_text(README)
    (tmp_path / "package.json").write_text(json.dumps(MANIFEST))
    monkeypatch.setattr(command, "all_rules", lambda: (odd_rule,))
    return tmp_path


def test_the_generated_files_of_the_repository_are_up_to_date() -> None:
    stale = [
        name
        for name, text in generated_texts(CHECKOUT, all_rules()).items()
        if not isinstance(text, str) or (CHECKOUT / name).read_text(encoding="utf-8") != text
    ]
    assert not stale, "run python -m racelens.reference"


def test_all_files_are_written_once_and_then_up_to_date(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([], checkout) == 0
    files = sorted(p.relative_to(checkout).as_posix() for p in checkout.rglob("*") if p.is_file())
    assert files == [
        "README.md",
        "docs/racelens.schema.json",
        "docs/rules/odd-rule.md",
        "package.json",
        "server/racelens/reference/rules.json",
    ]
    assert command.main(["--check"], checkout) == 0
    assert capsys.readouterr() == ("", "")


def test_check_names_stale_files_and_writes_nothing(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command.main([], checkout)
    page, data = checkout / "docs/rules/odd-rule.md", checkout / "docs/racelens.schema.json"
    page.write_text("changed")
    data.unlink()
    (checkout / "docs/rules/gone-rule.md").write_text(f"{MARK}\n")
    (checkout / "docs/rules/by-hand.md").write_text("Ours.\n")
    assert command.main(["--check"], checkout) == 1
    assert capsys.readouterr().err == "".join(
        f"{name} is stale: run python -m racelens.reference\n"
        for name in (
            "docs/racelens.schema.json",
            "docs/rules/odd-rule.md",
            "docs/rules/gone-rule.md",
        )
    )
    assert page.read_text() == "changed"
    assert command.main([], checkout) == 0
    assert page.read_text().startswith(MARK)
    assert not (checkout / "docs/rules/gone-rule.md").exists()
    assert (checkout / "docs/rules/by-hand.md").exists()


def test_a_readme_without_markers_is_named_and_the_rest_is_written(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / "README.md").write_text("# Title\n")
    assert command.main([], checkout) == 2
    assert "README.md lacks <!-- rules:begin -->" in capsys.readouterr().err
    assert (checkout / "README.md").read_text() == "# Title\n"
    assert (checkout / "docs/rules/odd-rule.md").exists()


def test_a_rule_without_a_page_is_refused(checkout: Path) -> None:
    with pytest.raises(UngeneratableError, match="RL902 rule-without-page has no page"):
        generated_texts(checkout, (rule_without_page,))


def test_stripped_docstrings_are_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-OO", "-m", "racelens.reference", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "has no page (python -OO strips it)" in done.stderr


def test_the_table_of_rules_stands_between_the_markers(checkout: Path) -> None:
    texts = generated_texts(checkout, (odd_rule,))
    assert texts["README.md"] == (
        "# Title\n\n<!-- rules:begin -->\n\n"
        "| code | name | reports |\n|---|---|---|\n"
        "| RL901 | [odd-rule](docs/rules/odd-rule.md) | Something \\| odd happens |\n"
        "\n<!-- rules:end -->\n\nEnd.\n"
    )
    assert with_rule_table(str(texts["README.md"]), ()) != texts["README.md"]


def test_a_rule_document_has_a_heading_and_the_page(checkout: Path) -> None:
    assert generated_texts(checkout, (odd_rule,))["docs/rules/odd-rule.md"] == (
        f"{MARK}\n\n# odd-rule\n\n`RL901` · warning · since 0.2.0\n\n"
        "Something | odd happens.\n\n## Why this is odd\n\nBecause.\n"
    )


def test_the_extensions_own_settings_are_left_alone() -> None:
    document = json.loads(with_settings(json.dumps(MANIFEST)))
    analysis, server = document["contributes"]["configuration"]
    assert analysis == {"title": "Analysis", "properties": editor_properties()}
    assert server == MANIFEST["contributes"]["configuration"][1]  # type: ignore[index]
    assert list(document) == list(MANIFEST)
    assert with_settings(json.dumps(document)) == json.dumps(document, indent=2) + "\n"


def described(schema: dict[str, Any]) -> list[object]:
    """Return values that a schema allows: its default and its alternatives."""
    return [schema.get("default"), *schema.get("enum", ())]


def test_what_the_schemas_allow_is_read_as_it_is_meant() -> None:
    properties: Any = toml_schema(all_rules())["properties"]
    assert tuple(properties) == setting_names()
    for spelled in (properties, editor_properties()):
        for name, schema in spelled.items():
            for value in described(schema):
                values = {name.removeprefix("racelens."): value}
                assert parse_settings(values, Settings())[1] == ()


def test_the_defaults_of_the_schemas_are_those_of_the_settings(tmp_path: Path) -> None:
    properties: Any = toml_schema(all_rules())["properties"]
    lines = [
        f"{name} = {json.dumps(schema['default'])}\n"
        for name, schema in properties.items()
        if "default" in schema
    ]
    (tmp_path / "racelens.toml").write_text("".join(lines))
    assert load_settings(tmp_path / "racelens.toml") == (Settings(), ())


def test_a_setting_that_nothing_is_told_about_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(setting_schemas._DESCRIPTIONS, "exclude")  # noqa: SLF001 - what is tested
    with pytest.raises(UndescribedSettingError, match=r"Settings\.exclude"):
        toml_schema(())


def test_the_shipped_pages_are_those_of_the_rules() -> None:
    assert [(p.code, p.name, p.page) for p in rule_pages()] == [
        (rule.code, rule.name, rule.page) for rule in all_rules()
    ]


@pytest.mark.parametrize("name", ["RL101", "rl101", "lost-update", "Lost_Update"])
def test_a_page_is_found_by_code_and_name(name: str) -> None:
    page = find_page(name)
    assert page is not None
    assert (page.code, page.severity) == ("RL101", "warning")


def test_near_names_are_offered() -> None:
    assert find_page("lost-updat") is None
    assert near_names("lostupdate")[0] == "lost-update"
    assert "RL101" in near_names("RL1O1")
    assert near_names("zzzzzzzz") == ()
