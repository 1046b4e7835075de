# %% reported: a copy is changed and stored
import asyncio


class Rooms:
    def __init__(self) -> None:
        self.rooms = {}

    async def join(self, name: str, room: str) -> None:
        # all rooms
        rooms = dict(self.rooms)
        # error: [lost-update]
        await asyncio.sleep(0)
        rooms[name] = room
        self.rooms = rooms
# outcome: x.rooms where x = Rooms(); x.join("a", "1") | x.join("b", "2")

# %% fixed: Make the changes in place
import asyncio


class Rooms:
    def __init__(self) -> None:
        self.rooms = {}

    async def join(self, name: str, room: str) -> None:
        # all rooms
        await asyncio.sleep(0)
        self.rooms[name] = room

# %% reported: the copy is handed to somebody
import asyncio


class Rooms:
    def __init__(self) -> None:
        self.rooms = {}

    async def join(self, name: str, room: str) -> None:
        rooms = dict(self.rooms)
        rooms[name] = room
        # error: [lost-update]
        await self.save(rooms)
        self.rooms = rooms

    async def save(self, rooms: dict) -> None:
        await asyncio.sleep(0)
# no fix: Make the changes in place
