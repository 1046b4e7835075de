# Entry points of Home Assistant: entities, coordinators, set-up, actions, events, timers, commands, views, tasks.
#
# Real places (H is https://github.com/home-assistant/core/blob/2025.11.0/homeassistant/components):
# entities: H/androidtv_remote/remote.py#L76
# coordinators: H/bring/coordinator.py#L86; a race: https://github.com/home-assistant/core/pull/153685
# set-up: H/hue/__init__.py#L27
# actions: H/hue/services.py#L64
# events: H/cloud/alexa_config.py#L271
# timers: H/plex/__init__.py#L259
#   and https://github.com/hacs/integration/blob/3249355704d1a716e637d4d044b6cb4ae72dc271/custom_components/hacs/base.py#L637
# commands: H/energy/websocket_api.py#L109
# views: H/cloud/http_api.py#L242
# tasks: https://github.com/hacs/integration/blob/3249355704d1a716e637d4d044b6cb4ae72dc271/custom_components/hacs/__init__.py#L49
# entities: 1-5, coordinators: 6-7, set-up: 8-10, actions: 11-12, events: 13-14
# timers: 15-16, commands: 17-18, views: 19-20, tasks: 21-22

# %% reported: two actions turn on one light
import asyncio

from homeassistant.components.light import LightEntity


async def connect():
    await asyncio.sleep(0)
    return object()


class Lamp(LightEntity):
    def __init__(self) -> None:
        self.connection = None

    async def async_turn_on(self, **kwargs) -> None:
        if self.connection is None:
            # error: [double-initialization] "`self.connection`"
            self.connection = await connect()
        self._attr_is_on = True
# confidence: likely

# %% clean: a light looks again once it is connected
import asyncio

from homeassistant.components.light import LightEntity


async def connect():
    await asyncio.sleep(0)
    return object()


class Lamp(LightEntity):
    def __init__(self) -> None:
        self.connection = None
        self.lock = asyncio.Lock()

    async def async_turn_on(self, **kwargs) -> None:
        if self.connection is None:
            async with self.lock:
                if self.connection is None:
                    self.connection = await connect()
        self._attr_is_on = True

# %% known false alarm: a platform lets one action of its entities run at a time
import asyncio

from homeassistant.components.switch import SwitchEntity

PARALLEL_UPDATES = 1


async def send(command: str) -> None:
    await asyncio.sleep(0)


class Plug(SwitchEntity):
    def __init__(self) -> None:
        self.sent = 0

    async def async_turn_on(self, **kwargs) -> None:
        before = self.sent
        # error: [lost-update]
        await send("on")
        self.sent = before + 1

    async def async_turn_off(self, **kwargs) -> None:
        before = self.sent
        # error: [lost-update]
        await send("off")
        self.sent = before + 1

# %% clean: an entity does not update itself twice at a time
import asyncio

from homeassistant.components.sensor import SensorEntity


async def read(position: int) -> list:
    await asyncio.sleep(0)
    return [position]


class Meter(SensorEntity):
    def __init__(self) -> None:
        self.position = 0

    async def async_update(self) -> None:
        position = self.position
        records = await read(position)
        self.position = position + len(records)

# %% reported: an action resets what the update reads
import asyncio

from homeassistant.components.switch import SwitchEntity


async def read(position: int) -> list:
    await asyncio.sleep(0)
    return [position]


class Meter(SwitchEntity):
    def __init__(self) -> None:
        self.position = 0

    async def async_update(self) -> None:
        position = self.position
        # error: [lost-update] "`self.position`"
        records = await read(position)
        self.position = position + len(records)

    async def async_turn_off(self, **kwargs) -> None:
        self.position = 0
# confidence: likely

# %% clean: a coordinator refreshes one time after the other
import asyncio

from homeassistant.helpers.update_coordinator import DataUpdateCoordinator


async def read(cursor: int) -> list:
    await asyncio.sleep(0)
    return [cursor]


class Readings(DataUpdateCoordinator):
    cursor = 0

    async def _async_update_data(self) -> list:
        cursor = self.cursor
        records = await read(cursor)
        self.cursor = cursor + len(records)
        return records

# %% reported: a button resets what a refresh reads
import asyncio

from homeassistant.components.button import ButtonEntity
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

cursor = 0


async def read(start: int) -> list:
    await asyncio.sleep(0)
    return [start]


class Readings(DataUpdateCoordinator):
    async def _async_update_data(self) -> list:
        global cursor
        before = cursor
        # error: [lost-update] "`cursor`"
        records = await read(before)
        cursor = before + len(records)
        return records


class Reset(ButtonEntity):
    async def async_press(self) -> None:
        global cursor
        cursor = 0
# confidence: likely

# %% clean: an integration is set up once
import asyncio

from homeassistant.core import HomeAssistant

client = None


async def connect():
    await asyncio.sleep(0)
    return object()


async def async_setup(hass: HomeAssistant, config) -> bool:
    global client
    if client is None:
        client = await connect()
    return True

# %% reported: two entries set up one client
import asyncio

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

client = None


async def connect():
    await asyncio.sleep(0)
    return object()


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    global client
    if client is None:
        # error: [double-initialization] "`client`"
        client = await connect()
    entry.runtime_data = client
    return True
# confidence: likely

# %% clean: each entry has a client of its own
import asyncio

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant


async def connect():
    await asyncio.sleep(0)
    return object()


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    client = None
    if client is None:
        client = await connect()
    entry.runtime_data = client
    return True

# %% reported: two calls of an action take the last dose
import asyncio

from homeassistant.core import HomeAssistant, ServiceCall

doses = 3


async def dispense(amount: int) -> None:
    await asyncio.sleep(0)


async def feed(call: ServiceCall) -> None:
    global doses
    if doses > 0:
        # error: [stale-check] "`doses`"
        await dispense(1)
        doses -= 1


async def async_setup(hass: HomeAssistant, config) -> bool:
    hass.services.async_register("feeder", "feed", feed)
    return True
# confidence: likely

# %% clean: a call of an action takes its dose first
import asyncio

from homeassistant.core import HomeAssistant, ServiceCall

doses = 3


async def dispense(amount: int) -> None:
    await asyncio.sleep(0)


async def feed(call: ServiceCall) -> None:
    global doses
    if doses > 0:
        doses -= 1
        await dispense(1)


async def async_setup(hass: HomeAssistant, config) -> bool:
    hass.services.async_register("feeder", "feed", feed)
    return True

# %% reported: two events count one after the other
import asyncio

from homeassistant.core import Event, HomeAssistant


async def store(event: Event) -> None:
    await asyncio.sleep(0)


class Journal:
    def __init__(self, hass: HomeAssistant) -> None:
        self.events = 0
        hass.bus.async_listen("doorbell", self.ring)

    async def ring(self, event: Event) -> None:
        before = self.events
        # error: [lost-update] "`self.events`"
        await store(event)
        self.events = before + 1
# confidence: likely

# %% clean: an event is counted in one step
import asyncio

from homeassistant.core import Event, HomeAssistant


async def store(event: Event) -> None:
    await asyncio.sleep(0)


class Journal:
    def __init__(self, hass: HomeAssistant) -> None:
        self.events = 0
        hass.bus.async_listen("doorbell", self.ring)

    async def ring(self, event: Event) -> None:
        await store(event)
        self.events += 1

# %% reported: a slow poll is still at work when the next one begins
import asyncio
from datetime import timedelta

from homeassistant.core import HomeAssistant
from homeassistant.helpers.event import async_track_time_interval


async def read(position: int) -> list:
    await asyncio.sleep(0)
    return [position]


class Poller:
    def __init__(self, hass: HomeAssistant) -> None:
        self.position = 0
        async_track_time_interval(hass, self.poll, timedelta(seconds=5))

    async def poll(self, now) -> None:
        position = self.position
        # error: [lost-update] "`self.position`"
        records = await read(position)
        self.position = position + len(records)
# confidence: likely

# %% clean: a poll that finds another at work gives up
import asyncio
from datetime import timedelta

from homeassistant.core import HomeAssistant
from homeassistant.helpers.event import async_track_time_interval


async def read(position: int) -> list:
    await asyncio.sleep(0)
    return [position]


class Poller:
    def __init__(self, hass: HomeAssistant) -> None:
        self.position = 0
        self.lock = asyncio.Lock()
        async_track_time_interval(hass, self.poll, timedelta(seconds=5))

    async def poll(self, now) -> None:
        if self.lock.locked():
            return
        async with self.lock:
            position = self.position
            records = await read(position)
            self.position = position + len(records)

# %% reported: two commands load the settings
import asyncio

from homeassistant.components import websocket_api
from homeassistant.core import HomeAssistant

settings = None


async def load():
    await asyncio.sleep(0)
    return {}


@websocket_api.websocket_command({"type": "shop/settings"})
@websocket_api.async_response
async def get_settings(hass: HomeAssistant, connection, msg) -> None:
    global settings
    if settings is None:
        # error: [double-initialization] "`settings`"
        settings = await load()
    connection.send_result(msg["id"], settings)
# confidence: likely

# %% clean: a command keeps what it loads to itself
import asyncio

from homeassistant.components import websocket_api
from homeassistant.core import HomeAssistant


async def load():
    await asyncio.sleep(0)
    return {}


@websocket_api.websocket_command({"type": "shop/settings"})
@websocket_api.async_response
async def get_settings(hass: HomeAssistant, connection, msg) -> None:
    settings = None
    if settings is None:
        settings = await load()
    connection.send_result(msg["id"], settings)

# %% reported: two requests share the view
import asyncio

from homeassistant.components.http import HomeAssistantView


async def login():
    await asyncio.sleep(0)
    return "token"


class StatusView(HomeAssistantView):
    url = "/api/shop/status"
    name = "api:shop:status"

    def __init__(self) -> None:
        self.token = None

    async def get(self, request):
        if self.token is None:
            # error: [double-initialization] "`self.token`"
            self.token = await login()
        return self.json({"token": self.token})
# confidence: likely

# %% clean: one of two requests logs the view in
import asyncio

from homeassistant.components.http import HomeAssistantView


async def login():
    await asyncio.sleep(0)
    return "token"


class StatusView(HomeAssistantView):
    url = "/api/shop/status"
    name = "api:shop:status"

    def __init__(self) -> None:
        self.token = None
        self.lock = asyncio.Lock()

    async def get(self, request):
        async with self.lock:
            if self.token is None:
                self.token = await login()
        return self.json({"token": self.token})

# %% reported: two tasks of one integration add to one sum
import asyncio

from homeassistant.core import HomeAssistant

total = 0


async def read(name: str) -> int:
    await asyncio.sleep(0)
    return len(name)


async def add(name: str) -> None:
    global total
    before = total
    # error: [lost-update] "`total`"
    amount = await read(name)
    total = before + amount


async def async_setup(hass: HomeAssistant, config) -> bool:
    for name in config:
        hass.async_create_task(add(name))
    return True
# confidence: proven

# %% clean: two tasks of one integration add in one step
import asyncio

from homeassistant.core import HomeAssistant

total = 0


async def read(name: str) -> int:
    await asyncio.sleep(0)
    return len(name)


async def add(name: str) -> None:
    global total
    amount = await read(name)
    total += amount


async def async_setup(hass: HomeAssistant, config) -> bool:
    for name in config:
        hass.async_create_task(add(name))
    return True
