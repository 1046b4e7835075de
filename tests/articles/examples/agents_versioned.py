import asyncio

from database import db


async def update_shared_config(key: str, new_value: dict, expected_version: int) -> bool:
    async with db.transaction():
        current = await db.get(key)
        if current["version"] != expected_version:
            return False
        await db.update(key, {**new_value, "version": expected_version + 1})
        return True


async def safe_update(key: str, transform_fn):
    for attempt in range(10):
        current = await db.get(key)
        new_value = transform_fn(current["data"])
        success = await update_shared_config(key, new_value, current["version"])
        if success:
            return
        await asyncio.sleep(0.1 * attempt)
    raise RuntimeError(f"Could not update {key} after 10 attempts")
