# %% reported: a future that may have been cancelled
import asyncio


class Client:
    def __init__(self) -> None:
        self.waiting: dict[str, asyncio.Future] = {}

    def on_answer(self, number: str, answer: str) -> None:
        future = self.waiting.pop(number)
        # error: [future-resolved-twice]
        future.set_result(answer)

    async def ask(self, number: str) -> str:
        future = self.waiting[number] = asyncio.get_running_loop().create_future()
        return await asyncio.wait_for(future, 1)

# %% fixed: Check `done()` first
import asyncio


class Client:
    def __init__(self) -> None:
        self.waiting: dict[str, asyncio.Future] = {}

    def on_answer(self, number: str, answer: str) -> None:
        future = self.waiting.pop(number)
        if not future.done():
            future.set_result(answer)

    async def ask(self, number: str) -> str:
        future = self.waiting[number] = asyncio.get_running_loop().create_future()
        return await asyncio.wait_for(future, 1)
