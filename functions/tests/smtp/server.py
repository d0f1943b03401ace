"""An SMTP server on the loopback that keeps what it gets as files, and may hang up after a message instead of answering 250.

Usage: server.py PORT FOLDER HANG_UPS. Prints "ready" when it listens; ends when its input is closed.
"""
import asyncio
import pathlib
import sys

from aiosmtpd.smtp import SMTP

PORT, FOLDER, HANG_UPS = int(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])


class Keeper:
    kept = 0

    async def handle_DATA(self, server, session, envelope):
        Keeper.kept += 1
        (FOLDER / f"{Keeper.kept:03}.eml").write_bytes(envelope.content)
        if Keeper.kept <= HANG_UPS:
            server.transport.abort()
            await asyncio.sleep(3600)
        return "250 kept"


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Keeper(), hostname="localhost"), "127.0.0.1", PORT)
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main())
