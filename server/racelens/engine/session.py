"""Open documents and their findings: texts and files go in, snapshots come out."""

from __future__ import annotations

import gc
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from racelens.engine.document import Document, Snapshot
from racelens.engine.files import InputFile, is_generated
from racelens.engine.jedi_process import JediProcess, Limits
from racelens.engine.library_tables import read_tables
from racelens.engine.live_baseline import LiveBaselines
from racelens.engine.repair import Repairs, fix_all
from racelens.engine.workspace import Workspace
from racelens.engine.workspace_folder import Folder
from racelens.program.awaiting import open_queries
from racelens.source.edit import rewriting
from racelens.source.named_tuple import NamedTuple
from racelens.source.text import SourceFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from racelens.engine.live_baseline import KnownFindings
    from racelens.engine.settings import Settings
    from racelens.engine.workspace_answers import Question
    from racelens.engine.workspace_reading import Reading
    from racelens.findings.finding import Finding, Problem
    from racelens.findings.fix import Fix
    from racelens.model.names import FunctionId
    from racelens.model.summary import ModuleSummary
    from racelens.program.resolve import Answer, Query
    from racelens.source.edit import TextEdit

_HEAD = 10_000  # more characters than the lines have that say that a file is generated


class Questions(NamedTuple):
    """What jedi is to be asked about the document `path`, given the texts that are open."""

    path: str
    asked: tuple[Question, ...]
    texts: Mapping[str, str]
    roots: tuple[str, ...]
    settings: Settings


class Answered(NamedTuple):
    """What jedi said to `questions`, and what went wrong in their document."""

    questions: Questions
    answers: Mapping[Query, Answer]
    problems: tuple[Problem, ...]


class Session:
    """The documents that are open in an editor, and the folder around them.

    Findings, steps and edits name files as the command line does, relative to the folder;
    `absolute` says where they lie. A document that is not of the folder is linked alone.
    All methods but `ask` and `stop` are called from one thread, these two from any. No method
    raises for any text or file.
    """

    def __init__(
        self, settings: Settings, folder: str | None = None, project: str | None = None
    ) -> None:
        """Analyse the folder with `settings`; jedi resolves for `project` where there is none."""
        self._settings = settings
        self._folder = None if folder is None else Folder(folder)
        self._project = folder or project or str(Path.cwd())
        self._workspace = Workspace(self._folder.path if self._folder is not None else None)
        self._baselines = LiveBaselines(self._project)
        self._documents: dict[str, Document] = {}
        self._jedi: tuple[Questions, JediProcess] | None = None
        self._is_stopped = False
        self._is_new = False  # the folder was read, and nobody has looked for anything in it
        self._lock = threading.Lock()
        self._use_tables()

    @property
    def analysed(self) -> Sequence[FunctionId]:
        """The functions of the folder that had to be analysed since the last change, in order."""
        return self._workspace.program().analysed

    def configure(self, settings: Settings) -> None:
        """Use other settings from now on; what is known of the folder's files is kept."""
        if settings.exclude != self._settings.exclude:
            self._workspace.needs_reading = self._folder is not None
        self._settings = settings
        self._use_tables()

    def _use_tables(self) -> None:
        self._tables, _ = read_tables(self._settings.libraries)
        self._workspace.use_tables(self._tables)
        for document in self._documents.values():
            if document.workspace is not None:
                document.workspace.use_tables(self._tables)

    def reading(self, paths: frozenset[str] | None) -> Reading | None:
        """Return what is to be run, in any thread, to learn of files on the disk; see `adopt`.

        `paths` are absolute, None stands for all. None where there is nothing to be learned.
        """
        folder = self._folder
        if folder is None or paths is None:
            return self._workspace.reading(self._settings, paths)
        inside = {path: own for path in paths if (own := folder.inside(path)) is not None}
        if any(folder.find(path, self._settings) is None for path in inside):
            self._workspace.answers.outdate()  # jedi may know what we leave out
        return self._workspace.reading(self._settings, frozenset(inside.values()))

    def adopt(self, reading: Reading) -> bool:
        """Take over what a reading has found; return whether findings may be others now."""
        is_changed = self._workspace.adopt(reading)
        if reading.is_whole:
            self._is_new = True
            for path, document in self._documents.items():
                is_changed = self._place(path, document) or is_changed
        return is_changed

    def absolute(self, path: str) -> str:
        """Return where the file lies that findings name `path`, as the client would spell it."""
        for opened, document in self._documents.items():
            if document.source.path == path:
                return opened
        if self._folder is None:
            return path
        return self._workspace.absolute(path) or self._folder.absolute(path)

    def analyse(
        self, path: str, text: str, version: int | None, settings: Settings | None = None
    ) -> Snapshot:
        """Return the findings of the document `path` whose text is now `text`. Never asks jedi.

        `settings` are those of the document, where they are others than the folder's.
        """
        document = self._documents.get(path)
        if document is None:
            document = Document(SourceFile(path, ""), None, None, self._settings)
            self._place(path, document)
            self._documents[path] = document
        document.settings = settings or self._settings
        if document.problems is None or document.source.text != text:
            self._take(document, document.read(text))
            for other in self._documents.values():
                other.repairs = None  # they know the text, and the program may be the same
            if document.workspace is None:
                self._workspace.answers.outdate()  # jedi may know what we leave out
        return self._look(document, version)

    def questions(self, path: str) -> Questions | None:
        """Return what jedi is to be asked about the document as it was analysed last, if at all."""
        document = self._documents.get(path)
        if document is None or document.workspace is None or document.program is None:
            return None
        if document.settings.resolve != "jedi":
            return None
        answers = document.workspace.answers
        budget = self._settings.jedi_queries
        asked = answers.open_questions(document.program, document.source.path, budget)
        if not asked:
            return None
        texts = {each.source.path: each.source.text for each in self._documents.values()}
        roots = tuple(str(Path(self._project, folder)) for folder in ("", "src"))
        return Questions(path, asked, texts, self._workspace.roots or roots, self._settings)

    def ask(self, questions: Questions) -> Answered:
        """Ask jedi. Takes up to seconds: not for the path of a keystroke."""
        jedi = self._jedi_process(questions)
        if jedi is None:
            return Answered(questions, {}, ())
        jedi.begin_generation()
        answers = jedi.resolve([each.query for each in questions.asked], questions.texts)
        own = questions.asked[0].query.path
        problems = tuple(problem for problem in jedi.take_problems() if problem.path == own)
        return Answered(questions, answers, problems)

    def learn(self, answered: Answered) -> bool:
        """Keep what jedi said; return whether findings may be others now."""
        document = self._documents.get(answered.questions.path)
        if document is None or document.workspace is None:
            return False
        answers = document.workspace.answers
        program = document.workspace.program()
        asked = answered.questions.asked
        is_news = answers.learn(program, asked, answered.answers, self._shown)
        is_news = is_news or answered.problems != document.jedi_problems
        document.jedi_problems = answered.problems
        return is_news

    def fixes(self, path: str, finding: Finding) -> tuple[Fix, ...]:
        """Return the fixes of `finding`, best first, each one re-analysed before it is offered."""
        document = self._documents.get(path)
        if document is None or document.snapshot is None:
            return ()
        if finding not in document.snapshot.findings:
            return ()
        repairs = self._repairs(document)
        return repairs.fixes(finding) if repairs is not None else ()

    def baseline_fixes(self, path: str, finding: Finding) -> tuple[Fix, ...]:
        """Return the fix that adds `finding` to the baseline, if that is to be had.

        It depends on the file as it is now, so it is not to be kept.
        """
        document = self._documents.get(path)
        if document is None:
            return ()
        return self._known(document).fixes(document.found, finding)

    def fix_all(self, path: str) -> tuple[TextEdit, ...]:
        """Return the edits that apply the safe fixes of a document's findings, one by one."""
        document = self._documents.get(path)
        repairs = self._repairs(document) if document is not None else None
        if document is None or repairs is None or not document.is_reported:
            return ()
        known = self._known(document)
        after, _ = fix_all(repairs, [document.source.path], reported=known.new)
        return tuple(
            edit
            for name, changed in after.changed.items()
            if (before := repairs.source(name)) is not None
            for edit in rewriting(before, changed)
        )

    def close(self, path: str) -> None:
        """Forget the document `path`: what lies on the disk is its text from now on."""
        document = self._documents.pop(path, None)
        file = document.file if document is not None else None
        if file is None:
            return
        workspace = self._workspace
        workspace.drop(file.path)
        if not workspace.is_as_read(file.path, file.absolute):
            reading = workspace.reading(self._settings, frozenset({file.absolute}))
            if reading is not None and not reading.is_whole:
                reading.run(lambda _done, _all: True)
                workspace.adopt(reading)

    def stop(self) -> None:
        """End jedi's process, if there is one."""
        with self._lock:
            self._is_stopped = True
            jedi, self._jedi = self._jedi, None
        if jedi is not None:
            jedi[1].stop()

    def _place(self, path: str, document: Document) -> bool:
        """Find out whether the document is one of the folder's files; return whether that is new.

        What is no Python file of the folder, such as a script without a suffix, is on its own.
        """
        folder = self._folder
        if folder is None or not folder.holds(path):
            document.workspace = document.workspace or Workspace()
            document.workspace.use_tables(self._tables)
            return False
        before, document.file = document.file, folder.find(path, self._settings)
        if document.file == before:
            return False
        if before is not None:
            self._workspace.drop(before.path)
        document.workspace = self._workspace if document.file is not None else None
        shown = document.file.path if document.file is not None else path
        document.source = SourceFile(shown, document.source.text)
        document.problems = None
        return True

    def _take(self, document: Document, module: ModuleSummary) -> None:
        """Have the document's text in its program, unless a tool wrote it."""
        file = document.file
        if file is None:
            if document.workspace is not None:
                document.workspace.put(module, document.source)
            return
        head = document.source.text[:_HEAD].encode(errors="replace")
        if is_generated(head):
            self._workspace.drop(file.path)
            document.workspace = None
        else:
            self._workspace.put(module, document.source)
            document.workspace = self._workspace

    def _look(self, document: Document, version: int | None) -> Snapshot:
        source, workspace = document.source, document.workspace
        problems: tuple[Problem, ...] = ()
        unresolved = False
        document.program, document.found = None, ()
        if workspace is not None:
            program = workspace.program()
            missing = document.look(program)
            problems = (*(document.problems or ()), *missing, *document.jedi_problems)
            if document.settings.resolve == "jedi" and document.is_reported:
                unresolved = next(open_queries(program, source.path), None) is not None
        known = self._known(document)
        new = known.new(document.found)
        snapshot = Snapshot(source, version, new, problems, unresolved, known.complaint)
        document.snapshot = snapshot
        if self._is_new and workspace is self._workspace:
            self._is_new = False
            gc.freeze()  # a search through what was found out of a large folder takes a second
        return snapshot

    def _known(self, document: Document) -> KnownFindings:
        path = document.source.path
        file = document.file or InputFile(path, path, is_test=False)
        return self._baselines.known(document.settings.baseline, file)

    def _repairs(self, document: Document) -> Repairs | None:
        """Return what finds the fixes of a document as it was analysed last."""
        program, workspace = document.program, document.workspace
        if program is None or workspace is None:
            return None
        if document.repairs is None or document.repairs.program is not program:
            settings, own = document.settings, {document.source.path: document.known}
            read, relink = self._text_of, workspace.relinked
            document.repairs = Repairs(program, settings, read, relink, own)
        return document.repairs

    def _text_of(self, path: str) -> SourceFile | None:
        """Return the text of a file of the folder: the buffer's, else that of the disk."""
        for document in self._documents.values():
            if document.source.path == path:
                return document.source
        return self._workspace.text(path)

    def _shown(self, path: str) -> str | None:
        return self._folder.shown(path) if self._folder is not None else None

    def _jedi_process(self, questions: Questions) -> JediProcess | None:
        """Return jedi's process; a new one where it must know other folders or another Python."""
        with self._lock:
            before = self._jedi
            if self._is_stopped:
                return None
            if before is not None and _needs(before[0]) == _needs(questions):
                return before[1]
            limits = Limits(queries=questions.settings.jedi_queries)
            python, roots = questions.settings.python, questions.roots
            jedi = JediProcess(self._project, python=python, roots=roots, limits=limits)
            self._jedi = (questions, jedi)
        if before is not None:
            before[1].stop()
        return jedi


def _needs(questions: Questions) -> tuple[object, ...]:
    return (questions.roots, questions.settings.python, questions.settings.jedi_queries)
