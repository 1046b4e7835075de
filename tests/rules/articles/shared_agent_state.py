# %% clean: counter and work under a lock
import asyncio


async def process_task(task):
    await asyncio.sleep(0)


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
                return self._task_queue.pop(0)  # Atomic claim
            return None

    async def add_tasks(self, tasks: list[dict]):
        async with self._lock:
            self._task_queue.extend(tasks)


# Single shared instance across all agents
state = SharedAgentState()


async def agent_worker(worker_id: int):
    while True:
        task = await state.claim_task()
        if task is None:
            break  # No more work
        # Process task without holding the lock
        result = await process_task(task)
        await state.increment_counter()

# %% clean: one owner, and queues
import asyncio


async def process_task(task):
    await asyncio.sleep(0)


async def coordinator(task_queue: asyncio.Queue, result_queue: asyncio.Queue):
    """Single coordinator owns state; agents communicate via queues"""
    completed = 0
    results = []
    while True:
        result = await result_queue.get()
        results.append(result)
        completed += 1
        print(f"Completed: {completed}")


async def agent_worker(worker_id: int, task_queue: asyncio.Queue, result_queue: asyncio.Queue):
    """Agents only read from task queue, write to result queue — no shared state"""
    while True:
        try:
            task = task_queue.get_nowait()
        except asyncio.QueueEmpty:
            break
        result = await process_task(task)
        await result_queue.put(result)
        task_queue.task_done()


async def main(tasks):
    # Setup
    task_q = asyncio.Queue()
    result_q = asyncio.Queue()
    for task in tasks:
        await task_q.put(task)
    await asyncio.gather(
        coordinator(task_q, result_q),
        *[agent_worker(i, task_q, result_q) for i in range(5)],
    )
