# %% reported: rooms are closed one by one
import asyncio


class Rooms:
    def __init__(self) -> None:
        self.rooms = {"a": 1, "b": 2}

    async def close(self) -> None:
        for name, room in self.rooms.items():
            # error: [changed-while-iterating]
            await asyncio.sleep(0)

    async def leave(self, name: str) -> None:
        del self.rooms[name]
# outcome: x.rooms where x = Rooms(); x.close() | x.leave("a")

# %% fixed: Go through a copy
import asyncio


class Rooms:
    def __init__(self) -> None:
        self.rooms = {"a": 1, "b": 2}

    async def close(self) -> None:
        for name, room in list(self.rooms.items()):
            await asyncio.sleep(0)

    async def leave(self, name: str) -> None:
        del self.rooms[name]

# %% reported: numbered, and over several lines
import asyncio


class Rooms:
    def __init__(self) -> None:
        self.rooms = ["a", "b"]

    async def close(self) -> None:
        for number, room in enumerate(
            self.rooms,
            start=1,
        ):
            # error: [changed-while-iterating]
            await asyncio.sleep(0)

    async def leave(self, name: str) -> None:
        self.rooms.remove(name)

# %% fixed: Go through a copy
import asyncio


class Rooms:
    def __init__(self) -> None:
        self.rooms = ["a", "b"]

    async def close(self) -> None:
        for number, room in enumerate(
            list(self.rooms),
            start=1,
        ):
            await asyncio.sleep(0)

    async def leave(self, name: str) -> None:
        self.rooms.remove(name)
