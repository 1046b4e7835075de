# Entry points of Pydantic AI: tools, plain tools, system prompts, validators.
#
# Real places (E is https://github.com/pydantic/pydantic-ai/blob/v2.33.0/examples/pydantic_ai_examples):
# tools: E/bank_support.py#L71
# plain tools: E/ag_ui/api/agentic_chat.py#L19
# system prompts: E/sql_gen.py#L102
# validators: E/flight_booking.py#L79
# tools: 1-4, plain tools: 5-6, system prompts: 7-8, validators: 9-10

# %% reported: two tool calls of one response open the database
import asyncio

from pydantic_ai import Agent, RunContext

agent = Agent("test")
database = None


async def connect():
    await asyncio.sleep(0)
    return {}


@agent.tool
async def balance(ctx: RunContext, name: str) -> int:
    """Tell the balance of a customer."""
    global database
    if database is None:
        # error: [double-initialization] "`database`"
        database = await connect()
    return database.get(name, 0)
# confidence: likely

# %% clean: a tool call looks again once it holds the lock
import asyncio

from pydantic_ai import Agent, RunContext

agent = Agent("test")
database = None
lock = asyncio.Lock()


async def connect():
    await asyncio.sleep(0)
    return {}


@agent.tool
async def balance(ctx: RunContext, name: str) -> int:
    """Tell the balance of a customer."""
    global database
    if database is None:
        async with lock:
            if database is None:
                database = await connect()
    return database.get(name, 0)

# %% reported: two runs call a tool that is alone in its run
import asyncio

from pydantic_ai import Agent, RunContext

agent = Agent("test")
seats = 3


async def charge(name: str) -> None:
    await asyncio.sleep(0)


@agent.tool(sequential=True)
async def book(ctx: RunContext, name: str) -> str:
    """Book a seat."""
    global seats
    if seats > 0:
        # error: [stale-check] "`seats`"
        await charge(name)
        seats -= 1
        return "booked"
    return "sold out"
# confidence: likely

# %% clean: a tool call takes its seat before it pays
import asyncio

from pydantic_ai import Agent, RunContext

agent = Agent("test")
seats = 3


async def charge(name: str) -> None:
    await asyncio.sleep(0)


@agent.tool(sequential=True)
async def book(ctx: RunContext, name: str) -> str:
    """Book a seat."""
    global seats
    if seats > 0:
        seats -= 1
        await charge(name)
        return "booked"
    return "sold out"

# %% reported: two calls of a plain tool count one after the other
import asyncio

from pydantic_ai import Agent

agent = Agent("test")
asked = 0


async def weather(city: str) -> str:
    await asyncio.sleep(0)
    return "sunny"


@agent.tool_plain
async def forecast(city: str) -> str:
    """Tell the weather of a city."""
    global asked
    before = asked
    # error: [lost-update] "`asked`"
    answer = await weather(city)
    asked = before + 1
    return answer
# confidence: likely

# %% clean: a call of a plain tool counts in one step
import asyncio

from pydantic_ai import Agent

agent = Agent("test")
asked = 0


async def weather(city: str) -> str:
    await asyncio.sleep(0)
    return "sunny"


@agent.tool_plain
async def forecast(city: str) -> str:
    """Tell the weather of a city."""
    global asked
    answer = await weather(city)
    asked += 1
    return answer

# %% reported: two runs load the rules of the prompt
import asyncio

from pydantic_ai import Agent

agent = Agent("test")
rules = None


async def load():
    await asyncio.sleep(0)
    return "Be kind."


@agent.system_prompt
async def house_rules() -> str:
    global rules
    if rules is None:
        # error: [double-initialization] "`rules`"
        rules = await load()
    return rules
# confidence: likely

# %% clean: each run loads the rules of its prompt
import asyncio

from pydantic_ai import Agent

agent = Agent("test")


async def load():
    await asyncio.sleep(0)
    return "Be kind."


@agent.system_prompt
async def house_rules() -> str:
    rules = None
    if rules is None:
        rules = await load()
    return rules

# %% reported: the validators of two runs spend the last try
import asyncio

from pydantic_ai import Agent

agent = Agent("test")
tries = 5


async def explain(output: str) -> str:
    await asyncio.sleep(0)
    return output


@agent.output_validator
async def validate(output: str) -> str:
    global tries
    if tries > 0:
        # error: [stale-check] "`tries`"
        output = await explain(output)
        tries -= 1
    return output
# confidence: likely

# %% clean: the validator of a run takes its try first
import asyncio

from pydantic_ai import Agent

agent = Agent("test")
tries = 5


async def explain(output: str) -> str:
    await asyncio.sleep(0)
    return output


@agent.output_validator
async def validate(output: str) -> str:
    global tries
    if tries > 0:
        tries -= 1
        output = await explain(output)
    return output
