"""The packages that the noise is measured on: from PyPI into a cache folder, unpacked."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

PACKAGES = Path(__file__).with_name("packages.txt")

# The same wheels everywhere, whatever measures. Their Python files do not differ by platform.
_TARGET = ("--platform", "manylinux_2_17_x86_64", "--implementation", "cp")
_WHEELS = (*_TARGET, "--python-version", "3.12")
_PIN = re.compile(r"([\w.-]+)==([\w.]+)")


class Package(NamedTuple):
    """A package and its version on PyPI."""

    name: str
    version: str


def packages(file: Path = PACKAGES) -> list[Package]:
    """Return the packages in the order of `file`."""
    pins = map(_PIN.fullmatch, file.read_text(encoding="utf-8").splitlines())
    return [Package(pin[1], pin[2]) for pin in pins if pin]


def fetched(package: Package, cache: Path, *, which: tuple[str, ...] = _WHEELS) -> Path:
    """Return the folder with the source of `package`, downloaded where `cache` does not hold it.

    `which` are pip's options that choose among its files.
    Raises subprocess.CalledProcessError where pip cannot get it.
    """
    folder = cache / f"{package.name}-{package.version}"
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as temporary:
        archives, unpacked = Path(temporary, "archives"), Path(temporary, "unpacked")
        pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet")
        what = ("--no-deps", *which, "--dest", str(archives))
        subprocess.run([*pip, *what, f"{package.name}=={package.version}"], check=True)
        for archive in archives.iterdir():
            unpack(archive, unpacked)
        shutil.move(unpacked, folder)
    return folder


def unpack(archive: Path, into: Path) -> None:
    """Write the Python files of a wheel or of a source distribution below `into`."""
    into.mkdir(exist_ok=True)
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as wheel:
            for name in wheel.namelist():
                if name.endswith(".py"):
                    wheel.extract(name, into)
        return
    with tarfile.open(archive) as source:
        for member in source:
            target = into / member.name
            content = source.extractfile(member) if member.isfile() else None
            is_inside = target.resolve().is_relative_to(into.resolve())
            if content is not None and member.name.endswith(".py") and is_inside:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.read())
