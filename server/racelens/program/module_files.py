"""Which file of a program a module name means: an importer and a name in, a path out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def dotted_name(path: str) -> str:
    """Return the dotted module name of a file by its path: `a/b/__init__.py` is `a.b`."""
    stem = path.removesuffix(".py").replace("\\", "/").strip("/").replace("/", ".")
    return stem.removesuffix(".__init__")


class ModuleFiles:
    """The files of a program by the names of their modules. Answers are kept."""

    def __init__(self, paths: Iterable[str]) -> None:
        """Know the files `paths`."""
        self._by_dotted = {dotted_name(path): path for path in paths}
        self._found: dict[tuple[str, str], str | None] = {}

    def find(self, importer: str, name: str) -> str | None:
        """Return the path of module `name`, imported by the file `importer`; None if outside.

        Source roots are not declared: each folder above the importer may be one, and the scanned
        folder may be a package itself, whose name is then missing from the paths.
        """
        folder = importer.replace("\\", "/").rpartition("/")[0]
        key = (folder, name)
        if key not in self._found:
            self._found[key] = self._search(folder.strip("/"), name)
        return self._found[key]

    def _search(self, folder: str, name: str) -> str | None:
        package = folder.split("/") if folder else []
        if name.startswith("."):
            level = len(name) - len(name.lstrip("."))
            package = package[: len(package) - (level - 1)] if level > 1 else package
            rest = name.lstrip(".").split(".") if name.strip(".") else []
            return self._by_dotted.get(".".join([*package, *rest]))
        for depth in range(len(package) + 1):
            found = self._by_dotted.get(".".join([*package[:depth], name]))
            if found is not None:
                return found
        _, _, inner = name.partition(".")
        return self._by_dotted.get(inner) if "." in inner else None


def joined(parts: list[str]) -> str:
    """Join a module name whose first part may be the dots of a relative import."""
    first, *rest = parts
    return first + ".".join(rest) if first.strip(".") == "" else ".".join(parts)
