# Entry points of AutoGen: message handlers, tools, agents of a team.
#
# Real places (A is https://github.com/microsoft/autogen/blob/python-v0.7.5/python/samples):
# message handlers: A/core_async_human_in_the_loop/main.py#L107
# tools: A/core_chainlit/app_agent.py#L68
# agents of a team: https://github.com/microsoft/autogen/blob/python-v0.7.5/python/packages/autogen-agentchat/src/autogen_agentchat/agents/_user_proxy_agent.py#L204
# message handlers: 1-2, tools: 3-4, agents of a team: 5-6

# %% reported: two messages open the model of one agent
import asyncio

from autogen_core import MessageContext, RoutedAgent, message_handler


async def load():
    await asyncio.sleep(0)
    return str.upper


class Writer(RoutedAgent):
    def __init__(self) -> None:
        super().__init__("A writer")
        self.model = None

    @message_handler
    async def write(self, message: str, ctx: MessageContext) -> str:
        if self.model is None:
            # error: [double-initialization] "`self.model`"
            self.model = await load()
        return self.model(message)
# confidence: likely

# %% clean: one of two messages opens the model
import asyncio

from autogen_core import MessageContext, RoutedAgent, message_handler


async def load():
    await asyncio.sleep(0)
    return str.upper


class Writer(RoutedAgent):
    def __init__(self) -> None:
        super().__init__("A writer")
        self.model = None
        self.lock = asyncio.Lock()

    @message_handler
    async def write(self, message: str, ctx: MessageContext) -> str:
        async with self.lock:
            if self.model is None:
                self.model = await load()
        return self.model(message)

# %% reported: two tool calls take the last seat
import asyncio

from autogen_core.tools import FunctionTool

seats = 2


async def charge(name: str) -> None:
    await asyncio.sleep(0)


async def book(name: str) -> str:
    global seats
    if seats > 0:
        # error: [stale-check] "`seats`"
        await charge(name)
        seats -= 1
        return "booked"
    return "sold out"


tool = FunctionTool(book, description="Book a seat.")
# confidence: likely

# %% clean: a tool call takes its seat before it pays
import asyncio

from autogen_core.tools import FunctionTool

seats = 2


async def charge(name: str) -> None:
    await asyncio.sleep(0)


async def book(name: str) -> str:
    global seats
    if seats > 0:
        seats -= 1
        await charge(name)
        return "booked"
    return "sold out"


tool = FunctionTool(book, description="Book a seat.")

# %% clean: an agent of a team answers one message after the other
import asyncio

from autogen_agentchat.agents import BaseChatAgent
from autogen_agentchat.base import Response
from autogen_agentchat.messages import TextMessage


async def think(text: str) -> str:
    await asyncio.sleep(0)
    return text


class Echo(BaseChatAgent):
    def __init__(self) -> None:
        super().__init__("echo", "Says it again")
        self.turns = 0

    async def on_messages(self, messages, cancellation_token) -> Response:
        before = self.turns
        text = await think(messages[-1].content)
        self.turns = before + 1
        return Response(chat_message=TextMessage(content=text, source=self.name))

# %% reported: a tool forgets the turns that an agent of a team counts
import asyncio

from autogen_agentchat.agents import BaseChatAgent
from autogen_agentchat.base import Response
from autogen_agentchat.messages import TextMessage
from autogen_core.tools import FunctionTool

turns = 0


async def think(text: str) -> str:
    await asyncio.sleep(0)
    return text


class Echo(BaseChatAgent):
    async def on_messages(self, messages, cancellation_token) -> Response:
        global turns
        before = turns
        # error: [lost-update] "`turns`"
        text = await think(messages[-1].content)
        turns = before + 1
        return Response(chat_message=TextMessage(content=text, source=self.name))


async def forget() -> None:
    global turns
    turns = 0


tool = FunctionTool(forget, description="Forget all turns.")
# confidence: likely
