# Entry points of FastMCP: tools, resources, prompts, middleware, lifespan.
#
# Real places:
# tools: https://github.com/sooperset/mcp-atlassian/blob/436b37e4854aacad0aee3ce47baafb6fdb4162a7/src/mcp_atlassian/servers/confluence.py#L188
# resources: https://github.com/jlowin/fastmcp/blob/v3.0.0rc2/examples/desktop.py#L15
# middleware: https://github.com/jlowin/fastmcp/blob/v3.0.0rc2/src/fastmcp/server/middleware/caching.py#L181
# lifespan: https://github.com/sooperset/mcp-atlassian/blob/436b37e4854aacad0aee3ce47baafb6fdb4162a7/src/mcp_atlassian/servers/main.py#L139
# tools: 1-2, resources: 3-4, prompts: 5-6, middleware: 7-8, lifespan: 9-10

# %% reported: two tool calls log in
import asyncio

from fastmcp import FastMCP

mcp = FastMCP("wiki")
session = None


async def login():
    await asyncio.sleep(0)
    return "session"


@mcp.tool
async def search(query: str) -> str:
    """Search the wiki."""
    global session
    if session is None:
        # error: [double-initialization] "`session`"
        session = await login()
    return f"{session}: {query}"
# confidence: likely

# %% clean: one of two tool calls logs in
import asyncio

from fastmcp import FastMCP

mcp = FastMCP("wiki")
session = None
lock = asyncio.Lock()


async def login():
    await asyncio.sleep(0)
    return "session"


@mcp.tool
async def search(query: str) -> str:
    """Search the wiki."""
    global session
    async with lock:
        if session is None:
            session = await login()
    return f"{session}: {query}"

# %% reported: two reads of a page use up the quota
import asyncio

from fastmcp import FastMCP

mcp = FastMCP("wiki")
quota = 100


async def content(name: str) -> str:
    await asyncio.sleep(0)
    return name


@mcp.resource("wiki://{name}")
async def page(name: str) -> str:
    """Read a page."""
    global quota
    text = ""
    if quota > 0:
        # error: [stale-check] "`quota`"
        text = await content(name)
        quota -= 1
    return text
# confidence: likely

# %% clean: a read of a page takes from the quota first
import asyncio

from fastmcp import FastMCP

mcp = FastMCP("wiki")
quota = 100


async def content(name: str) -> str:
    await asyncio.sleep(0)
    return name


@mcp.resource("wiki://{name}")
async def page(name: str) -> str:
    """Read a page."""
    global quota
    text = ""
    if quota > 0:
        quota -= 1
        text = await content(name)
    return text

# %% reported: two prompts count one after the other
import asyncio

from fastmcp import FastMCP

mcp = FastMCP("wiki")
prompts = 0


async def example(topic: str) -> str:
    await asyncio.sleep(0)
    return topic


@mcp.prompt
async def explain(topic: str) -> str:
    """Ask for an explanation."""
    global prompts
    before = prompts
    # error: [lost-update] "`prompts`"
    text = await example(topic)
    prompts = before + 1
    return f"Explain {topic}, for instance {text}"
# confidence: likely

# %% clean: a prompt counts in one step
import asyncio

from fastmcp import FastMCP

mcp = FastMCP("wiki")
prompts = 0


async def example(topic: str) -> str:
    await asyncio.sleep(0)
    return topic


@mcp.prompt
async def explain(topic: str) -> str:
    """Ask for an explanation."""
    global prompts
    text = await example(topic)
    prompts += 1
    return f"Explain {topic}, for instance {text}"

# %% reported: two calls pass a middleware that counts them
from fastmcp.server.middleware import Middleware


class Budget(Middleware):
    def __init__(self) -> None:
        self.left = 100

    async def on_call_tool(self, context, call_next):
        if self.left > 0:
            # error: [stale-check] "`self.left`"
            result = await call_next(context)
            self.left -= 1
            return result
        return None
# confidence: likely

# %% clean: a middleware takes from its budget before the call
from fastmcp.server.middleware import Middleware


class Budget(Middleware):
    def __init__(self) -> None:
        self.left = 100

    async def on_call_tool(self, context, call_next):
        if self.left > 0:
            self.left -= 1
            return await call_next(context)
        return None

# %% clean: the server logs in before the first request
import asyncio
from contextlib import asynccontextmanager

from fastmcp import FastMCP

session = None


async def login():
    await asyncio.sleep(0)
    return "session"


@asynccontextmanager
async def lifespan(server):
    global session
    if session is None:
        session = await login()
    yield {}


mcp = FastMCP("wiki", lifespan=lifespan)


@mcp.tool
async def search(query: str) -> str:
    """Search the wiki."""
    return f"{session}: {query}"

# %% reported: two tool calls log in again
import asyncio
from contextlib import asynccontextmanager

from fastmcp import FastMCP

session = None


async def login():
    await asyncio.sleep(0)
    return "session"


@asynccontextmanager
async def lifespan(server):
    global session
    session = await login()
    yield {}


mcp = FastMCP("wiki", lifespan=lifespan)


@mcp.tool
async def log_out() -> None:
    """Forget the session."""
    global session
    session = None


@mcp.tool
async def search(query: str) -> str:
    """Search the wiki."""
    global session
    if session is None:
        # error: [double-initialization] "`session`"
        session = await login()
    return f"{session}: {query}"
# confidence: likely
