# %% reported: a row that is marked later
from models import Job
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession


async def take(session: AsyncSession):
    job = await session.scalar(select(Job).where(Job.state == "new").limit(1))
    # error: [work-claimed-twice]
    job.state = "running"
    await session.commit()
    return job

# %% reported: an entry that is removed later
import redis.asyncio as redis

client = redis.Redis()


async def take() -> bytes:
    job = await client.lindex("jobs", 0)
    # error: [work-claimed-twice]
    await client.lrem("jobs", 1, job)
    return job

# %% clean: taken in one step
import redis.asyncio as redis
from models import Job
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

client = redis.Redis()


async def pop() -> bytes:
    return await client.lpop("jobs")


async def take(session: AsyncSession):
    wanted = select(Job).where(Job.state == "new").limit(1).with_for_update(skip_locked=True)
    job = await session.scalar(wanted)
    job.state = "running"
    await session.commit()
    return job


async def finish(session: AsyncSession, number: int) -> None:
    job = await session.get(Job, number)
    job.state = "done"
    await session.commit()

# %% clean: who removes it has it
import redis.asyncio as redis

client = redis.Redis()


async def take() -> None:
    for job in await client.zrange("jobs", 0, 0):
        if await client.zrem("jobs", job):
            print(job)
