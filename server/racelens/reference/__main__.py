"""Write the generated files of a checkout: `python -m racelens.reference [--check]`.

With `--check` nothing is written; stale files are named, and the exit status is then 1.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from racelens.engine.registry import all_rules
from racelens.reference.documents import MARK, RULES_FOLDER, UngeneratableError, generated_texts

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

_ROOT = Path(__file__).parents[3]


def main(arguments: Sequence[str], root: Path = _ROOT) -> int:
    """Write or check the generated files of the checkout `root`; return the exit status.

    It is 2 for other arguments than `--check` and where a text cannot be generated.
    """
    if [*arguments] not in ([], ["--check"]):
        sys.stderr.write("usage: python -m racelens.reference [--check]\n")
        return 2
    try:
        texts = generated_texts(root, all_rules())
    except UngeneratableError as error:
        sys.stderr.write(f"racelens.reference: {error}\n")
        return 2
    wrong = [text for text in texts.values() if isinstance(text, UngeneratableError)]
    new = {name: text.encode() for name, text in texts.items() if isinstance(text, str)}
    stale = [name for name, text in new.items() if _content(root / name) != text]
    left_over = _left_over(root, texts)
    for reason in wrong:
        sys.stderr.write(f"racelens.reference: {reason}\n")
    if arguments:
        for name in (*stale, *left_over):
            sys.stderr.write(f"{name} is stale: run python -m racelens.reference\n")
        return 2 if wrong else int(bool(stale or left_over))
    for name in stale:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(new[name])
    for name in left_over:
        (root / name).unlink()
    return 2 if wrong else 0


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _left_over(root: Path, texts: Container[str]) -> list[str]:
    """Return the generated pages of rules that are no more."""
    pages = sorted((root / RULES_FOLDER).glob("*.md"))
    names = [path.relative_to(root).as_posix() for path in pages]
    return [
        n for n in names if n not in texts and (_content(root / n) or b"").startswith(MARK.encode())
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
