"""Files with one race each, as input of a check."""

from __future__ import annotations

from racelens.engine.files import InputFile

_TEXT = """\
import asyncio


class Counter{n}:
    def __init__(self):
        self.value = 0

    async def increment(self):
        current = self.value
        await asyncio.sleep(0)
        self.value = current + 1


async def run():
    counter = Counter{n}()
    await asyncio.gather(*[counter.increment() for _ in range(10)])
"""


def racy(number: int = 0) -> str:
    """Return a text with one race; the number makes it another one."""
    return _TEXT.replace("{n}", str(number))


def input_files(contents: list[bytes]) -> list[InputFile]:
    """Return files with these contents, in the order of their names."""
    return [
        InputFile(f"m{n:02}.py", f"/m{n:02}.py", is_test=False, buffer=content)
        for n, content in enumerate(contents)
    ]
