# %% reported: threads add to one entry
import threading

model_params = {"weight": 1.0}


def update_model(new_weight):
    current_weight = model_params["weight"]
    # error: [thread-lost-update]
    model_params["weight"] = current_weight + new_weight


def thread_job():
    for _ in range(1000):
        update_model(0.1)


threads = [threading.Thread(target=thread_job) for _ in range(10)]

for thread in threads:
    thread.start()

for thread in threads:
    thread.join()

# %% clean: threads add under a lock
import threading

model_params = {"weight": 1.0}
lock = threading.Lock()


def update_model_safe(new_weight):
    with lock:
        current_weight = model_params["weight"]
        model_params["weight"] = current_weight + new_weight


def thread_job_safe():
    for _ in range(1000):
        update_model_safe(0.1)


safe_threads = [threading.Thread(target=thread_job_safe) for _ in range(10)]

for thread in safe_threads:
    thread.start()

for thread in safe_threads:
    thread.join()
