# Entry points of Django Channels: one message at a time for each consumer, many consumers.
#
# Real places:
# AsyncJsonWebsocketConsumer: https://github.com/ansible/awx/blob/04dd1352c98be863c33f331a10d3a8dd35e189ef/awx/main/consumers.py (EventConsumer; internal_message comes from a group)
# AsyncWebsocketConsumer: https://github.com/strawberry-graphql/strawberry/blob/53008d932ecb2b13d0fb8d8e55395b61e3fcd284/strawberry/channels/handlers/base.py#L154
# AsyncHttpConsumer: https://github.com/strawberry-graphql/strawberry/blob/53008d932ecb2b13d0fb8d8e55395b61e3fcd284/strawberry/channels/handlers/http_handler.py#L236
# consumer and its tasks: https://github.com/reactive-python/reactpy-django/blob/1097ac3b622ef04a35fd7495101740ad9b51c5d6/src/reactpy_django/websocket/consumer.py#L47

# %% reported: two consumers open the pool
import asyncio

from channels.generic.websocket import AsyncWebsocketConsumer

pool = None


async def open_pool():
    await asyncio.sleep(0)
    return object()


class Feed(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        global pool
        if pool is None:
            # error: [double-initialization] "`pool`"
            pool = await open_pool()
        await self.accept()
# confidence: likely

# %% clean: consumers open the pool, one after the other
import asyncio

from channels.generic.websocket import AsyncWebsocketConsumer

pool = None
opening = asyncio.Lock()


async def open_pool():
    await asyncio.sleep(0)
    return object()


class Feed(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        global pool
        if pool is None:
            async with opening:
                if pool is None:
                    pool = await open_pool()
        await self.accept()

# %% reported: messages of two consumers take the last seat
import asyncio

from channels.generic.websocket import AsyncJsonWebsocketConsumer

seats = 10


async def charge(user) -> None:
    await asyncio.sleep(0)


class Booking(AsyncJsonWebsocketConsumer):
    async def receive_json(self, content) -> None:
        global seats
        if seats > 0:
            # error: [stale-check] "`seats`"
            await charge(content["user"])
            seats -= 1
# confidence: likely

# %% clean: one consumer handles one message after the other
import asyncio

from channels.generic.websocket import AsyncWebsocketConsumer


async def log_in() -> object:
    await asyncio.sleep(0)
    return object()


class Chat(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        self.session = None
        self.received = 0
        await self.accept()

    async def receive(self, text_data=None, bytes_data=None) -> None:
        if self.session is None:
            self.session = await log_in()
        received = self.received
        await self.send(text_data=str(received))
        self.received = received + 1

    async def disconnect(self, code) -> None:
        received = self.received
        await asyncio.sleep(0)
        self.received = received - 1
        self.session = None

# %% reported: a task that a consumer starts runs beside its messages
import asyncio

from channels.generic.websocket import AsyncJsonWebsocketConsumer


class Ticker(AsyncJsonWebsocketConsumer):
    async def connect(self) -> None:
        self.sent = 0
        await self.accept()
        self.ticking = asyncio.create_task(self.tick())

    async def tick(self) -> None:
        while True:
            await asyncio.sleep(1)
            sent = self.sent
            # error: [lost-update] "`self.sent`"
            await self.send_json({"tick": sent})
            self.sent = sent + 1

    async def receive_json(self, content) -> None:
        self.sent = 0

    async def disconnect(self, code) -> None:
        self.ticking.cancel()
# confidence: likely

# %% reported: raw messages of two consumers count together
import asyncio

from channels.consumer import AsyncConsumer

received = 0


class Echo(AsyncConsumer):
    async def websocket_connect(self, event) -> None:
        await self.send({"type": "websocket.accept"})

    async def websocket_receive(self, event) -> None:
        global received
        before = received
        # error: [lost-update] "`received`"
        await self.send({"type": "websocket.send", "text": event["text"]})
        received = before + 1
# confidence: likely

# %% clean: raw messages of one consumer count one after the other
from channels.consumer import AsyncConsumer


class Echo(AsyncConsumer):
    received = 0

    async def websocket_connect(self, event) -> None:
        await self.send({"type": "websocket.accept"})

    async def websocket_receive(self, event) -> None:
        before = self.received
        await self.send({"type": "websocket.send", "text": event["text"]})
        self.received = before + 1

# %% reported: two http requests give out the same number
import asyncio

from channels.generic.http import AsyncHttpConsumer

number = 0


async def store(order: bytes) -> None:
    await asyncio.sleep(0)


class Orders(AsyncHttpConsumer):
    async def handle(self, body) -> None:
        global number
        last = number
        # error: [lost-update] "`number`"
        await store(body)
        number = last + 1
        await self.send_response(200, str(number).encode())
# confidence: likely

# %% clean: each http request has a consumer of its own
import asyncio

from channels.generic.http import AsyncHttpConsumer


async def size_of(line: bytes) -> int:
    await asyncio.sleep(0)
    return len(line)


class Sizes(AsyncHttpConsumer):
    total = 0

    async def handle(self, body) -> None:
        for line in body.splitlines():
            total = self.total
            size = await size_of(line)
            self.total = total + size
        await self.send_response(200, str(self.total).encode())

# %% known missed alarm: a message to a group is handled by all its consumers
import asyncio

from channels.generic.websocket import AsyncJsonWebsocketConsumer

delivered = 0


class Room(AsyncJsonWebsocketConsumer):
    async def connect(self) -> None:
        await self.channel_layer.group_add("room", self.channel_name)
        await self.accept()

    async def receive_json(self, content) -> None:
        await self.channel_layer.group_send("room", {"type": "chat.message", "text": content})

    async def chat_message(self, event) -> None:
        global delivered
        before = delivered
        # error: [lost-update] "`delivered`"
        await self.send_json(event["text"])
        delivered = before + 1
# confidence: likely
