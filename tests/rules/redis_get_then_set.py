# %% reported: a counter
import redis.asyncio as redis

client = redis.Redis()


async def hit(key: str) -> None:
    raw = await client.get(key)
    count = int(raw or 0)
    # error: [redis-get-then-set]
    await client.set(key, count + 1)

# %% reported: a lock that both find free, and a stock that both find enough
from redis.asyncio import Redis


class Shop:
    def __init__(self, client: Redis) -> None:
        self.client = client

    async def lock(self, name: str) -> bool:
        if await self.client.exists(f"lock:{name}"):
            return False
        # error: [redis-get-then-set]
        await self.client.set(f"lock:{name}", "1")
        return True

    async def buy(self, item: str) -> None:
        left = await self.client.hget("stock", item)
        if int(left) > 0:
            # error: [redis-get-then-set]
            await self.client.hincrby("stock", item, -1)

# %% reported: a helper made the client
import redis.asyncio

pool = redis.asyncio.from_url("redis://localhost")


async def limit(user: str) -> bool:
    seen = await pool.get("limit:" + user)
    if seen is not None and int(seen) >= 10:
        return False
    # error: [redis-get-then-set]
    await pool.incr("limit:" + user)
    return True

# %% reported: in a handler that is no coroutine function
import redis
from fastapi import FastAPI

app = FastAPI()
client = redis.Redis()


@app.post("/hit")
def hit(key: str) -> None:
    count = int(client.get(key) or 0)
    # error: [redis-get-then-set]
    client.set(key, count + 1)

# %% reported: a cache that is filled twice
# confidence: possible
import redis.asyncio as redis

client = redis.Redis()


async def page(url: str) -> bytes:
    known = await client.get(url)
    if known is None:
        known = await download(url)
        # error: [redis-get-then-set] possible
        await client.set(url, known)
    return known


async def download(url: str) -> bytes: ...

# %% clean: computed in Redis
import redis.asyncio as redis

client = redis.Redis()


async def hit(key: str) -> int:
    return await client.incr(key)


async def lock(name: str) -> bool:
    if await client.get(name):
        return False
    return bool(await client.set(name, "1", nx=True, ex=10))

# %% clean: watched, by a script, or under a lock of Redis
import redis.asyncio as redis

client = redis.Redis()


async def watched(key: str) -> None:
    async with client.pipeline(transaction=True) as pipe:
        await pipe.watch(key)
        count = int(await pipe.get(key) or 0)
        pipe.multi()
        pipe.set(key, count + 1)
        await pipe.execute()


async def scripted(key: str) -> None:
    known = await client.get(key)
    await client.eval("return redis.call('SET', KEYS[1], ARGV[1])", 1, key, known)
    await client.set(key, known)


async def locked(key: str) -> None:
    async with client.lock("lock:" + key):
        count = int(await client.get(key) or 0)
        await client.set(key, count + 1)

# %% clean: another key, another store, a key of its own
import uuid

import redis.asyncio as redis

client = redis.Redis()
backup = redis.Redis(port=6380)


async def copy(key: str) -> None:
    value = await client.get(key)
    await client.set(f"{key}:copy", value)
    await backup.set(key, value)


async def fresh() -> None:
    key = str(uuid.uuid4())
    value = await client.get(key)
    await client.set(key, value)


async def unrelated(key: str) -> None:
    print(await client.get(key))
    await client.set(key, 1)

# %% reported: a cache, in the forms that caches have
# confidence: possible
import redis.asyncio as redis

client = redis.Redis()


async def by_time(key: str) -> bytes:
    value = await client.get(key)
    if value is None:
        value = make(key)
        # error: [redis-get-then-set]
        await client.setex(key, 60, value)
    return value


async def by_walrus(key: str) -> bytes:
    if value := await client.get(key):
        return value
    value = make(key)
    # error: [redis-get-then-set]
    await client.set(key, value)
    return value


def make(key: str) -> bytes: ...

# %% clean: another field
import redis.asyncio as redis

client = redis.Redis()


async def run(job: str) -> None:
    meta = await client.hget(job, "meta")
    await client.hset(job, "result", meta)

# %% reported: set by a pipeline that watches nothing
import redis.asyncio as redis

client = redis.Redis()


async def hit(key: str) -> None:
    count = int(await client.get(key))
    async with client.pipeline() as pipe:
        # error: [redis-get-then-set]
        pipe.set(key, count + 1)
        await pipe.execute()


async def hit_again(key: str) -> None:
    pipe = client.pipeline()
    count = int(await client.get(key))
    # error: [redis-get-then-set]
    pipe.set(key, count + 1)
    await pipe.execute()

# %% clean: set by a pipeline that watches
import redis.asyncio as redis

client = redis.Redis()


async def hit(key: str) -> None:
    async with client.pipeline() as pipe:
        await pipe.watch(key)
        count = int(await pipe.get(key))
        pipe.multi()
        pipe.set(key, count + 1)
        await pipe.execute()

# %% reported: a helper that tasks call
import redis

client = redis.Redis()


def hit(key: str) -> None:
    count = int(client.get(key))
    # error: [redis-get-then-set]
    client.set(key, count + 1)


async def handle(key: str) -> None:
    hit(key)

# %% clean: a script
import redis

client = redis.Redis()


def hit(key: str) -> None:
    count = int(client.get(key))
    client.set(key, count + 1)


if __name__ == "__main__":
    hit("visits")
