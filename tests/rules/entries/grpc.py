# Entry points of grpc.aio: methods of servicers, handlers, interceptors of servers and of channels.
#
# Real places:
# servicer: https://github.com/huggingface/text-generation-inference/blob/00e0d2d7b4ecc0120eef4d3b0cd84a767eb4349e/server/text_generation_server/server.py#L20
# handler: https://github.com/grpc/grpc/blob/00b432735909961001d5111e5b4202587b561e8d/src/python/grpcio_tests/tests_aio/unit/server_test.py (_GenericHandler)
# interceptor of a server: https://github.com/open-telemetry/opentelemetry-python-contrib/blob/466ae4c00de77d1f54f77a9600f1d08eba2306b5/instrumentation/opentelemetry-instrumentation-grpc/src/opentelemetry/instrumentation/grpc/_aio_server.py#L55
# interceptor of a channel: https://github.com/open-telemetry/opentelemetry-python-contrib/blob/466ae4c00de77d1f54f77a9600f1d08eba2306b5/instrumentation/opentelemetry-instrumentation-grpc/src/opentelemetry/instrumentation/grpc/_aio_client.py#L144

# %% reported: two calls of a servicer load the model
import asyncio

import grpc
import greeter_pb2
import greeter_pb2_grpc


async def load():
    await asyncio.sleep(0)
    return "model"


class Greeter(greeter_pb2_grpc.GreeterServicer):
    def __init__(self) -> None:
        self.model = None

    async def SayHello(self, request, context):
        if self.model is None:
            # error: [double-initialization] "`self.model`"
            self.model = await load()
        return greeter_pb2.HelloReply(message=f"{self.model}: {request.name}")


async def main() -> None:
    server = grpc.aio.server()
    greeter_pb2_grpc.add_GreeterServicer_to_server(Greeter(), server)
    server.add_insecure_port("localhost:50051")
    await server.start()
    await server.wait_for_termination()
# confidence: likely

# %% clean: the servicer is given a model that is loaded
import asyncio

import grpc
import greeter_pb2
import greeter_pb2_grpc


async def load():
    await asyncio.sleep(0)
    return "model"


class Greeter(greeter_pb2_grpc.GreeterServicer):
    def __init__(self, model) -> None:
        self.model = model
        self.greeted = 0

    async def SayHello(self, request, context):
        await asyncio.sleep(0)
        self.greeted += 1
        return greeter_pb2.HelloReply(message=f"{self.model}: {request.name}")


async def main() -> None:
    server = grpc.aio.server()
    greeter_pb2_grpc.add_GreeterServicer_to_server(Greeter(await load()), server)
    server.add_insecure_port("localhost:50051")
    await server.start()
    await server.wait_for_termination()

# %% reported: two calls of a handler take the last seat
import asyncio

import grpc

seats = 10


async def charge(user: bytes) -> None:
    await asyncio.sleep(0)


async def book(request, context) -> bytes:
    global seats
    if seats > 0:
        # error: [stale-check] "`seats`"
        await charge(request)
        seats -= 1
        return b"booked"
    return b"sold out"


async def main() -> None:
    methods = {"Book": grpc.unary_unary_rpc_method_handler(book)}
    handler = grpc.method_handlers_generic_handler("shop.Booking", methods)
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((handler,))
    server.add_insecure_port("localhost:50051")
    await server.start()
    await server.wait_for_termination()
# confidence: likely

# %% clean: calls of a handler take a seat before they pay
import asyncio

import grpc

seats = 10


async def charge(user: bytes) -> None:
    await asyncio.sleep(0)


async def book(request, context) -> bytes:
    global seats
    if seats > 0:
        seats -= 1
        await charge(request)
        return b"booked"
    return b"sold out"


async def main() -> None:
    methods = {"Book": grpc.unary_unary_rpc_method_handler(book)}
    handler = grpc.method_handlers_generic_handler("shop.Booking", methods)
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((handler,))
    server.add_insecure_port("localhost:50051")
    await server.start()
    await server.wait_for_termination()

# %% reported: two calls pass the interceptor of a server
import grpc


class Counting(grpc.aio.ServerInterceptor):
    def __init__(self) -> None:
        self.seen = 0

    async def intercept_service(self, continuation, handler_call_details):
        seen = self.seen
        # error: [lost-update] "`self.seen`"
        handler = await continuation(handler_call_details)
        self.seen = seen + 1
        return handler
# confidence: likely

# %% clean: calls that pass the interceptor of a server count in one step
import grpc


class Counting(grpc.aio.ServerInterceptor):
    def __init__(self) -> None:
        self.seen = 0

    async def intercept_service(self, continuation, handler_call_details):
        self.seen += 1
        return await continuation(handler_call_details)

# %% reported: two calls over a channel fetch the token
import asyncio

import grpc


async def fetch_token() -> str:
    await asyncio.sleep(0)
    return "token"


class Authentication(grpc.aio.UnaryUnaryClientInterceptor):
    def __init__(self) -> None:
        self.token = None

    async def intercept_unary_unary(self, continuation, client_call_details, request):
        if self.token is None:
            # error: [double-initialization] "`self.token`"
            self.token = await fetch_token()
        details = client_call_details._replace(metadata=(("token", self.token),))
        return await continuation(details, request)
# confidence: likely

# %% clean: calls over a channel fetch the token, one after the other
import asyncio

import grpc


async def fetch_token() -> str:
    await asyncio.sleep(0)
    return "token"


class Authentication(grpc.aio.UnaryUnaryClientInterceptor):
    def __init__(self) -> None:
        self.token = None
        self.fetching = asyncio.Lock()

    async def intercept_unary_unary(self, continuation, client_call_details, request):
        async with self.fetching:
            if self.token is None:
                self.token = await fetch_token()
        details = client_call_details._replace(metadata=(("token", self.token),))
        return await continuation(details, request)
