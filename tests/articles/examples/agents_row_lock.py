from datetime import datetime

import sqlalchemy as sa
from models import WorkItem
from sqlalchemy.ext.asyncio import AsyncSession


async def claim_work_item(session: AsyncSession, agent_id: str) -> dict | None:
    result = await session.execute(
        sa.select(WorkItem)
        .where(WorkItem.status == "pending")
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    item = result.scalar_one_or_none()
    if item is None:
        return None

    item.status = "in_progress"
    item.claimed_by = agent_id
    item.claimed_at = datetime.utcnow()
    await session.commit()
    return item
