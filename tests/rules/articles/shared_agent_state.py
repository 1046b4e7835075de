# %% reported: agents count and claim without a lock
import asyncio


class SharedAgentState:
    def __init__(self):
        self._counter = 0
        self._task_queue = []

    async def increment_counter(self) -> int:
        count = self._counter
        # error: [lost-update]
        await report(count)
        self._counter = count + 1
        return self._counter

    async def claim_task(self) -> dict | None:
        if self._task_queue:
            # error: [stale-check]
            await report("claim")
            return self._task_queue.pop(0)
        return None


async def report(what):
    await asyncio.sleep(0)


state = SharedAgentState()


async def agent_worker(worker_id: int):
    while True:
        task = await state.claim_task()
        if task is None:
            break
        await process_task(task)
        await state.increment_counter()


async def process_task(task):
    await asyncio.sleep(0)


async def main():
    await asyncio.gather(*[agent_worker(worker_id) for worker_id in range(5)])

# %% clean: one lock for all agents
import asyncio


class SharedAgentState:
    def __init__(self):
        self._lock = asyncio.Lock()
        self._counter = 0
        self._task_queue = []

    async def increment_counter(self) -> int:
        async with self._lock:
            self._counter += 1
            return self._counter

    async def claim_task(self) -> dict | None:
        async with self._lock:
            if self._task_queue:
                return self._task_queue.pop(0)
            return None

    async def add_tasks(self, tasks: list[dict]):
        async with self._lock:
            self._task_queue.extend(tasks)


state = SharedAgentState()


async def agent_worker(worker_id: int):
    while True:
        task = await state.claim_task()
        if task is None:
            break
        await process_task(task)
        await state.increment_counter()


async def process_task(task):
    await asyncio.sleep(0)


async def main():
    await asyncio.gather(*[agent_worker(worker_id) for worker_id in range(5)])

# %% reported: agents count in Redis, and take what they have looked up
# confidence: likely
import redis.asyncio as redis


class DistributedAgentState:
    def __init__(self, redis_url: str):
        self.redis = redis.from_url(redis_url)

    async def increment_counter(self, key: str) -> int:
        value = int(await self.redis.get(key) or 0)
        # error: [redis-get-then-set]
        await self.redis.set(key, value + 1)
        return value + 1

    async def set_if_not_exists(self, key: str, value: str) -> bool:
        if await self.redis.exists(key):
            return False
        # error: [redis-get-then-set]
        await self.redis.set(key, "1")
        return True

# %% clean: one command of Redis
import json

import redis.asyncio as redis


class DistributedAgentState:
    def __init__(self, redis_url: str):
        self.redis = redis.from_url(redis_url)

    async def increment_counter(self, key: str) -> int:
        return await self.redis.incr(key)

    async def claim_task(self, queue_key: str) -> str | None:
        return await self.redis.lpop(queue_key)

    async def set_if_not_exists(self, key: str, value: str, ttl: int = 60) -> bool:
        return await self.redis.set(key, value, nx=True, ex=ttl)


state = DistributedAgentState("redis://localhost:6379")


async def distributed_agent_worker(worker_id: int):
    while True:
        task_json = await state.claim_task("agent:task_queue")
        if task_json is None:
            break
        task = json.loads(task_json)
        await process_task(task)
        await state.increment_counter("agent:completed_count")


async def process_task(task):
    return task

# %% reported: a row that is updated without a lock
# confidence: likely
import sqlalchemy as sa
from models import WorkItem
from sqlalchemy.ext.asyncio import AsyncSession


async def claim_work_item(session: AsyncSession, number: int, agent_id: str) -> dict | None:
    result = await session.execute(sa.select(WorkItem).where(WorkItem.id == number))
    item = result.scalar_one_or_none()
    if item.status != "pending":
        return None
    # error: [row-read-modify-write]
    item.status = "in_progress"
    item.claimed_by = agent_id
    await session.commit()
    return item

# %% clean: rows that others hold are skipped
from datetime import datetime

import sqlalchemy as sa
from models import WorkItem
from sqlalchemy.ext.asyncio import AsyncSession


async def claim_work_item(session: AsyncSession, agent_id: str) -> dict | None:
    result = await session.execute(
        sa.select(WorkItem)
        .where(WorkItem.status == "pending")
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    item = result.scalar_one_or_none()
    if item is None:
        return None

    item.status = "in_progress"
    item.claimed_by = agent_id
    item.claimed_at = datetime.utcnow()
    await session.commit()
    return item

# %% clean: written where the version is still the same
import asyncio

from database import db


async def update_shared_config(key: str, new_value: dict, expected_version: int) -> bool:
    async with db.transaction():
        current = await db.get(key)
        if current["version"] != expected_version:
            return False
        await db.update(key, {**new_value, "version": expected_version + 1})
        return True


async def safe_update(key: str, transform_fn):
    for attempt in range(10):
        current = await db.get(key)
        new_value = transform_fn(current["data"])
        success = await update_shared_config(key, new_value, current["version"])
        if success:
            return
        await asyncio.sleep(0.1 * attempt)
    raise RuntimeError(f"Could not update {key} after 10 attempts")

# %% clean: a queue, and one owner of the state
import asyncio


async def coordinator(task_queue: asyncio.Queue, result_queue: asyncio.Queue):
    completed = 0
    results = []
    while True:
        result = await result_queue.get()
        results.append(result)
        completed += 1
        print(f"Completed: {completed}")


async def agent_worker(worker_id: int, task_queue: asyncio.Queue, result_queue: asyncio.Queue):
    while True:
        try:
            task = task_queue.get_nowait()
        except asyncio.QueueEmpty:
            break
        result = await process_task(task)
        await result_queue.put(result)
        task_queue.task_done()


async def process_task(task):
    await asyncio.sleep(0)
    return task


async def main(tasks):
    task_q = asyncio.Queue()
    result_q = asyncio.Queue()
    for task in tasks:
        await task_q.put(task)
    await asyncio.gather(
        coordinator(task_q, result_q),
        *[agent_worker(number, task_q, result_q) for number in range(5)],
    )

# %% reported: a file that agents read and write
import json

import aiofiles


async def remember(agent: str, fact: str) -> None:
    async with aiofiles.open("memory.json") as file:
        memory = json.loads(await file.read())
    memory[agent] = fact
    # error: [file-read-modify-write]
    async with aiofiles.open("memory.json", "w") as file:
        await file.write(json.dumps(memory))
