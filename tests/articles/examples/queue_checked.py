import asyncio

item = object()


async def process_if_empty(queue):
    if queue.empty():
        await asyncio.sleep(0)
        await queue.put(item)
