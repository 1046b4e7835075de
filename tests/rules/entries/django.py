# Entry points of Django: views as functions and as classes, middleware, the start of an app.
#
# Real places:
# view, function: https://github.com/reactive-python/reactpy-django/blob/1097ac3b622ef04a35fd7495101740ad9b51c5d6/src/reactpy_django/http/views.py#L25
#     its route: https://github.com/reactive-python/reactpy-django/blob/1097ac3b622ef04a35fd7495101740ad9b51c5d6/src/reactpy_django/http/urls.py#L8
# view, class: https://github.com/strawberry-graphql/strawberry/blob/53008d932ecb2b13d0fb8d8e55395b61e3fcd284/strawberry/django/views.py#L181
# middleware: https://github.com/jazzband/django-debug-toolbar/blob/a21604a23c5dd649b94cfee09a2596744e1c1f04/debug_toolbar/middleware.py#L104
# middleware: https://github.com/namespace-ee/django-datadog-logger/blob/1fe806b1637f383285a1e7060122423fc75fb6f8/django_datadog_logger/middleware/request_log.py#L27
# AppConfig.ready: https://github.com/reactive-python/reactpy-django/blob/1097ac3b622ef04a35fd7495101740ad9b51c5d6/src/reactpy_django/apps.py#L9

# %% reported: two requests of a view open the pool
import asyncio

from django.http import JsonResponse
from django.urls import path

pool = None


async def connect():
    await asyncio.sleep(0)
    return object()


async def index(request):
    global pool
    if pool is None:
        # error: [double-initialization] "`pool`"
        pool = await connect()
    return JsonResponse({"pool": str(pool)})


urlpatterns = [path("", index)]
# confidence: likely

# %% clean: two requests of a view open the pool, one after the other
import asyncio

from django.http import JsonResponse
from django.urls import path

pool = None
opening = asyncio.Lock()


async def connect():
    await asyncio.sleep(0)
    return object()


async def index(request):
    global pool
    if pool is None:
        async with opening:
            if pool is None:
                pool = await connect()
    return JsonResponse({"pool": str(pool)})


urlpatterns = [path("", index)]

# %% reported: two requests, each to a method of a view, take the last seat
import asyncio

from django.http import HttpResponse
from django.urls import re_path
from django.views import View

seats = 10


async def charge(user) -> None:
    await asyncio.sleep(0)


class Booking(View):
    async def post(self, request):
        global seats
        if seats > 0:
            # error: [stale-check] "`seats`"
            await charge(request.user)
            seats -= 1
            return HttpResponse(status=201)
        return HttpResponse(status=409)


urlpatterns = [re_path(r"^book$", Booking.as_view())]
# confidence: likely

# %% clean: each request takes its seat before it pays
import asyncio

from django.http import HttpResponse
from django.urls import re_path
from django.views import View

seats = 10


async def charge(user) -> None:
    await asyncio.sleep(0)


class Booking(View):
    async def post(self, request):
        global seats
        if seats > 0:
            seats -= 1
            await charge(request.user)
            return HttpResponse(status=201)
        return HttpResponse(status=409)


urlpatterns = [re_path(r"^book$", Booking.as_view())]

# %% clean: each request has a view object of its own
import asyncio

from django.http import JsonResponse
from django.urls import path
from django.views.generic import View


async def read(name: str) -> int:
    await asyncio.sleep(0)
    return len(name)


class Report(View):
    session = None
    total = 0

    async def get(self, request):
        if self.session is None:
            self.session = await read("session")
        for name in request.GET:
            total = self.total
            size = await read(name)
            self.total = total + size
        return JsonResponse({"total": self.total})


urlpatterns = [path("report", Report.as_view())]

# %% reported: two requests pass the one object of a middleware
import asyncio

from django.utils.deprecation import MiddlewareMixin


async def fetch_token() -> str:
    await asyncio.sleep(0)
    return "token"


class TokenMiddleware(MiddlewareMixin):
    def __init__(self, get_response) -> None:
        super().__init__(get_response)
        self.token = None

    async def __acall__(self, request):
        if self.token is None:
            # error: [double-initialization] "`self.token`"
            self.token = await fetch_token()
        request.token = self.token
        return await self.get_response(request)
# confidence: likely

# %% clean: the requests that pass a middleware count in one step
import asyncio

from django.utils.deprecation import MiddlewareMixin


class CountMiddleware(MiddlewareMixin):
    def __init__(self, get_response) -> None:
        super().__init__(get_response)
        self.running = 0
        self.most = 0

    async def __acall__(self, request):
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            return await self.get_response(request)
        finally:
            self.running -= 1

# %% known missed alarm: two requests pass a middleware that only the settings name
import asyncio

from asgiref.sync import markcoroutinefunction


async def fetch_token() -> str:
    await asyncio.sleep(0)
    return "token"


class TokenMiddleware:
    async_capable = True
    sync_capable = False

    def __init__(self, get_response) -> None:
        self.get_response = get_response
        self.token = None
        markcoroutinefunction(self)

    async def __call__(self, request):
        if self.token is None:
            # error: [double-initialization] "`self.token`"
            self.token = await fetch_token()
        request.token = self.token
        return await self.get_response(request)
# confidence: likely

# %% known missed alarm: two requests pass a middleware that a function makes
import asyncio

from django.utils.decorators import async_only_middleware


async def fetch_token() -> str:
    await asyncio.sleep(0)
    return "token"


@async_only_middleware
def token_middleware(get_response):
    token = None

    async def middleware(request):
        nonlocal token
        if token is None:
            # error: [double-initialization] "`token`"
            token = await fetch_token()
        request.token = token
        return await get_response(request)

    return middleware
# confidence: likely

# %% clean: the app's limits are read before the first request
import asyncio

from django.apps import AppConfig
from django.http import JsonResponse
from django.urls import path

limits = None


class ShopConfig(AppConfig):
    name = "shop"

    def ready(self) -> None:
        global limits
        if limits is None:
            limits = {"orders": 10}


async def index(request):
    allowed = limits["orders"]
    await asyncio.sleep(0)
    return JsonResponse({"allowed": allowed, "limits": limits})


urlpatterns = [path("", index)]
