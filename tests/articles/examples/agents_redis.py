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
