"""An SMTP server on the loopback that keeps what it gets as files, and may hang up after a message instead of answering 250.

Usage: server.py PORT FOLDER HANG_UPS MODE. MODE is `plain`, `starttls` or `tls`; the latter two put the certificate of their
authority into FOLDER/ca.pem and want `me` with the password `p:q`. Prints "ready" when it listens; ends when its input is closed.
"""
import asyncio
import pathlib
import ssl
import sys

import trustme
from aiosmtpd.smtp import SMTP, AuthResult

PORT, FOLDER, HANG_UPS, MODE = int(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]


class Keeper:
    kept = 0

    async def handle_DATA(self, server, session, envelope):
        Keeper.kept += 1
        (FOLDER / f"{Keeper.kept:03}.eml").write_bytes(envelope.content)
        if Keeper.kept <= HANG_UPS:
            server.transport.abort()
            await asyncio.sleep(3600)
        return "250 kept"


def authenticate(server, session, envelope, mechanism, data):
    """Takes one password. To the password `silence` it says nothing at all."""
    return AuthResult(success=data.login == b"me" and data.password == b"p:q", handled=data.password == b"silence")


def encryption():
    """A certificate for this machine, by an authority that nobody knows."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(FOLDER / "ca.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    return context


def protocol(context):
    if MODE == "plain":
        return SMTP(Keeper(), hostname="localhost")
    login = dict(authenticator=authenticate, auth_required=True)
    if MODE == "tls":
        return SMTP(Keeper(), hostname="localhost", auth_require_tls=False, **login)
    return SMTP(Keeper(), hostname="localhost", tls_context=context, require_starttls=True, **login)


async def main():
    loop = asyncio.get_running_loop()
    context = None if MODE == "plain" else encryption()
    server = await loop.create_server(lambda: protocol(context), "127.0.0.1", PORT, ssl=context if MODE == "tls" else None)
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main())
