"""Paths of one folder: as a client spells them, as the disk has them, as findings name them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from racelens.engine.files import find_file

if TYPE_CHECKING:
    from racelens.engine.files import InputFile
    from racelens.engine.settings import Settings


class Folder:
    """The folder `path`, which the command line would be started in."""

    def __init__(self, path: str) -> None:
        self.path = os.path.normpath(path)
        self._real = os.path.realpath(path)

    def inside(self, path: str) -> str | None:
        """Return the path of a file of ours, links and odd spellings followed; else None.

        It need not exist. `untitled:` and the like are nobody's.
        """
        if not Path(path).is_absolute():
            return None
        real = os.path.realpath(path)
        if not real.startswith(self._real.rstrip(os.sep) + os.sep):
            return None
        return str(Path(self.path, os.path.relpath(real, self._real)))

    def holds(self, path: str) -> bool:
        """Say whether `path` names a Python file of the folder, left out or not."""
        return path.endswith(".py") and self.inside(path) is not None

    def find(self, path: str, settings: Settings) -> InputFile | None:
        """Return the file as the command line finds it; None where it is left out."""
        inside = self.inside(path)
        return find_file(inside, self.path, settings) if inside is not None else None

    def shown(self, path: str) -> str | None:
        """Return the path as findings name it; None where the file is not ours."""
        inside = self.inside(path)
        return os.path.relpath(inside, self.path).replace(os.sep, "/") if inside else None

    def absolute(self, shown: str) -> str:
        """Return where the file lies that findings name `shown`."""
        return os.path.normpath(Path(self.path, shown))
