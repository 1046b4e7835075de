"""The trees that speed is measured on: from PyPI into the cache, and samples of one of them."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING

from bench.noise.sources import Package, fetched

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VERSIONS = {
    "distributed": "2025.4.1",
    "prefect": "3.4.0",
    "litellm": "1.68.0",
    "homeassistant": "2025.4.4",
}
_WHEELS = ("--python-version", "3.13", "--only-binary=:all:")
_SEED = 7  # of the order in which packages come into the samples


def tree(name: str, cache: Path) -> Path:
    """Return the folder with the Python files of the tree `name`; see `sources.fetched`."""
    return fetched(Package(name, VERSIONS[name]), cache, which=_WHEELS)


def lines_of(tree: Path) -> int:
    """Return how many lines the Python files of `tree` have."""
    return sum(path.read_bytes().count(b"\n") for path in tree.rglob("*.py"))


def samples(tree: Path, sizes: tuple[int, ...], cache: Path) -> Iterator[tuple[int, Path]]:
    """Yield nested samples of `tree`, of at least so many lines each, with their sizes.

    Whole packages are taken, in an order that does not change; the rest of the tree (what is not
    in the folder with the most packages) is part of each.
    """
    crowded = max(tree.rglob("*"), key=_packages)
    packages = sorted(path for path in crowded.iterdir() if path.is_dir())
    random.Random(_SEED).shuffle(packages)  # noqa: S311 - no secret
    for size in sizes:
        folder = cache / f"{tree.name}-{size}"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(tree, folder)
        left = size - lines_of(folder) + sum(map(lines_of, packages))
        for package in packages:
            if left <= 0:
                shutil.rmtree(folder / package.relative_to(tree))
            left -= lines_of(package)
        yield lines_of(folder), folder


def _packages(folder: Path) -> int:
    return sum(path.is_dir() for path in folder.iterdir()) if folder.is_dir() else 0
