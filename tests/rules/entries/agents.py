# Entry points of the OpenAI Agents SDK: tools, guardrails, hooks, instructions.
#
# Real places (D is https://github.com/openai/openai-cs-agents-demo/blob/bd7bfca0f5abf50529370814c3e7c88542011925/python-backend/airline):
# tools: D/tools.py#L44
# guardrails: D/guardrails.py#L39
# hooks: https://github.com/openai/openai-agents-python/blob/v0.22.0/examples/basic/lifecycle_example.py#L41
# instructions: D/agents.py#L53
# tools: 1-4, guardrails: 5-6, hooks: 7-8, instructions: 9-10

# %% reported: two tool calls of one turn open the database
import asyncio

from agents import Agent, function_tool

database = None


async def connect():
    await asyncio.sleep(0)
    return {}


@function_tool
async def look_up(name: str) -> str:
    """Look a customer up."""
    global database
    if database is None:
        # error: [double-initialization] "`database`"
        database = await connect()
    return database.get(name, "unknown")


agent = Agent(name="Support", tools=[look_up])
# confidence: likely

# %% clean: one of two tool calls opens the database
import asyncio

from agents import Agent, function_tool

database = None
lock = asyncio.Lock()


async def connect():
    await asyncio.sleep(0)
    return {}


@function_tool
async def look_up(name: str) -> str:
    """Look a customer up."""
    global database
    async with lock:
        if database is None:
            database = await connect()
    return database.get(name, "unknown")


agent = Agent(name="Support", tools=[look_up])

# %% reported: two tool calls spend the last refund
import asyncio

from agents import Agent, function_tool

refunds = 1


async def pay(order: str) -> None:
    await asyncio.sleep(0)


@function_tool(name_override="refund_order")
async def refund(order: str) -> str:
    """Refund an order."""
    global refunds
    if refunds > 0:
        # error: [stale-check] "`refunds`"
        await pay(order)
        refunds -= 1
        return "refunded"
    return "refused"


agent = Agent(name="Refunds", tools=[refund])
# confidence: likely

# %% clean: a tool call reserves its refund
import asyncio

from agents import Agent, function_tool

refunds = 1


async def pay(order: str) -> None:
    await asyncio.sleep(0)


@function_tool(name_override="refund_order")
async def refund(order: str) -> str:
    """Refund an order."""
    global refunds
    if refunds > 0:
        refunds -= 1
        await pay(order)
        return "refunded"
    return "refused"


agent = Agent(name="Refunds", tools=[refund])

# %% reported: the guardrails of two runs count what they let pass
import asyncio

from agents import Agent, GuardrailFunctionOutput, input_guardrail

passed = 0


async def harmless(text) -> bool:
    await asyncio.sleep(0)
    return True


@input_guardrail
async def check(context, agent, text) -> GuardrailFunctionOutput:
    global passed
    before = passed
    # error: [lost-update] "`passed`"
    good = await harmless(text)
    passed = before + 1
    return GuardrailFunctionOutput(output_info=None, tripwire_triggered=not good)


agent = Agent(name="Support", input_guardrails=[check])
# confidence: likely

# %% clean: the guardrail of a run counts in one step
import asyncio

from agents import Agent, GuardrailFunctionOutput, input_guardrail

passed = 0


async def harmless(text) -> bool:
    await asyncio.sleep(0)
    return True


@input_guardrail
async def check(context, agent, text) -> GuardrailFunctionOutput:
    global passed
    good = await harmless(text)
    passed += 1
    return GuardrailFunctionOutput(output_info=None, tripwire_triggered=not good)


agent = Agent(name="Support", input_guardrails=[check])

# %% reported: two tools start and open the log of one hook
import asyncio

from agents import RunHooks


async def open_log():
    await asyncio.sleep(0)
    return []


class Trace(RunHooks):
    def __init__(self) -> None:
        self.log = None

    async def on_tool_start(self, context, agent, tool) -> None:
        if self.log is None:
            # error: [double-initialization] "`self.log`"
            self.log = await open_log()
        self.log.append(tool.name)
# confidence: likely

# %% clean: two tools start and one opens the log
import asyncio

from agents import RunHooks


async def open_log():
    await asyncio.sleep(0)
    return []


class Trace(RunHooks):
    def __init__(self) -> None:
        self.log = None
        self.lock = asyncio.Lock()

    async def on_tool_start(self, context, agent, tool) -> None:
        async with self.lock:
            if self.log is None:
                self.log = await open_log()
        self.log.append(tool.name)

# %% reported: two runs load the instructions
import asyncio

from agents import Agent

rules = None


async def load():
    await asyncio.sleep(0)
    return "Be kind."


async def instructions(context, agent) -> str:
    global rules
    if rules is None:
        # error: [double-initialization] "`rules`"
        rules = await load()
    return rules


agent = Agent(name="Support", instructions=instructions)
# confidence: likely

# %% clean: each run loads its own instructions
import asyncio

from agents import Agent


async def load():
    await asyncio.sleep(0)
    return "Be kind."


async def instructions(context, agent) -> str:
    rules = None
    if rules is None:
        rules = await load()
    return rules


agent = Agent(name="Support", instructions=instructions)
