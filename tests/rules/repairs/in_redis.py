# %% reported: a counter
# unsafe: Count in Redis with `incr` because what was read before may be older than what it is counted from
import redis.asyncio as redis

client = redis.Redis()


async def hit(key: str) -> None:
    count = int(await client.get(key) or 0)
    # error: [redis-get-then-set]
    await client.set(key, count + 1)

# %% fixed: Count in Redis with `incr`
import redis.asyncio as redis

client = redis.Redis()


async def hit(key: str) -> None:
    count = int(await client.get(key) or 0)
    await client.incr(key)

# %% reported: a mark that nobody else has set
# unsafe: Set it only where nobody else has: `nx=True` because it returns None where somebody else was first: look at that
import redis.asyncio as redis

client = redis.Redis()


async def claim(key: str) -> None:
    if await client.exists(key):
        return
    # error: [redis-get-then-set]
    await client.set(key, "1", ex=60)

# %% fixed: Set it only where nobody else has: `nx=True`
import redis.asyncio as redis

client = redis.Redis()


async def claim(key: str) -> None:
    if await client.exists(key):
        return
    await client.set(key, "1", nx=True, ex=60)

# %% reported: an option of `set` that a count does not have
# no fix: Count in Redis with `incr`
import redis.asyncio as redis

client = redis.Redis()


async def hit(key: str) -> None:
    count = int(await client.get(key) or 0)
    # error: [redis-get-then-set]
    await client.set(key, count + 1, ex=60)
