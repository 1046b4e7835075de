# Entry points of asyncio itself: connections of servers, protocols, callbacks of the loop.
#
# Real places:
# start_server: https://github.com/pgjones/hypercorn/blob/0e2311f1ad2ae587aaa590f3824f59aa5dc0e770/src/hypercorn/asyncio/run.py#L117
# start_unix_server: https://github.com/mautrix/python/blob/a0283cfb738e06319057c58942f4c2b71991af27/mautrix/util/manhole.py#L331
# Protocol: https://github.com/python-websockets/websockets/blob/04e599ca3caad2c5bb3fa8eaf24066fd270e90a7/src/websockets/asyncio/connection.py#L31
# DatagramProtocol: https://github.com/pgjones/hypercorn/blob/0e2311f1ad2ae587aaa590f3824f59aa5dc0e770/src/hypercorn/asyncio/udp_server.py#L39
# call_later: https://github.com/esphome/aioesphomeapi/blob/368a145f26164b707cde06c4aee76551fa7d3f46/aioesphomeapi/reconnect_logic.py#L131
# call_soon: https://github.com/MagicStack/asyncpg/blob/db8ecc2a38e16fb0c090aef6f5506547c2831c24/asyncpg/connection.py#L1695
# add_done_callback: https://github.com/esphome/aioesphomeapi/blob/368a145f26164b707cde06c4aee76551fa7d3f46/aioesphomeapi/connection.py#L852
# add_signal_handler: https://github.com/pgjones/hypercorn/blob/0e2311f1ad2ae587aaa590f3824f59aa5dc0e770/src/hypercorn/asyncio/run.py#L74

# %% reported: two connections take the last seat
import asyncio

seats = 10


async def charge(user: bytes) -> None:
    await asyncio.sleep(0)


async def book(reader, writer) -> None:
    global seats
    user = await reader.readline()
    if seats > 0:
        # error: [stale-check] "`seats`"
        await charge(user)
        seats -= 1
    writer.close()


async def main() -> None:
    server = await asyncio.start_server(book, "localhost", 8888)
    async with server:
        await server.serve_forever()
# confidence: likely

# %% clean: each connection takes its seat before it pays
import asyncio

seats = 10


async def charge(user: bytes) -> None:
    await asyncio.sleep(0)


async def book(reader, writer) -> None:
    global seats
    user = await reader.readline()
    if seats > 0:
        seats -= 1
        await charge(user)
    writer.close()


async def main() -> None:
    server = await asyncio.start_server(book, "localhost", 8888)
    async with server:
        await server.serve_forever()

# %% reported: two connections of a local server open its log
import asyncio


async def open_log():
    await asyncio.sleep(0)
    return []


class Control:
    def __init__(self) -> None:
        self.log = None

    async def command(self, reader, writer) -> None:
        if self.log is None:
            # error: [double-initialization] "`self.log`"
            self.log = await open_log()
        self.log.append(await reader.readline())
        writer.close()

    async def run(self) -> None:
        server = await asyncio.start_unix_server(self.command, "/tmp/control.sock")
        await server.serve_forever()
# confidence: likely

# %% clean: the log is opened before the local server
import asyncio


async def open_log():
    await asyncio.sleep(0)
    return []


class Control:
    def __init__(self) -> None:
        self.log = None

    async def command(self, reader, writer) -> None:
        self.log.append(await reader.readline())
        writer.close()

    async def run(self) -> None:
        self.log = await open_log()
        server = await asyncio.start_unix_server(self.command, "/tmp/control.sock")
        await server.serve_forever()

# %% reported: data arrives while a task flushes
import asyncio


class Meter(asyncio.Protocol):
    def __init__(self) -> None:
        self.received = 0
        self.flushing = None

    def connection_made(self, transport) -> None:
        self.flushing = asyncio.create_task(self.flush())

    def data_received(self, data: bytes) -> None:
        self.received += len(data)

    async def flush(self) -> None:
        while True:
            received = self.received
            # error: [lost-update] "`self.received`"
            await asyncio.sleep(1)
            self.received = received - 1


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Meter, "localhost", 8888)
    await server.serve_forever()
# confidence: likely

# %% clean: data arrives, and a task takes all of it in one step
import asyncio


class Meter(asyncio.Protocol):
    def __init__(self) -> None:
        self.received = 0
        self.flushing = None

    def connection_made(self, transport) -> None:
        self.flushing = asyncio.create_task(self.flush())

    def data_received(self, data: bytes) -> None:
        self.received += len(data)

    async def flush(self) -> None:
        while True:
            await asyncio.sleep(1)
            print(self.received)
            self.received = 0


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Meter, "localhost", 8888)
    await server.serve_forever()

# %% clean: packets are counted by callbacks alone
import asyncio

packets = 0
largest = 0


class Counter(asyncio.DatagramProtocol):
    def datagram_received(self, data: bytes, addr) -> None:
        global largest, packets
        before = packets
        if len(data) > largest:
            largest = len(data)
        packets = before + 1


async def main() -> None:
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Counter, local_addr=("localhost", 9999))
    await asyncio.Event().wait()

# %% reported: packets arrive while the sum is written
import asyncio

packets = 0


async def write(value: int) -> None:
    await asyncio.sleep(0)


class Counter(asyncio.DatagramProtocol):
    def datagram_received(self, data: bytes, addr) -> None:
        global packets
        packets += 1


async def main() -> None:
    global packets
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Counter, local_addr=("localhost", 9999))
    while True:
        seen = packets
        # error: [lost-update] "`packets`"
        await write(seen)
        packets = seen - 1
# confidence: likely

# %% reported: a timer refills while a token is spent
import asyncio

tokens = 10


async def request() -> None:
    await asyncio.sleep(0.1)


def refill() -> None:
    global tokens
    tokens = 10
    asyncio.get_running_loop().call_later(1, refill)


async def main() -> None:
    global tokens
    asyncio.get_running_loop().call_later(1, refill)
    while True:
        left = tokens
        # error: [lost-update] "`tokens`"
        await request()
        tokens = left - 1
# confidence: likely

# %% clean: a timer refills before or after a token is spent
import asyncio

tokens = 10


async def request() -> None:
    await asyncio.sleep(0.1)


def refill() -> None:
    global tokens
    tokens = 10
    asyncio.get_running_loop().call_later(1, refill)


async def main() -> None:
    global tokens
    asyncio.get_running_loop().call_later(1, refill)
    while True:
        if tokens > 0:
            tokens -= 1
            await request()
        else:
            await asyncio.sleep(0.1)

# %% reported: a callback that is called soon counts while a task does
import asyncio

events = 0


def notice() -> None:
    global events
    events += 1


async def main() -> None:
    global events
    loop = asyncio.get_running_loop()
    loop.call_soon(notice)
    before = events
    # error: [lost-update] "`events`"
    await asyncio.sleep(0)
    events = before + 1
# confidence: likely

# %% clean: a callback that is called soon and a task count in one step
import asyncio

events = 0


def notice() -> None:
    global events
    events += 1


async def main() -> None:
    global events
    loop = asyncio.get_running_loop()
    loop.call_soon(notice)
    await asyncio.sleep(0)
    events += 1

# %% reported: a task ends while the running ones are counted
import asyncio

running = 0


async def job() -> None:
    await asyncio.sleep(0.1)


def ended(task) -> None:
    global running
    running -= 1


async def main() -> None:
    global running
    while True:
        before = running
        # error: [dropped-task]
        task = asyncio.create_task(job())
        task.add_done_callback(ended)
        # error: [lost-update] "`running`"
        await asyncio.sleep(0.1)
        running = before + 1

# %% reported: a task ends after it is counted
import asyncio

running = 0


async def job() -> None:
    await asyncio.sleep(0.1)


def ended(task) -> None:
    global running
    running -= 1


async def main() -> None:
    global running
    while True:
        running += 1
        # error: [dropped-task]
        task = asyncio.create_task(job())
        task.add_done_callback(ended)
        await asyncio.sleep(0.1)

# %% reported: a signal resets the position while a record is read
import asyncio
import signal

position = 0


async def read(start: int) -> list:
    await asyncio.sleep(0.1)
    return [start]


def rewind() -> None:
    global position
    position = 0


async def main() -> None:
    global position
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, rewind)
    while True:
        before = position
        # error: [lost-update] "`position`"
        records = await read(before)
        position = before + len(records)
# confidence: likely

# %% clean: a signal asks the task to reset the position
import asyncio
import signal

rewinding = False


async def read(start: int) -> list:
    await asyncio.sleep(0.1)
    return [start]


def rewind() -> None:
    global rewinding
    rewinding = True


async def main() -> None:
    global rewinding
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, rewind)
    position = 0
    while True:
        records = await read(position)
        position += len(records)
        if rewinding:
            rewinding = False
            position = 0
