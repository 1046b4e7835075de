# Entry points of LangGraph: nodes, edges, tasks, tools.
#
# Real places:
# nodes: https://github.com/assafelovic/gpt-researcher/blob/v3.6.0/multi_agents/agents/orchestrator.py#L64
# edges: https://github.com/langchain-ai/open_deep_research/blob/408da442a661ea5e40a6163329f82e3f22628949/src/legacy/graph.py#L499
# tools: https://github.com/langchain-ai/open_deep_research/blob/408da442a661ea5e40a6163329f82e3f22628949/src/open_deep_research/utils.py#L43
# tasks: https://github.com/langchain-ai/langgraph/blob/1.2.11/libs/langgraph/langgraph/func/__init__.py#L132 (its documentation)
# nodes: 1-5, edges: 6-7, tasks: 8-9, tools: 10-11

# %% reported: two runs of a graph open the model
import asyncio
from typing import TypedDict

from langgraph.graph import START, StateGraph

model = None


class State(TypedDict):
    text: str


async def load():
    await asyncio.sleep(0)
    return str.upper


async def answer(state: State) -> dict:
    global model
    if model is None:
        # error: [double-initialization] "`model`"
        model = await load()
    return {"text": model(state["text"])}


def build():
    builder = StateGraph(State)
    builder.add_node("answer", answer)
    builder.add_edge(START, "answer")
    return builder.compile()
# confidence: likely

# %% clean: one of two runs opens the model
import asyncio
from typing import TypedDict

from langgraph.graph import START, StateGraph

model = None
lock = asyncio.Lock()


class State(TypedDict):
    text: str


async def load():
    await asyncio.sleep(0)
    return str.upper


async def answer(state: State) -> dict:
    global model
    async with lock:
        if model is None:
            model = await load()
    return {"text": model(state["text"])}


def build():
    builder = StateGraph(State)
    builder.add_node("answer", answer)
    builder.add_edge(START, "answer")
    return builder.compile()

# %% reported: two nodes of one step spend one budget
import asyncio
from typing import TypedDict

from langgraph.graph import START, StateGraph


class State(TypedDict):
    text: str


class Research:
    def __init__(self) -> None:
        self.searches = 3

    async def ask(self, query: str) -> None:
        await asyncio.sleep(0)

    async def web(self, state: State) -> dict:
        if self.searches > 0:
            # error: [stale-check] "`self.searches`"
            await self.ask(state["text"])
            self.searches -= 1
        return {}

    async def papers(self, state: State) -> dict:
        self.searches -= 1
        return {}

    def build(self):
        builder = StateGraph(State)
        builder.add_node("web", self.web)
        builder.add_node("papers", self.papers)
        builder.add_edge(START, "web")
        builder.add_edge(START, "papers")
        return builder.compile()
# confidence: likely

# %% clean: a node spends before it searches
import asyncio
from typing import TypedDict

from langgraph.graph import START, StateGraph


class State(TypedDict):
    text: str


class Research:
    def __init__(self) -> None:
        self.searches = 3

    async def ask(self, query: str) -> None:
        await asyncio.sleep(0)

    async def web(self, state: State) -> dict:
        if self.searches > 0:
            self.searches -= 1
            await self.ask(state["text"])
        return {}

    def build(self):
        builder = StateGraph(State)
        builder.add_node("web", self.web)
        builder.add_edge(START, "web")
        return builder.compile()

# %% clean: a node counts in the state of its run
import asyncio
from typing import TypedDict

from langgraph.graph import START, StateGraph


class State(TypedDict):
    turns: int


async def think(number: int) -> None:
    await asyncio.sleep(0)


async def turn(state: State) -> dict:
    turns = state["turns"]
    await think(turns)
    return {"turns": turns + 1}


def build():
    builder = StateGraph(State)
    builder.add_node("turn", turn)
    builder.add_edge(START, "turn")
    return builder.compile()

# %% reported: two runs choose their way at the same time
import asyncio
from typing import TypedDict

from langgraph.graph import END, START, StateGraph

chosen = 0


class State(TypedDict):
    text: str


async def judge(text: str) -> bool:
    await asyncio.sleep(0)
    return not text


async def answer(state: State) -> dict:
    return {}


async def route(state: State) -> str:
    global chosen
    before = chosen
    # error: [lost-update] "`chosen`"
    done = await judge(state["text"])
    chosen = before + 1
    return END if done else "answer"


def build():
    builder = StateGraph(State)
    builder.add_node("answer", answer)
    builder.add_conditional_edges(START, route, ["answer", END])
    return builder.compile()
# confidence: likely

# %% clean: two runs count their choices in one step
import asyncio
from typing import TypedDict

from langgraph.graph import END, START, StateGraph

chosen = 0


class State(TypedDict):
    text: str


async def judge(text: str) -> bool:
    await asyncio.sleep(0)
    return not text


async def answer(state: State) -> dict:
    return {}


async def route(state: State) -> str:
    global chosen
    done = await judge(state["text"])
    chosen += 1
    return END if done else "answer"


def build():
    builder = StateGraph(State)
    builder.add_node("answer", answer)
    builder.add_conditional_edges(START, route, ["answer", END])
    return builder.compile()

# %% reported: two tasks of a workflow open the store
import asyncio

from langgraph.func import entrypoint, task

store = None


async def connect():
    await asyncio.sleep(0)
    return []


@task
async def save(text: str) -> int:
    global store
    if store is None:
        # error: [double-initialization] "`store`"
        store = await connect()
    store.append(text)
    return len(store)


@entrypoint()
async def workflow(texts: list) -> list:
    saved = [save(text) for text in texts]
    return [await number for number in saved]
# confidence: likely

# %% clean: a workflow counts on its own
import asyncio

from langgraph.func import entrypoint


async def save(text: str) -> int:
    await asyncio.sleep(0)
    return len(text)


@entrypoint()
async def workflow(texts: list) -> int:
    total = 0
    for text in texts:
        before = total
        total = before + await save(text)
    return total

# %% reported: two tool calls of one message take the last seat
import asyncio

from langchain_core.tools import tool
from langgraph.prebuilt import ToolNode

seats = 2


async def charge(name: str) -> None:
    await asyncio.sleep(0)


@tool
async def book(name: str) -> str:
    """Book a seat."""
    global seats
    if seats > 0:
        # error: [stale-check] "`seats`"
        await charge(name)
        seats -= 1
        return "booked"
    return "sold out"


tools = ToolNode([book])
# confidence: likely

# %% clean: a tool call takes its seat before it pays
import asyncio

from langchain_core.tools import tool
from langgraph.prebuilt import ToolNode

seats = 2


async def charge(name: str) -> None:
    await asyncio.sleep(0)


@tool
async def book(name: str) -> str:
    """Book a seat."""
    global seats
    if seats > 0:
        seats -= 1
        await charge(name)
        return "booked"
    return "sold out"


tools = ToolNode([book])
