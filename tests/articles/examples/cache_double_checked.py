import asyncio
import time
from collections import defaultdict


class CacheEntry:
    def __init__(self, value):
        self.value = value
        self.expires = time.monotonic() + 60

    def is_expired(self):
        return time.monotonic() >= self.expires


class AsyncCache:
    def __init__(self):
        self._cache = {}
        self._locks = defaultdict(asyncio.Lock)

    async def get_or_fetch(self, key: str, fetch_fn):
        if key in self._cache and not self._cache[key].is_expired():
            return self._cache[key].value

        async with self._locks[key]:
            if key in self._cache and not self._cache[key].is_expired():
                return self._cache[key].value

            result = await fetch_fn(key)
            self._cache[key] = CacheEntry(result)
            return result
