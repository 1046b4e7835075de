# %% reported: a counter of the module
import threading

counter = 0


def work() -> None:
    global counter
    # error: [thread-lost-update]
    counter += 1  # one more


threads = [threading.Thread(target=work) for _ in range(4)]

# %% fixed: Hold a lock of threads here
import threading

counter = 0
_counter_lock = threading.Lock()


def work() -> None:
    global counter
    with _counter_lock:
        counter += 1  # one more


threads = [threading.Thread(target=work) for _ in range(4)]

# %% reported: a check of an object's attribute
from concurrent.futures import ThreadPoolExecutor


class Pool:
    def __init__(self) -> None:
        self.connection = None

    def connect(self) -> None:
        if self.connection is None:
            # error: [thread-stale-check]
            self.connection = object()

    def run(self) -> None:
        with ThreadPoolExecutor() as pool:
            for _ in range(3):
                pool.submit(self.connect)

# %% fixed: Hold a lock of threads here
import threading
from concurrent.futures import ThreadPoolExecutor


class Pool:
    def __init__(self) -> None:
        self.connection = None
        self._lock = threading.Lock()

    def connect(self) -> None:
        with self._lock:
            if self.connection is None:
                self.connection = object()

    def run(self) -> None:
        with ThreadPoolExecutor() as pool:
            for _ in range(3):
                pool.submit(self.connect)

# %% reported: the lock that guards it elsewhere
import threading

hits = 0
stats_lock = threading.Lock()


def reset() -> None:
    global hits
    with stats_lock:
        hits = 0


def one() -> None:
    global hits
    # error: [thread-lost-update]
    hits += 1


threads = [threading.Thread(target=one) for _ in range(4)]

# %% fixed: Hold a lock of threads here
import threading

hits = 0
stats_lock = threading.Lock()


def reset() -> None:
    global hits
    with stats_lock:
        hits = 0


def one() -> None:
    global hits
    with stats_lock:
        hits += 1


threads = [threading.Thread(target=one) for _ in range(4)]

# %% reported: it calls itself, and it waits
# no fix: Hold a lock of threads here
import threading
import time

depth = 0


def dive() -> None:
    global depth
    if depth < 10:
        # error: [thread-stale-check]
        depth += 1
        dive()


threads = [threading.Thread(target=dive) for _ in range(4)]
