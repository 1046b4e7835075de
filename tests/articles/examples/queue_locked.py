import asyncio

item = object()
queue_lock = asyncio.Lock()


async def process_if_empty(queue):
    async with queue_lock:
        if queue.empty():
            await queue.put(item)
