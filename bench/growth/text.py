"""What the constructs are written with."""

from __future__ import annotations

HEAD = (
    "import asyncio\n\n\nasync def fetch(x=None):\n    await asyncio.sleep(0)\n    return x\n\n\n"
)


def coroutine(*body: str) -> str:
    """Return a class with one coroutine method of these statements, without indentation."""
    lines = "\n".join(body).split("\n")
    return HEAD + "class C:\n async def run(self, x):\n" + "".join(f"  {line}\n" for line in lines)


def nested(opening: str, count: int, innermost: str, closing: str = "") -> str:
    """Return `opening` `count` times, each inside the one before, `{}` being its number.

    `closing` ends each of them. One column of indentation keeps the text short.
    """
    lines = [" " * depth + opening.format(depth) for depth in range(count)]
    lines.append(" " * count + innermost)
    if closing:
        for depth in reversed(range(count)):
            lines += [" " * depth + line for line in closing.format(depth).split("\n")]
    return "\n".join(lines)
