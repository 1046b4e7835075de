# %% reported: a counter of the module, by several threads
import threading

counter = 0


def work() -> None:
    global counter
    for _ in range(100):
        # error: [thread-lost-update]
        counter += 1


threads = [threading.Thread(target=work) for _ in range(4)]

# %% reported: read and written back in two steps, by an executor
from concurrent.futures import ThreadPoolExecutor


class Totals:
    def __init__(self) -> None:
        self.total = 0
        self.by_name = {}

    def add(self, amount) -> None:
        known = self.total
        known = known + amount
        # error: [thread-lost-update]
        self.total = known

    def count(self, name) -> None:
        # error: [thread-lost-update]
        self.by_name[name] = self.by_name.get(name, 0) + 1

    def run(self, amounts) -> None:
        with ThreadPoolExecutor() as pool:
            pool.map(self.add, amounts)
            for _ in range(2):
                pool.submit(self.count, "all")

# %% reported: in a helper that the thread calls, and a lock that is given back between
import threading


class Worker:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.done = 0

    def start(self) -> None:
        for _ in range(3):
            threading.Thread(target=self.run, daemon=True).start()

    def run(self) -> None:
        self.finish()

    def finish(self) -> None:
        with self.lock:
            done = self.done
        with self.lock:
            # error: [thread-lost-update]
            self.done = done + 1

# %% reported: two functions in a thread each
import threading

balance = 0


def deposit() -> None:
    global balance
    # error: [thread-lost-update]
    balance = balance + 10


def withdraw() -> None:
    global balance
    # error: [thread-lost-update]
    balance = balance - 10


def main() -> None:
    threading.Thread(target=deposit).start()
    threading.Thread(target=withdraw).start()

# %% reported: a variable of the function around
import threading


def main() -> int:
    found = 0

    def search() -> None:
        nonlocal found
        # error: [thread-lost-update]
        found += 1

    threads = [threading.Thread(target=search) for _ in range(2)]
    for thread in threads:
        thread.start()
    return found

# %% reported: each task starts a thread
import asyncio


class Hits:
    def __init__(self) -> None:
        self.count = 0

    def _hit(self) -> None:
        # error: [thread-lost-update]
        self.count += 1

    async def hit(self) -> None:
        await asyncio.to_thread(self._hit)


async def main(hits: Hits) -> None:
    await asyncio.gather(*[hits.hit() for _ in range(10)])

# %% clean: under one lock
import threading

counter = 0
lock = threading.Lock()


def work() -> None:
    global counter
    with lock:
        counter += 1


def add() -> None:
    global counter
    counter += 1


def locked() -> None:
    with lock:
        add()


threads = [threading.Thread(target=work) for _ in range(4)]
others = [threading.Thread(target=locked) for _ in range(4)]

# %% clean: one thread alone
import threading

counter = 0


def work() -> None:
    global counter
    counter += 1


threading.Thread(target=work).start()

# %% clean: each thread has a state of its own
import threading

known = threading.local()


class Job:
    def __init__(self) -> None:
        self.steps = 0

    def run(self) -> None:
        self.steps += 1


def work() -> None:
    known.count = known.count + 1


def main() -> None:
    for _ in range(3):
        job = Job()
        threading.Thread(target=job.run).start()
        threading.Thread(target=work).start()

# %% clean: added up by whoever waits for them
from concurrent.futures import ThreadPoolExecutor


def work(part) -> int:
    count = 0
    for _ in part:
        count += 1
    return count


def main(parts) -> int:
    total = 0
    with ThreadPoolExecutor() as pool:
        for count in pool.map(work, parts):
            total += count
    return total

# %% clean: set, not computed
import threading

stopped = False


def work() -> None:
    global stopped
    stopped = True


threads = [threading.Thread(target=work) for _ in range(4)]

# %% clean: an executor with one thread
import asyncio
from concurrent.futures import ThreadPoolExecutor


class Store:
    def __init__(self) -> None:
        self.count = 0
        self.executor = ThreadPoolExecutor(max_workers=1)

    def _add(self) -> None:
        self.count += 1

    def _take(self) -> None:
        self.count -= 1

    def add(self) -> None:
        for _ in range(3):
            self.executor.submit(self._add)

    async def take(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self.executor, self._take)

# %% reported: two locks for one state
import threading


class Stats:
    def __init__(self) -> None:
        self.total = 0
        self.read_lock = threading.Lock()
        self.write_lock = threading.Lock()

    def read(self) -> None:
        with self.read_lock:
            # error: [thread-lost-update] "a thread in `write()`"
            self.total += 1

    def write(self) -> None:
        with self.write_lock:
            # error: [thread-lost-update] "a thread in `read()`"
            self.total += 1

    def start(self) -> None:
        threading.Thread(target=self.read).start()
        threading.Thread(target=self.write).start()

# %% clean: a timer that starts itself anew
import threading


class Clock:
    def __init__(self) -> None:
        self.ticks = 0

    def tick(self) -> None:
        self.ticks += 1
        threading.Timer(1, self.tick).start()

    def start(self) -> None:
        threading.Timer(1, self.tick).start()

# %% clean: each thread has an entry of its own
import threading

counts = {}


def work(number: int) -> None:
    counts[number] = 0
    for _ in range(100):
        counts[number] += 1


def start() -> None:
    for number in range(4):
        threading.Thread(target=work, args=(number,)).start()

# %% clean: each thread has an entry of its own, started in a comprehension
import threading

counts = {}


def work(number: int) -> None:
    counts[number] += 1


threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]

# %% clean: each thread has an entry of its own, started by the module
import threading

counts = {}


def work(number: int) -> None:
    counts[number] += 1


for number in range(4):
    threading.Thread(target=work, args=(number,)).start()

# %% clean: one task at a time waits for its thread
import asyncio


class Files:
    def __init__(self) -> None:
        self.count = 0
        self.lock = asyncio.Lock()

    def write(self) -> None:
        self.count += 1

    def remove(self) -> None:
        self.count -= 1

    async def save(self) -> None:
        async with self.lock:
            await asyncio.to_thread(self.write)

    async def drop(self) -> None:
        async with self.lock:
            await asyncio.to_thread(self.remove)

    async def reset(self) -> None:
        async with self.lock:
            self.count = self.count - 1


async def main(files: Files) -> None:
    await asyncio.gather(*(files.save() for _ in range(3)), files.drop(), files.reset())

# %% reported: threads that are classes
import threading

total = 0


class Worker(threading.Thread):
    def __init__(self) -> None:
        super().__init__()
        self.done = 0

    def run(self) -> None:
        global total
        # error: [thread-lost-update] "another thread in `run()`"
        total += 1
        self.done += 1


for _ in range(3):
    Worker().start()

# %% clean: one thread that is a class
import threading

total = 0


class Worker(threading.Thread):
    def run(self) -> None:
        global total
        total += 1


Worker().start()

# %% reported: what a module runs in several parts
import threading

total = 0


def work() -> None:
    global total
    # error: [thread-lost-update] "another thread in `work()`"
    total += 1


for _ in range(3):
    threading.Thread(target=work).start()


def after() -> None:
    print(total)


after()

# %% clean: a timer that a method of its own starts anew
import threading


class Clock:
    def __init__(self) -> None:
        self.ticks = 0

    def tick(self) -> None:
        self.ticks += 1
        self.again()

    def again(self) -> None:
        threading.Timer(1, self.tick).start()

    def start(self) -> None:
        threading.Timer(1, self.tick).start()

# %% clean: one task at a time waits for its threads
import asyncio


class Files:
    def __init__(self) -> None:
        self.count = 0
        self.lock = asyncio.Lock()

    def write(self) -> None:
        self.count += 1

    async def save(self) -> None:
        async with self.lock:
            job = asyncio.create_task(asyncio.to_thread(self.write))
            await job


async def main(files: Files) -> None:
    await asyncio.gather(*(files.save() for _ in range(3)))
