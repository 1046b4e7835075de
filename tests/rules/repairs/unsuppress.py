# %% reported: a comment at the end of a line
class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def add(self) -> None:
        # error: [unused-suppression]
        self.value += 1  # racelens: ignore[lost-update] one writer only  # noqa: X

# %% fixed: Remove what suppresses nothing
class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def add(self) -> None:
        self.value += 1  # noqa: X

# %% reported: a line of its own, before another comment
class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def add(self) -> None:
        # racelens: ignore # error: [unused-suppression]
        self.value += 1  # one

# %% fixed: Remove what suppresses nothing
class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def add(self) -> None:
        self.value += 1  # one

# %% reported: one of two rules
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._lock = asyncio.Lock()

    async def again(self) -> None:
        value = self.value
        # error: [unused-suppression] "`stale-check` finds nothing here"
        await asyncio.sleep(0)  # racelens: ignore[lost-update, stale-check] one at a time
        self.value = value + 1

# %% fixed: Remove what suppresses nothing
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._lock = asyncio.Lock()

    async def again(self) -> None:
        value = self.value
        await asyncio.sleep(0)  # racelens: ignore[lost-update] one at a time
        self.value = value + 1

# %% reported: a comment in a block that is empty without it
async def wait() -> None:
    pass
    # racelens: ignore[stale-check] not yet # error: [unused-suppression]

# %% fixed: Remove what suppresses nothing
async def wait() -> None:
    pass
