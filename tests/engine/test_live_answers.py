"""jedi's answers in the live workspace: for how long they hold, and when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from racelens.engine.session import Session
from racelens.engine.settings import Settings
from racelens.program.resolve import Answer, Query

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from racelens.engine.document import Snapshot
    from racelens.findings.finding import Problem

FACTORY = """\
from client import Client


def connect():
    return Client()
"""
APPLICATION = """\
from factory import connect


async def main():
    client = connect()
    client.send("hello")


async def unrelated():
    return 1
"""


class Jedi:
    """A resolver for which whatever is called `send` gives a coroutine; it counts itself."""

    started = 0
    stopped = 0
    asked: tuple[Query, ...] = ()
    origin: str | None = None
    is_coroutine = True

    def __init__(self, project: str, **_: object) -> None:
        Jedi.started += 1
        self._project = project

    def begin_generation(self) -> None:
        pass

    def resolve(self, queries: Sequence[Query], texts: Mapping[str, str]) -> dict[Query, Answer]:
        Jedi.asked = tuple(queries)
        answer = Answer("client.Client.send", "function", Jedi.is_coroutine, Jedi.origin)
        lines = {query: texts[query.path].splitlines()[query.line] for query in queries}
        return {query: answer for query, line in lines.items() if ".send" in line}

    def take_problems(self) -> tuple[Problem, ...]:
        return ()

    def stop(self) -> None:
        Jedi.stopped += 1


class Live:
    """A session on a folder, and what an editor would do."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        self.session = Session(settings, str(folder))
        self.path = self.write("application.py", APPLICATION)
        self.text = APPLICATION

    def write(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text)
        return str(self.folder / name)

    def read(self, *paths: str) -> None:
        reading = self.session.reading(frozenset(paths) or None)
        assert reading is not None
        reading.run(lambda done, total: done <= total)
        self.session.adopt(reading)

    def analysed(self, text: str | None = None) -> Snapshot:
        self.text = text or self.text
        return self.session.analyse(self.path, self.text, 1)

    def codes(self, text: str | None = None) -> list[str]:
        """Return the codes of the findings, without asking."""
        return [each.code for each in self.analysed(text).findings]

    def ask(self) -> bool:
        """Ask what is to be asked; return whether findings may be others now."""
        questions = self.session.questions(self.path)
        return questions is not None and self.session.learn(self.session.ask(questions))

    def wants_to_ask(self) -> bool:
        self.analysed()
        return self.session.questions(self.path) is not None


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Live:
    for name, value in (("started", 0), ("stopped", 0), ("asked", ()), ("origin", None)):
        monkeypatch.setattr(Jedi, name, value)
    monkeypatch.setattr("racelens.engine.session.JediProcess", Jedi)
    live = Live(tmp_path, Settings())
    live.write("factory.py", FACTORY)
    live.write("stranger.py", "def other():\n    return 1\n")
    live.read()
    return live


def test_an_answer_makes_a_finding(live: Live) -> None:
    snapshot = live.analysed()
    assert snapshot.unresolved
    assert snapshot.findings == ()
    assert live.ask()
    assert live.codes() == ["RL201"]
    assert not live.wants_to_ask()
    assert Jedi.started == 1


def test_no_process_is_started_for_nothing(live: Live) -> None:
    assert not live.analysed("async def main():\n    pass\n").unresolved
    assert not live.ask()
    live.session.stop()
    assert Jedi.started == 0


@pytest.mark.parametrize(
    "edited",
    [
        f"\n\n# A comment.\n{APPLICATION}",
        APPLICATION.replace("return 1", "return 2"),
        APPLICATION.replace("async def unrelated", "def unrelated"),
        f"{APPLICATION}\n\ndef broken(:\n",
    ],
)
def test_an_answer_survives_edits_elsewhere(live: Live, edited: str) -> None:
    live.analysed()
    live.ask()
    (finding,) = live.analysed(edited).findings
    assert edited.splitlines()[finding.span.start.line] == '    client.send("hello")'


def test_what_only_moves_is_not_asked_again(live: Live) -> None:
    live.analysed()
    live.ask()
    live.analysed(f"\n\n# A comment.\n{APPLICATION}")
    assert not live.wants_to_ask()


def test_a_call_whose_function_changes_has_to_be_asked_about_again(live: Live) -> None:
    live.analysed()
    live.ask()
    assert live.codes(APPLICATION.replace("client = connect()", "client = connect(1)")) == []
    assert live.ask()
    assert live.codes() == ["RL201"]


def test_another_import_has_it_asked_again_and_shown_until_then(live: Live) -> None:
    live.analysed()
    live.ask()
    assert live.codes(APPLICATION.replace("from factory", "from other_factory")) == ["RL201"]
    Jedi.is_coroutine = False
    try:
        assert live.ask()
    finally:
        Jedi.is_coroutine = True
    assert live.codes() == []


def test_a_change_of_what_is_imported_has_it_asked_again(live: Live) -> None:
    live.analysed()
    live.ask()
    live.read(live.write("stranger.py", "def other():\n    return 2\n"))
    assert not live.wants_to_ask()
    live.read(live.write("factory.py", FACTORY.replace("Client()", "Client(1)")))
    assert live.wants_to_ask()
    assert live.codes() == ["RL201"]


def test_a_change_of_where_jedi_found_it_has_it_asked_again(live: Live) -> None:
    Jedi.origin = str(live.folder / "stranger.py")
    live.analysed()
    live.ask()
    live.read(live.write("stranger.py", "def other():\n    return 2\n"))
    assert live.wants_to_ask()


def test_a_module_that_comes_has_it_asked_again(live: Live) -> None:
    live.analysed()
    live.ask()
    live.read(live.write("client.py", "Client = None\n"))
    assert live.wants_to_ask()


def test_a_change_of_what_we_leave_out_has_all_asked_again(live: Live) -> None:
    live.analysed()
    live.ask()
    live.read(live.write("client.pyi", "class Client: ...\n"))
    assert live.wants_to_ask()


def test_the_first_of_many_are_asked_and_no_more(tmp_path: Path, live: Live) -> None:
    live.session.stop()
    live = Live(tmp_path, Settings(jedi_queries=2))
    live.read()
    calls = "\n".join(f"    client.send({number})" for number in range(5))
    live.analysed(APPLICATION.replace('    client.send("hello")', calls))
    assert live.ask()
    assert len(Jedi.asked) == 2
    assert len(live.codes()) == 2
    assert not live.wants_to_ask()


def test_an_answer_about_a_text_that_is_gone_is_kept_for_when_it_comes_back(live: Live) -> None:
    live.analysed()
    questions = live.session.questions(live.path)
    assert questions
    answered = live.session.ask(questions)
    assert live.codes("import json\n") == []
    live.session.learn(answered)
    assert live.codes() == []
    assert live.codes(APPLICATION) == ["RL201"]


def test_a_closed_document_is_forgotten(live: Live) -> None:
    live.analysed()
    questions = live.session.questions(live.path)
    assert questions
    answered = live.session.ask(questions)
    live.session.close(live.path)
    assert not live.session.learn(answered)
    assert live.codes() == []


def test_a_document_of_no_folder_is_asked_about_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("racelens.engine.session.JediProcess", Jedi)
    session = Session(Settings(), None, str(tmp_path))
    session.analyse("untitled:1", APPLICATION, 1)
    questions = session.questions("untitled:1")
    assert questions
    assert session.learn(session.ask(questions))
    assert [f.code for f in session.analyse("untitled:1", APPLICATION, 1).findings] == ["RL201"]


def test_nothing_is_asked_after_the_stop(live: Live) -> None:
    live.analysed()
    questions = live.session.questions(live.path)
    assert questions
    live.session.stop()
    assert live.session.ask(questions).answers == {}
    assert Jedi.started == 0
