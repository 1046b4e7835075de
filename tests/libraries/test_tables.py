"""Tables of library facts: those that come with RaceLens, and what is said of a bad one."""

from __future__ import annotations

import pytest
from racelens.libraries.known import libraries_for, table_names
from racelens.libraries.rows import Entry, LockKind, Suspends
from racelens.libraries.table import InvalidTableError, merged, parse_table

SOURCE = 'library = "own"\nversions = ">=1"\nsource = "https://example.org/"\n'


@pytest.mark.parametrize("name", sorted(table_names()))
def test_every_base_is_known(name: str) -> None:
    libraries = libraries_for([name])
    known = libraries.objects.union(libraries.methods)
    assert {row.base for row in libraries.types.values() if row.base} <= known


@pytest.mark.parametrize("name", sorted(table_names()))
def test_rows_are_named_by_the_module_that_is_imported(name: str) -> None:
    own = libraries_for([name]).calls.keys() - libraries_for([]).calls.keys()
    others = set(libraries_for([name]).calls) & own
    assert all(key.partition(".")[0] in table_names() for key in others)


def test_a_table_is_read_for_what_a_program_imports() -> None:
    assert libraries_for([]).row("fastapi.FastAPI.get") is None
    row = libraries_for(["fastapi", "unheard_of"]).row("fastapi.FastAPI.get")
    assert row is not None
    assert row.entry is Entry.MANY


def test_what_a_table_is_based_on_is_read_with_it() -> None:
    row = libraries_for(["fastapi"]).row("fastapi.BackgroundTasks.add_task")
    assert row is not None
    assert row.entry is Entry.MANY


def test_rows_of_all_kinds() -> None:
    table = parse_table(
        SOURCE
        + """
[calls]
"own.get" = { awaitable = true, suspends = "always", entry = "once", turns = "queue" }
[types]
"own.Lock" = { lock = "exclusive" }
"own.make_lock" = { base = "own.Lock" }
[methods]
"own.Handler" = { many = ["on_*"], last = ["close"], instance = "own" }
[functions]
"setup" = { entry = "first", of = "own" }
""",
        "own.toml",
    )
    call = table.calls["own.get"]
    assert (call.suspends, call.entry, call.turns) == (Suspends.ALWAYS, Entry.ONCE, "queue")
    assert (call.versions, call.source) == (">=1", "https://example.org/")
    assert table.lock_kind("own.Lock") is LockKind.EXCLUSIVE
    assert table.classes("own.make_lock") == ("own.make_lock", "own.Lock")
    handler = table.methods["own.Handler"]
    assert handler.own
    assert handler.entry("on_message") is Entry.MANY
    assert handler.entry("close") is Entry.LAST
    assert handler.entry("_on_message") is None
    assert table.functions["setup"].entry is Entry.FIRST


def test_a_pattern_stands_for_generated_classes() -> None:
    grpc = libraries_for(["grpc"])
    row = grpc.entry_methods("shop.shop_pb2_grpc.ShopServicer")
    assert row is not None
    assert row.entry("Buy") is Entry.MANY
    assert row.entry("__init__") is None
    assert grpc.entry_methods("shop.Servicer") is None


def test_of_two_rows_for_one_name_the_later_one_holds() -> None:
    first = parse_table(f'{SOURCE}[calls]\n"own.run" = {{ spawns = true }}', "first.toml")
    second = parse_table(f'{SOURCE}[calls]\n"own.run" = {{ runs = true }}', "second.toml")
    row = merged([first, second]).calls["own.run"]
    assert (row.spawns, row.runs) == (False, True)
    assert libraries_for([], (first, second)).calls["own.run"] == row


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("calls = [", "own.toml: is not TOML: "),
        ("surprise = 1", "own.toml: unknown key surprise"),
        ("versions = 3", "own.toml: versions must be a string"),
        ("calls = 3", "own.toml: calls must be a table"),
        ('[calls]\n"a.b" = 3', "own.toml: calls.a.b: must be a table of facts"),
        ('[calls]\n"a.b" = { awaits = true }', "own.toml: calls.a.b: unknown key awaits"),
        (
            '[calls]\n"a.b" = { entry = "often" }',
            "own.toml: calls.a.b: entry must be one of many, once, first, last, not often",
        ),
        (
            '[calls]\n"a.b" = { suspends = true }',
            "own.toml: calls.a.b: suspends must be one of never, may, always, not True",
        ),
        (
            '[calls]\n"a.b" = { writes = "all" }',
            "writes must be one of add, delete, update, clear, atomic, discard, not all",
        ),
        ('[calls]\n"a.b" = { spawns = 1 }', "own.toml: calls.a.b: spawns must be true or false"),
        ('[calls]\n"a.b" = { source = "a book" }', "calls.a.b: source must be a public URL"),
        ('[calls]\n"a.b" = { versions = "new" }', "versions must be a range as in `>=1.2,<3`"),
        (
            '[types]\n"a.L" = { lock = "own" }',
            "own.toml: types.a.L: lock must be one of exclusive, counted, none, not own",
        ),
        ('[types]\n"a.L" = { base = 1 }', "own.toml: types.a.L: base must be the name of a class"),
        (
            '[methods]\n"a.H" = { many = "get" }',
            "own.toml: methods.a.H: many must be a list of methods' names",
        ),
        (
            '[methods]\n"a.H" = { instance = "each" }',
            "own.toml: methods.a.H: instance must be one of shared, own, not each",
        ),
        ("[functions]\nsetup = { }", "functions.setup: entry must be one of many, once, first"),
    ],
)
def test_a_bad_table_gets_one_message_that_names_the_key(text: str, message: str) -> None:
    head = "" if "versions = 3" in text else SOURCE
    with pytest.raises(InvalidTableError) as raised:
        parse_table(head + text, "own.toml")
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)
