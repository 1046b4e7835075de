# Entry points of MCP's Python SDK: tools, resources, prompts, handlers of the low-level server, MCPServer.
#
# Real places:
# tools: https://github.com/lastmile-ai/mcp-agent/blob/v0.2.6/examples/mcp/mcp_elicitation/demo_server.py#L12
# resources: https://github.com/lastmile-ai/mcp-agent/blob/v0.2.6/examples/mcp/mcp_prompts_and_resources/demo_server.py#L34
# prompts: https://github.com/lastmile-ai/mcp-agent/blob/v0.2.6/examples/mcp/mcp_prompts_and_resources/demo_server.py#L54
# low-level: https://github.com/modelcontextprotocol/servers/blob/76d64c822f5125032f89eb71dbdb94e42b434821/src/fetch/src/mcp_server_fetch/server.py#L223
#   and https://github.com/browser-use/browser-use/blob/85ddbfedf609166b2d2c76c3d80506649fee82a9/browser_use/mcp/server.py#L521 (one browser session for all calls)
# tools: 1-2, resources: 3-4, prompts: 5-6, low-level: 7-10, MCPServer (mcp 2): 11-12

# %% reported: two tool calls open the browser
import asyncio

from mcp.server.fastmcp import FastMCP

mcp = FastMCP("browser")
browser = None


async def launch():
    await asyncio.sleep(0)
    return []


@mcp.tool()
async def visit(url: str) -> int:
    """Visit a page."""
    global browser
    if browser is None:
        # error: [double-initialization] "`browser`"
        browser = await launch()
    browser.append(url)
    return len(browser)
# confidence: likely

# %% clean: one of two tool calls opens the browser
import asyncio

from mcp.server.fastmcp import FastMCP

mcp = FastMCP("browser")
browser = None
lock = asyncio.Lock()


async def launch():
    await asyncio.sleep(0)
    return []


@mcp.tool()
async def visit(url: str) -> int:
    """Visit a page."""
    global browser
    async with lock:
        if browser is None:
            browser = await launch()
    browser.append(url)
    return len(browser)

# %% reported: two reads of a resource count one after the other
import asyncio

from mcp.server.fastmcp import FastMCP

mcp = FastMCP("files")
reads = 0


async def content(name: str) -> str:
    await asyncio.sleep(0)
    return name


@mcp.resource("file://{name}")
async def file(name: str) -> str:
    """Read a file."""
    global reads
    before = reads
    # error: [lost-update] "`reads`"
    text = await content(name)
    reads = before + 1
    return text
# confidence: likely

# %% clean: a read of a resource counts in one step
import asyncio

from mcp.server.fastmcp import FastMCP

mcp = FastMCP("files")
reads = 0


async def content(name: str) -> str:
    await asyncio.sleep(0)
    return name


@mcp.resource("file://{name}")
async def file(name: str) -> str:
    """Read a file."""
    global reads
    text = await content(name)
    reads += 1
    return text

# %% reported: two prompts load the style
import asyncio

from mcp.server.fastmcp import FastMCP

mcp = FastMCP("texts")
style = None


async def load():
    await asyncio.sleep(0)
    return "short"


@mcp.prompt()
async def summary(text: str) -> str:
    """Ask for a summary."""
    global style
    if style is None:
        # error: [double-initialization] "`style`"
        style = await load()
    return f"A {style} summary of {text}"
# confidence: likely

# %% clean: each prompt loads its style
import asyncio

from mcp.server.fastmcp import FastMCP

mcp = FastMCP("texts")


async def load():
    await asyncio.sleep(0)
    return "short"


@mcp.prompt()
async def summary(text: str) -> str:
    """Ask for a summary."""
    style = None
    if style is None:
        style = await load()
    return f"A {style} summary of {text}"

# %% reported: two tool calls of a low-level server spend the last credit
import asyncio

from mcp.server.lowlevel import Server

server = Server("shop")
credits = 5


async def charge(name: str) -> None:
    await asyncio.sleep(0)


@server.call_tool()
async def call_tool(name: str, arguments: dict) -> list:
    global credits
    if credits > 0:
        # error: [stale-check] "`credits`"
        await charge(name)
        credits -= 1
    return []
# confidence: likely

# %% clean: a tool call of a low-level server takes its credit first
import asyncio

from mcp.server.lowlevel import Server

server = Server("shop")
credits = 5


async def charge(name: str) -> None:
    await asyncio.sleep(0)


@server.call_tool()
async def call_tool(name: str, arguments: dict) -> list:
    global credits
    if credits > 0:
        credits -= 1
        await charge(name)
    return []

# %% reported: two sessions list the tools that one object fetches
import asyncio

from mcp.server import Server


async def fetch():
    await asyncio.sleep(0)
    return []


class Shop:
    def __init__(self) -> None:
        self.tools = None
        self.server = Server("shop")
        self.set_up()

    def set_up(self) -> None:
        @self.server.list_tools()
        async def list_tools() -> list:
            return await self.known()

    async def known(self) -> list:
        if self.tools is None:
            # error: [double-initialization] "`self.tools`"
            self.tools = await fetch()
        return self.tools
# confidence: likely

# %% clean: one of two sessions fetches the tools
import asyncio

from mcp.server import Server


async def fetch():
    await asyncio.sleep(0)
    return []


class Shop:
    def __init__(self) -> None:
        self.tools = None
        self.lock = asyncio.Lock()
        self.server = Server("shop")
        self.set_up()

    def set_up(self) -> None:
        @self.server.list_tools()
        async def list_tools() -> list:
            return await self.known()

    async def known(self) -> list:
        async with self.lock:
            if self.tools is None:
                self.tools = await fetch()
        return self.tools

# %% reported: two tool calls of an MCPServer open the browser
import asyncio

from mcp.server.mcpserver import MCPServer

mcp = MCPServer("browser")
browser = None


async def launch():
    await asyncio.sleep(0)
    return []


@mcp.tool()
async def visit(url: str) -> int:
    """Visit a page."""
    global browser
    if browser is None:
        # error: [double-initialization] "`browser`"
        browser = await launch()
    browser.append(url)
    return len(browser)
# confidence: likely

# %% clean: an MCPServer opens the browser before the first call
import asyncio
from contextlib import asynccontextmanager

from mcp.server.mcpserver import MCPServer

browser = None


async def launch():
    await asyncio.sleep(0)
    return []


@asynccontextmanager
async def lifespan(server):
    global browser
    if browser is None:
        browser = await launch()
    yield {}


mcp = MCPServer("browser", lifespan=lifespan)


@mcp.tool()
async def visit(url: str) -> int:
    """Visit a page."""
    browser.append(url)
    return len(browser)
