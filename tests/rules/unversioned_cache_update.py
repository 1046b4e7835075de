# %% reported: facts about a user
import chromadb
from aiocache import Cache, RedisCache

cache = RedisCache()


async def remember(user: str, fact: str) -> None:
    facts = await cache.get(user) or []
    # error: [unversioned-cache-update]
    await cache.set(user, [*facts, fact])


async def tag(notes: chromadb.Collection, number: str) -> None:
    known = notes.get(number)
    # error: [unversioned-cache-update]
    notes.update(number, metadatas={**known, "seen": True})

# %% clean: compared and set, locked, or only filled
from aiocache import RedisCache
from aiocache.lock import OptimisticLock
from pymemcache.client.base import Client

cache = RedisCache()


async def locked(user: str, fact: str) -> None:
    async with OptimisticLock(cache, user) as lock:
        facts = await cache.get(user) or []
        await lock.cas([*facts, fact])
        await cache.set(user, facts)


async def filled(user: str) -> list:
    facts = await cache.get(user)
    if facts is None:
        facts = await load(user)
        await cache.set(user, facts)
    return facts


async def compared(client: Client, key: str) -> None:
    value, unique = client.gets(key)
    client.get(key)
    client.cas(key, value + 1, unique)


async def load(user: str) -> list: ...
