# %% reported: the last one is taken twice
import threading

stock = {"apple": 1}


def buy(item) -> None:
    if stock[item] > 0:
        # error: [thread-stale-check]
        stock[item] = stock[item] - 1


threads = [threading.Thread(target=buy, args=("apple",)) for _ in range(2)]

# %% reported: made when it is missing
from concurrent.futures import ThreadPoolExecutor


class Pool:
    def __init__(self) -> None:
        self.connection = None
        self.names = []

    def connect(self) -> None:
        if self.connection is None:
            # error: [thread-stale-check]
            self.connection = object()

    def add(self, name) -> None:
        if name in self.names:
            return
        # error: [thread-stale-check]
        self.names.append(name)

    def run(self) -> None:
        with ThreadPoolExecutor() as pool:
            for _ in range(3):
                pool.submit(self.connect)
                pool.submit(self.add, "a")

# %% clean: checked again under the lock
import threading


class Pool:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.connection = None

    def connect(self) -> None:
        if self.connection is None:
            with self.lock:
                if self.connection is None:
                    self.connection = object()

    def run(self) -> None:
        for _ in range(3):
            threading.Thread(target=self.connect).start()

# %% clean: checked and stored in one step
import threading

known = {}


def work() -> None:
    known.setdefault("a", [])


threads = [threading.Thread(target=work) for _ in range(2)]

# %% clean: the loop over it is not what decides
import threading

names = ["a"]
last = None


def work() -> None:
    global last
    for name in names:
        print(name)
    last = 1


threads = [threading.Thread(target=work) for _ in range(2)]
