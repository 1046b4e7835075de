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

# %% fixed: Claim it in one step: `set` with `nx=True`
import redis.asyncio as redis

client = redis.Redis()


async def claim(key: str) -> None:
    if not await client.set(key, "1", nx=True, ex=60):
        return

# %% reported: a mark, and the work behind it
import redis.asyncio as redis


class Worker:
    def __init__(self, client: redis.Redis, name: str) -> None:
        self.client = client
        self.name = name

    async def run(self, job: str) -> None:
        if await self.client.get(f"job:{job}") is None:
            # error: [redis-get-then-set]
            await self.client.set(f"job:{job}", "taken")  # mine
            await self.work(job)

    async def work(self, job: str) -> None:
        print(job)

# %% fixed: Claim it in one step: `set` with `nx=True`
import redis.asyncio as redis


class Worker:
    def __init__(self, client: redis.Redis, name: str) -> None:
        self.client = client
        self.name = name

    async def run(self, job: str) -> None:
        if await self.client.set(f"job:{job}", "taken", nx=True):
            await self.work(job)

    async def work(self, job: str) -> None:
        print(job)

# %% reported: a value that counts as nothing
# unsafe: Claim it in one step: `set` with `nx=True` because an empty value counts as set
import redis.asyncio as redis

client = redis.Redis()


async def claim(key: str) -> bool:
    if await client.get(key):
        return False
    # error: [redis-get-then-set]
    await client.set(key, "1")
    return True

# %% fixed: Claim it in one step: `set` with `nx=True`
import redis.asyncio as redis

client = redis.Redis()


async def claim(key: str) -> bool:
    if not await client.set(key, "1", nx=True):
        return False
    return True

# %% reported: something is done before the key is set
import redis.asyncio as redis

client = redis.Redis()


async def claim(key: str) -> bool:
    if await client.exists(key):
        return False
    print(key)
    # error: [redis-get-then-set]
    await client.set(key, "1")
    return True
# no fix: Claim it in one step: `set` with `nx=True`

# %% reported: read, then deleted
# unsafe: Read and delete it in one step with `getdel` because needs Redis 6.2, and what is read is gone if what follows fails
import redis.asyncio as redis

client = redis.Redis()


async def take(key: str) -> bytes | None:
    job = await client.get(key)
    if job is None:
        return None
    # error: [redis-get-then-set]
    await client.delete(key)
    return job

# %% fixed: Read and delete it in one step with `getdel`
import redis.asyncio as redis

client = redis.Redis()


async def take(key: str) -> bytes | None:
    job = await client.getdel(key)
    if job is None:
        return None
    return job

# %% reported: deleted only if it is one's own
import redis.asyncio as redis

client = redis.Redis()


async def take(key: str, own: bytes) -> bytes | None:
    job = await client.get(key)
    if job != own:
        return None
    # error: [redis-get-then-set]
    await client.delete(key)
    return job
# no fix: Read and delete it in one step with `getdel`

# %% reported: an option of `set` that a count does not have
# no fix: Count in Redis with `incr`
import redis.asyncio as redis

client = redis.Redis()


async def hit(key: str) -> None:
    count = int(await client.get(key) or 0)
    # error: [redis-get-then-set]
    await client.set(key, count + 1, ex=60)

# %% reported: a number that is not the one under the key
# no fix: Count in Redis with `incr`
import redis.asyncio as redis

client = redis.Redis()


async def hit(key: str) -> None:
    count = int(await client.get(key)) * 2
    # error: [redis-get-then-set]
    await client.set(key, count + 1)

# %% reported: set by a pipeline, whose answer comes later
# no fix: Claim it in one step: `set` with `nx=True`
import redis.asyncio as redis

client = redis.Redis()


async def claim(key: str) -> None:
    async with client.pipeline() as pipe:
        if not await client.exists(key):
            # error: [redis-get-then-set]
            pipe.set(key, 1)
            await pipe.execute()
