# %% reported: nothing is found where the comment stands
class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def add(self) -> None:
        # error: [unused-suppression] "`lost-update` finds nothing here"
        self.value += 1  # racelens: ignore[lost-update] one writer only

    async def show(self) -> None:
        # error: [unused-suppression] "nothing is found here"
        print(self.value)  # racelens: ignore

# %% reported: a rule that is misspelled, and one of two that finds nothing
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def add(self) -> None:
        value = self.value
        # error: [lost-update]
        # error: [unused-suppression] "there is no rule `lost-updates`"
        await asyncio.sleep(0)  # racelens: ignore[lost-updates]
        self.value = value + 1

    async def again(self) -> None:
        value = self.value
        # error: [unused-suppression] "`stale-check` finds nothing here"
        await asyncio.sleep(0)  # racelens: ignore[lost-update, stale-check]
        self.value = value + 1


async def main(counter: Counter) -> None:
    await asyncio.gather(counter.add(), counter.again())

# %% reported: in the whole file
import asyncio

# racelens: ignore-file[dropped-task] by design  # error: [unused-suppression]


async def main() -> None:
    await asyncio.sleep(0)

# %% clean: it hides something, if only at a lower level
import asyncio


class Counter:
    def __init__(self) -> None:
        self.value = 0

    async def add(self) -> None:
        value = self.value
        await asyncio.sleep(0)  # racelens: ignore[lost-update] one writer only
        self.value = value + 1

# %% clean: for a rule that is off, and in a string
import asyncio


async def main() -> None:
    await asyncio.sleep(0)  # racelens: ignore[stale-reference]
    print("# racelens: ignore")
