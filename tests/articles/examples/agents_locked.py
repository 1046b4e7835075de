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
