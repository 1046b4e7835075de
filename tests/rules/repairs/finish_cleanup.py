# %% reported: a flag behind an await
class Client:
    def __init__(self, writer) -> None:
        self.writer = writer
        self.busy = False

    async def run(self) -> None:
        try:
            await self.writer.drain()
        finally:
            self.writer.close()
            # error: [unprotected-cleanup]
            await self.writer.wait_closed()
            # and now
            self.busy = False

# %% fixed: Do the rest in a `finally` of its own
class Client:
    def __init__(self, writer) -> None:
        self.writer = writer
        self.busy = False

    async def run(self) -> None:
        try:
            await self.writer.drain()
        finally:
            self.writer.close()
            try:
                await self.writer.wait_closed()
            finally:
                # and now
                self.busy = False
