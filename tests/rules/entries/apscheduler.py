# Entry points of APScheduler: jobs that do not overlap themselves, but others.
#
# Real places:
# add_job: https://github.com/topoteretes/cognee/blob/a8f9760bb6da90a9956b3be77c0d0534134f533a/cognee/tasks/web_scraper/web_scraper_task.py#L90 (one function, a job for each name)
# scheduled_job: https://github.com/HibiKier/zhenxun_bot/blob/2d8320b5a01484a8383df19360759df12b67d57b/zhenxun/builtin_plugins/scheduler/auto_update_group.py#L9
# add_schedule, version 4: https://github.com/agronholm/apscheduler/blob/f2337f7aa675718ba5f0af33e0cb53006304ab0a/examples/standalone/async_memory.py

# %% clean: a job does not overlap itself
import asyncio

from apscheduler.schedulers.asyncio import AsyncIOScheduler

session = None
position = 0


async def connect():
    await asyncio.sleep(0)
    return object()


async def poll() -> None:
    global position, session
    if session is None:
        session = await connect()
    before = position
    await asyncio.sleep(0)
    position = before + 1


async def main() -> None:
    scheduler = AsyncIOScheduler()
    scheduler.add_job(poll, "interval", seconds=5)
    scheduler.start()
    await asyncio.Event().wait()

# %% reported: two jobs move the position
import asyncio

from apscheduler.schedulers.asyncio import AsyncIOScheduler

scheduler = AsyncIOScheduler()
position = 0


@scheduler.scheduled_job("interval", seconds=5)
async def poll() -> None:
    global position
    before = position
    # error: [lost-update] "`position`"
    await asyncio.sleep(0)
    position = before + 1


@scheduler.scheduled_job("cron", hour=0)
async def rewind() -> None:
    global position
    position = 0
# confidence: likely

# %% clean: a job decides after its await
import asyncio

from apscheduler.schedulers.asyncio import AsyncIOScheduler

scheduler = AsyncIOScheduler()
position = 0


@scheduler.scheduled_job("interval", seconds=5)
async def poll() -> None:
    global position
    await asyncio.sleep(0)
    position += 1


@scheduler.scheduled_job("cron", hour=0)
async def rewind() -> None:
    global position
    position = 0

# %% reported: one function is two jobs, and both open the session
import asyncio

from apscheduler.schedulers.asyncio import AsyncIOScheduler

session = None


async def connect():
    await asyncio.sleep(0)
    return object()


async def poll(feed: str) -> None:
    global session
    if session is None:
        # error: [double-initialization] "`session`"
        session = await connect()
    print(session, feed)


def schedule() -> None:
    scheduler = AsyncIOScheduler()
    scheduler.add_job(poll, "interval", seconds=5, args=["news"])
    scheduler.add_job(poll, "interval", seconds=9, args=["weather"])
    scheduler.start()
# confidence: likely

# %% known missed alarm: a job that may run three times at a time
import asyncio

from apscheduler.schedulers.asyncio import AsyncIOScheduler

session = None


async def connect():
    await asyncio.sleep(0)
    return object()


async def poll() -> None:
    global session
    if session is None:
        # error: [double-initialization] "`session`"
        session = await connect()


def schedule() -> None:
    scheduler = AsyncIOScheduler()
    scheduler.add_job(poll, "interval", seconds=5, max_instances=3)
    scheduler.start()
# confidence: likely

# %% known missed alarm: jobs of a scheduler whose jobs may run three times at a time
import asyncio

from apscheduler.schedulers.asyncio import AsyncIOScheduler

scheduler = AsyncIOScheduler(job_defaults={"max_instances": 3})
session = None


async def connect():
    await asyncio.sleep(0)
    return object()


@scheduler.scheduled_job("interval", seconds=5)
async def poll() -> None:
    global session
    if session is None:
        # error: [double-initialization] "`session`"
        session = await connect()
# confidence: likely

# %% known false alarm: a task of version 4 does not overlap itself, in several schedules
import asyncio

from apscheduler import AsyncScheduler
from apscheduler.triggers.interval import IntervalTrigger

position = 0


async def poll() -> None:
    global position
    before = position
    # error: [lost-update]
    await asyncio.sleep(0)
    position = before + 1


async def main() -> None:
    async with AsyncScheduler() as scheduler:
        await scheduler.add_schedule(poll, IntervalTrigger(seconds=5))
        await scheduler.add_schedule(poll, IntervalTrigger(seconds=9))
        await scheduler.run_until_stopped()
