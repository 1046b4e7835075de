"""The noise of packages that lie in a folder, and what is unpacked of an archive."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from bench.noise.sources import packages, unpack

ROOT = Path(__file__).parents[2]
RACY = """\
import asyncio


class Counter:
    async def increment(self):
        current = self.value
        await asyncio.sleep(0)
        self.value = current + 1
"""
FILES = {
    "httpx/counter.py": RACY,
    "httpx/plain.py": "value = 1\n" * 50,
    "httpx/generated.py": f"# @generated\n{RACY}",
    "httpx/counter_pb2.py": RACY,
    "tests/test_counter.py": RACY,
}


def printed(*options: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "bench.noise", *options]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    return done.returncode, done.stdout


def test_only_async_files_that_people_wrote_count(tmp_path: Path) -> None:
    for name, text in FILES.items():
        path = tmp_path / "httpx" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    status, table = printed("--sources", str(tmp_path), "--only", "httpx")
    head, row, total = table.splitlines()
    assert status == 0
    assert head.split()[:2] == ["package", "lines"]
    assert row.split() == ["httpx", "8", "1", "125.00", "0", "0.00", "RL101", "1"]
    assert total.split()[1:] == row.split()[1:]


def test_a_package_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    assert printed("--sources", str(tmp_path), "--only", "httpx") == (2, "")


def test_packages_are_pinned() -> None:
    assert len(packages()) == len({package.name for package in packages()}) > 10
    assert all(package.version for package in packages())


def test_only_python_files_are_unpacked_and_none_outside(tmp_path: Path) -> None:
    names = ("a/b.py", "a/b.so", "../escaped.py")
    wheel, source = tmp_path / "a.whl", tmp_path / "a.tar.gz"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in names[:2]:
            archive.writestr(name, "x = 1\n")
    with tarfile.open(source, "w:gz") as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = 6
            archive.addfile(member, io.BytesIO(b"x = 1\n"))
    for archive_path in (wheel, source):
        into = tmp_path / f"from {archive_path.name}"
        unpack(archive_path, into)
        files = [path.relative_to(into).as_posix() for path in into.rglob("*") if path.is_file()]
        assert files == ["a/b.py"]
    assert not (tmp_path / "escaped.py").exists()
