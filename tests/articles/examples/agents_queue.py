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
