# %% reported: a payment
import aiohttp
import backoff
import httpx
from tenacity import retry, stop_after_attempt


@retry(stop=stop_after_attempt(3))
async def pay(client: httpx.AsyncClient, order: dict) -> None:
    # error: [retry-without-idempotency]
    await client.post("/payments", json=order)


@backoff.on_exception(backoff.expo, OSError)
async def order(session: aiohttp.ClientSession, item: str) -> None:
    # error: [retry-without-idempotency]
    await session.post("/orders", json=item)

# %% clean: a key, a reading, or no second try
import httpx
from tenacity import retry


@retry
async def pay(client: httpx.AsyncClient, order: dict) -> None:
    await client.post("/payments", json=order, headers={"Idempotency-Key": order["id"]})


@retry
async def read(client: httpx.AsyncClient) -> None:
    await client.get("/payments")
    await client.delete("/payments/1")


async def once(client: httpx.AsyncClient, order: dict) -> None:
    await client.post("/payments", json=order)

# %% clean: what may be done twice
import httpx
from tenacity import retry


@retry
async def rename(client: httpx.AsyncClient, number: int, name: str) -> None:
    await client.put(f"/users/{number}", json={"name": name})
