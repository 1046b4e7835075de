# %% reported: a connection that is made when it is missing
import asyncio


async def connect():
    await asyncio.sleep(0)
    return object()


class Pool:
    def __init__(self) -> None:
        self.connection = None

    async def get(self):
        if self.connection is None:  # step: A1, B3
            # error: [double-initialization] "`self.connection` may be set up twice"
            self.connection = await connect()  # step: A2, B4, A5
        return self.connection


async def main() -> None:
    pool = Pool()
    await asyncio.gather(pool.get(), pool.get())
# confidence: proven

# %% clean: checked again under a lock
import asyncio


async def connect():
    await asyncio.sleep(0)
    return object()


class Pool:
    def __init__(self) -> None:
        self.connection = None
        self.lock = asyncio.Lock()

    async def get(self):
        if self.connection is None:
            async with self.lock:
                if self.connection is None:
                    self.connection = await connect()
        return self.connection


async def main() -> None:
    pool = Pool()
    await asyncio.gather(pool.get(), pool.get())

# %% reported: the lock without the inner check
import asyncio


async def connect():
    await asyncio.sleep(0)
    return object()


class Pool:
    def __init__(self) -> None:
        self.connection = None
        self.lock = asyncio.Lock()

    async def get(self):
        if self.connection is None:  # step: A1, B3
            # error: [double-initialization] "`self.connection`"
            async with self.lock:  # step: A2
                self.connection = await connect()  # step: B4, A5
        return self.connection
# confidence: likely

# %% clean: single flight, the task is stored before anything is awaited
import asyncio


async def connect():
    await asyncio.sleep(0)
    return object()


class Pool:
    def __init__(self) -> None:
        self.connecting = None

    async def get(self):
        if self.connecting is None:
            self.connecting = asyncio.ensure_future(connect())
        return await self.connecting


async def main() -> None:
    pool = Pool()
    await asyncio.gather(pool.get(), pool.get())

# %% reported: an entry of a dictionary
import asyncio


class Cache:
    def __init__(self) -> None:
        self.entries = {}
        self.loads = 0

    async def get(self, key):
        if key not in self.entries:  # step: A1, B3
            # error: [double-initialization] "`self.entries[key]`"
            self.entries[key] = await self.load(key)  # step: A2, B4, A5
        return self.entries[key]

    async def load(self, key):
        self.loads += 1
        await asyncio.sleep(0)
        return key
# confidence: possible
# outcome: x.loads where x = Cache(); x.get("a") | x.get("a")

# %% reported: looked up by get
import asyncio


class Cache:
    def __init__(self) -> None:
        self.entries = {}
        self.loads = 0

    async def get(self, key):
        value = self.entries.get(key)  # step: A1, B3
        if value is None:
            # error: [double-initialization] "`self.entries[key]`"
            value = await self.load(key)  # step: A2
            self.entries[key] = value  # step: B4, A5
        return value

    async def load(self, key):
        self.loads += 1
        await asyncio.sleep(0)
        return key
# confidence: possible
# outcome: x.loads where x = Cache(); x.get("a") | x.get("a")

# %% reported: looked up by a walrus
import asyncio


class Cache:
    def __init__(self) -> None:
        self.entries = {}
        self.loads = 0

    async def get(self, key):
        if (value := self.entries.get(key)) is None:  # step: A1, B3
            # error: [double-initialization] "`self.entries[key]`"
            value = await self.load(key)  # step: A2
            self.entries[key] = value  # step: B4, A5
        return value

    async def load(self, key):
        self.loads += 1
        await asyncio.sleep(0)
        return key
# confidence: possible
# outcome: x.loads where x = Cache(); x.get("a") | x.get("a")

# %% reported: looked up by a KeyError
import asyncio


class Cache:
    def __init__(self) -> None:
        self.entries = {}
        self.loads = 0

    async def get(self, key):
        try:
            return self.entries[key]  # step: A1, B3
        except KeyError:
            # error: [double-initialization] "`self.entries[key]`"
            self.entries[key] = await self.load(key)  # step: A2, B4, A5
        return self.entries[key]

    async def load(self, key):
        self.loads += 1
        await asyncio.sleep(0)
        return key
# confidence: possible
# outcome: x.loads where x = Cache(); x.get("a") | x.get("a")

# %% clean: setdefault after the await
import asyncio


class Cache:
    def __init__(self) -> None:
        self.entries = {}

    async def get(self, key):
        if key not in self.entries:
            value = await self.load(key)
            return self.entries.setdefault(key, value)
        return self.entries[key]

    async def load(self, key):
        await asyncio.sleep(0)
        return key

# %% clean: checked again after the await
import asyncio


class Cache:
    def __init__(self) -> None:
        self.entries = {}

    async def get(self, key):
        if key not in self.entries:
            value = await self.load(key)
            if key not in self.entries:
                self.entries[key] = value
        return self.entries[key]

    async def load(self, key):
        await asyncio.sleep(0)
        return key

# %% clean: a placeholder is stored before the await
import asyncio


class Cache:
    def __init__(self) -> None:
        self.entries = {}

    async def get(self, key):
        if key not in self.entries:
            self.entries[key] = None
            self.entries[key] = await self.load(key)
        return self.entries[key]

    async def load(self, key):
        await asyncio.sleep(0)
        return key

# %% reported: a module's client
import asyncio

client = None
made = []


async def connect():
    made.append(1)
    await asyncio.sleep(0)
    return object()


async def get_client():
    global client
    if client is None:  # step: A1, B3
        # error: [double-initialization] "`client`"
        client = await connect()  # step: A2, B4, A5
    return client


async def main() -> None:
    await asyncio.gather(get_client(), get_client())
# confidence: proven
# outcome: len(made) where made.clear(); get_client() | get_client()

# %% reported: started through a callee that suspends first
import asyncio


class Server:
    def __init__(self) -> None:
        self.started = False
        self.starts = 0
        self.lock = asyncio.Lock()

    async def handle(self) -> None:
        if not self.started:  # step: A1, B3
            # error: [double-initialization] "`self.started`"
            await self.start()  # step: A2, B4, A5

    async def start(self) -> None:
        await asyncio.sleep(0)
        self.starts += 1
        self.started = True
# confidence: likely
# outcome: x.starts where x = Server(); x.handle() | x.handle()

# %% clean: the callee checks for itself
import asyncio


class Server:
    def __init__(self) -> None:
        self.started = False
        self.lock = asyncio.Lock()

    async def handle(self) -> None:
        if not self.started:
            await self.start()

    async def start(self) -> None:
        async with self.lock:
            if self.started:
                return
            await asyncio.sleep(0)
            self.started = True

# %% reported: or makes what is missing, and is called an update
import asyncio


class Pool:
    def __init__(self) -> None:
        self.connection = None
        self.made = 0

    async def get(self):
        # error: [double-initialization] "`self.connection`"
        self.connection = self.connection or await self.connect()  # step: A1, A2, B3, B4, A5
        return self.connection

    async def connect(self):
        self.made += 1
        await asyncio.sleep(0)
        return object()
# confidence: possible
# outcome: x.made where x = Pool(); x.get() | x.get()

# %% known missed alarm: a conditional expression makes what is missing
import asyncio


class Pool:
    def __init__(self) -> None:
        self.connection = None
        self.made = 0

    async def get(self):
        # error: [double-initialization] "`self.connection`"
        self.connection = await self.connect() if self.connection is None else self.connection  # step: A1, A2, B3, B4, A5
        return self.connection

    async def connect(self):
        self.made += 1
        await asyncio.sleep(0)
        return object()
# confidence: likely
# outcome: x.made where x = Pool(); x.get() | x.get()

# %% reported: an early return where it is there
import asyncio


class Pool:
    def __init__(self) -> None:
        self.connection = None
        self.made = 0

    async def get(self):
        if self.connection is not None:  # step: A1, B3
            return self.connection
        # error: [double-initialization] "`self.connection`"
        self.connection = await self.connect()  # step: A2, B4, A5
        return self.connection

    async def connect(self):
        self.made += 1
        await asyncio.sleep(0)
        return object()
# confidence: possible
# outcome: x.made where x = Pool(); x.get() | x.get()

# %% reported: a loop over keys that are missing
import asyncio


class Cache:
    def __init__(self) -> None:
        self.entries = {}
        self.loads = 0

    async def warm(self, keys) -> None:
        for key in keys:
            if key not in self.entries:  # step: A1, B3
                # error: [double-initialization] "`self.entries[key]`"
                self.entries[key] = await self.load(key)  # step: A2, B4, A5

    async def load(self, key):
        self.loads += 1
        await asyncio.sleep(0)
        return key
# confidence: possible
# outcome: x.loads where x = Cache(); x.warm("a") | x.warm("a")

# %% clean: or keeps what is there after the await
import asyncio


async def connect():
    await asyncio.sleep(0)
    return object()


class Pool:
    def __init__(self) -> None:
        self.connection = None

    async def get(self):
        if self.connection is None:
            connection = await connect()
            self.connection = self.connection or connection
        return self.connection

# %% clean: a conditional expression keeps what is there after the await
import asyncio


async def connect():
    await asyncio.sleep(0)
    return object()


class Pool:
    def __init__(self) -> None:
        self.connection = None

    async def get(self):
        if self.connection is None:
            connection = await connect()
            self.connection = connection if self.connection is None else self.connection
        return self.connection

# %% clean: ESLint 17, a real lazy initialization is reported, its repaired form is not
import asyncio


async def connect():
    await asyncio.sleep(0)
    return object()


class Pool:
    def __init__(self) -> None:
        self.connection = None

    async def get(self):
        if self.connection is None:
            connection = await connect()
            if self.connection is not None:
                connection.close()
            else:
                self.connection = connection
        return self.connection

# %% reported: an entry of a module's dictionary
import asyncio

cache = {}


async def load(key):
    await asyncio.sleep(0)
    return key


async def get(key):
    if key not in cache:
        # error: [double-initialization]
        cache[key] = await load(key)
    return cache[key]

# %% fixed: Hold a lock from the read to the write
import asyncio

cache = {}
_cache_lock = asyncio.Lock()


async def load(key):
    await asyncio.sleep(0)
    return key


async def get(key):
    if key not in cache:
        async with _cache_lock:
            if key not in cache:
                cache[key] = await load(key)
    return cache[key]

# %% clean: a cache with one future for each key that is being loaded
import asyncio


class Cache:
    def __init__(self, load) -> None:
        self._load = load
        self._values = {}
        self._loading = {}

    async def get(self, key):
        if key in self._values:
            return self._values[key]
        if key in self._loading:
            return await self._loading[key]
        future = asyncio.get_running_loop().create_future()
        self._loading[key] = future
        try:
            value = await self._load(key)
        except BaseException as error:
            future.set_exception(error)
            raise
        else:
            self._values[key] = value
            future.set_result(value)
            return value
        finally:
            del self._loading[key]

# %% clean: a cache with one lock for each key and a second look under it
import asyncio


class Cache:
    def __init__(self) -> None:
        self._values = {}
        self._locks = {}

    async def get(self, key, load):
        if key in self._values:
            return self._values[key]
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            if key in self._values:
                return self._values[key]
            value = await load(key)
            self._values[key] = value
            return value

# %% clean: an aiohttp session that is made under a lock and closed by swap
import asyncio


class Client:
    def __init__(self) -> None:
        self._session = None
        self._lock = asyncio.Lock()

    async def session(self):
        async with self._lock:
            if self._session is None or self._session.closed:
                self._session = await make_session()
            return self._session

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()


async def make_session():
    await asyncio.sleep(0)

# %% clean: a token that is refreshed under a lock, with a check by expiry inside
import asyncio
import time


class Auth:
    def __init__(self, fetch) -> None:
        self._fetch = fetch
        self._token = ""
        self._expires = 0.0
        self._lock = asyncio.Lock()

    def _expired(self) -> bool:
        return time.time() >= self._expires

    async def token(self) -> str:
        if self._expired():
            async with self._lock:
                if self._expired():
                    answer = await self._fetch()
                    self._token = answer["token"]
                    self._expires = time.time() + answer["ttl"]
        return self._token

# %% clean: results by key, each stored by its own task
import asyncio

results = {}


async def load(key) -> None:
    if key not in results:
        results[key] = await fetch(key)


async def fetch(key):
    await asyncio.sleep(0)
    return key


async def main() -> None:
    keys = ["a", "b", "c"]
    await asyncio.gather(*[load(key) for key in keys])

# %% clean: an LRU cache that evicts after its insertion
import asyncio
from collections import OrderedDict


class LruCache:
    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._entries = OrderedDict()

    async def put(self, key, make) -> None:
        value = await make(key)
        self._entries[key] = value
        while len(self._entries) > self._limit:
            self._entries.popitem(last=False)

# %% known false alarm: a fixture-like setup and teardown around a client
import asyncio


class Client:
    def __init__(self) -> None:
        self._session = None
        self._lock = asyncio.Lock()

    async def __aenter__(self):
        if self._session is None:
            # error: [double-initialization]
            self._session = await connect()
        return self

    async def __aexit__(self, *error) -> None:
        if self._session is not None:
            # error: [stale-check]
            await self._session.close()
            self._session = None


async def connect():
    await asyncio.sleep(0)

# %% reported: below an if, an attribute of a module's object
import asyncio

if True:
    class State:
        def __init__(self) -> None:
            self.client = None

    state = State()

    async def connect():
        await asyncio.sleep(0)
        return object()

    async def handle():
        if state.client is None:
            # error: [double-initialization]
            state.client = await connect()
        return state.client

    async def main() -> None:
        await asyncio.gather(handle(), handle())

# %% reported: hasattr asks whether it is there
import asyncio


async def connect():
    await asyncio.sleep(0)
    return object()


class ConnectionPool:
    async def get(self):
        if not hasattr(self, "connection"):  # step: A1, B3
            # error: [double-initialization]
            self.connection = await connect()  # step: A2, B4, A5
        return self.connection

# %% reported: not is enough
import asyncio


async def connect():
    await asyncio.sleep(0)
    return object()


class ConnectionPool:
    def __init__(self) -> None:
        self.connection = None

    async def get(self):
        if not self.connection:  # step: A1, B3
            # error: [double-initialization]
            self.connection = await connect()  # step: A2, B4, A5
        return self.connection
# confidence: possible

# %% clean: cached by a decorator's own means
import asyncio
from functools import lru_cache


@lru_cache
def client():
    return object()


async def handle():
    await asyncio.sleep(0)
    return client()


async def main() -> None:
    await asyncio.gather(handle(), handle())

# %% clean: made without an await
import asyncio


class Pool:
    def __init__(self) -> None:
        self._lock = None

    async def run(self) -> None:
        if self._lock is None:
            self._lock = asyncio.Lock()
        async with self._lock:
            await asyncio.sleep(0)

# %% clean: made by the only task that starts the others, below an if
import asyncio

if True:
    client = None

    async def connect():
        await asyncio.sleep(0)
        return object()

    async def work() -> None:
        await asyncio.sleep(0)
        print(client)

    async def main() -> None:
        global client
        if client is None:
            client = await connect()
        await asyncio.gather(work(), work())

    asyncio.run(main())

# %% clean: a local memo
import asyncio


async def load(key):
    await asyncio.sleep(0)
    return key


async def handle(keys):
    found = {}
    for key in keys:
        if key not in found:
            found[key] = await load(key)
    return found


async def main() -> None:
    await asyncio.gather(handle("a"), handle("b"))

# %% clean: the loser closes what it has made
import asyncio


async def connect():
    await asyncio.sleep(0)


class ConnectionPool:
    def __init__(self) -> None:
        self.connection = None

    async def get(self):
        if self.connection is not None:
            return self.connection
        made = await connect()
        if self.connection is None:
            self.connection = made
            return made
        await made.close()
        return self.connection

# %% reported: a future stands for what is being made
import asyncio


async def connect():
    await asyncio.sleep(0)


class ConnectionPool:
    def __init__(self) -> None:
        self._future = None

    async def get(self):
        if self._future is None:
            self._future = asyncio.get_running_loop().create_future()
            try:
                self._future.set_result(await connect())
            except OSError as error:
                # error: [future-resolved-twice]
                self._future.set_exception(error)
                self._future = None
                raise
        return await self._future

# %% clean: all wait for one task, which is kept where the next one finds it
import asyncio


async def load(key):
    await asyncio.sleep(0)
    return key


class Cache:
    def __init__(self) -> None:
        self.entries = {}
        self.loading = {}

    async def get(self, key):
        if key in self.entries:
            return self.entries[key]
        task = self.loading.get(key)
        if task is None:
            task = self.loading[key] = asyncio.create_task(load(key))
        value = await task
        self.entries[key] = value
        return value


async def main() -> None:
    cache = Cache()
    await asyncio.gather(cache.get(1), cache.get(1))

# %% reported: each waits for a task of its own
import asyncio


async def load(key):
    await asyncio.sleep(0)
    return key


class Cache:
    def __init__(self) -> None:
        self.entries = {}

    async def get(self, key):
        if key in self.entries:
            return self.entries[key]
        task = asyncio.create_task(load(key))
        # error: [double-initialization]
        value = await task
        self.entries[key] = value
        return value


async def main() -> None:
    cache = Cache()
    await asyncio.gather(cache.get(1), cache.get(1))
