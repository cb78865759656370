"""Servers that answer slowly, in a process of their own, and a client that asks at a pace; for the proxies between them."""
import asyncio
import multiprocessing
import time

import common
from common import now

ANSWER = b"HTTP/1.1 200 OK\r\nX-Server: %s\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


def serve(names, service_s, pipe):
    """One server a name; sends their ports."""
    async def answer(name, reader, writer):
        try:
            await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(service_s)
            writer.write(ANSWER % name.encode())
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        writer.close()

    async def all_of_them():
        servers = [await asyncio.start_server(lambda r, w, n=name: answer(n, r, w), "127.0.0.1", 0, backlog=512) for name in names]
        pipe.send([server.sockets[0].getsockname()[1] for server in servers])
        await asyncio.Event().wait()
    asyncio.run(all_of_them())


class Servers:
    def __init__(self, names, service_s):
        here, there = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=serve, args=(names, service_s, there), daemon=True)
        self.process.start()
        self.ports = here.recv()

    def __enter__(self):
        return self.ports

    def __exit__(self, *_):
        self.process.terminate()
        self.process.join()


async def ask(port, address):
    """The status of the answer and the server's name."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
        writer.write(b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
        head = await reader.read()
        writer.close()
    except OSError:
        return 0, None
    lines = head.decode().split("\r\n")
    named = [line.split(": ")[1] for line in lines if line.lower().startswith("x-server")]
    return int(lines[0].split()[1]) if lines[0] else 0, named[0] if named else None


def load(port, rate, seconds, addresses):
    """Requests evenly spaced, from the addresses in turn. Returns the beginning and (came, gone, status, server, address) of each."""
    async def one(at, address, into):
        status, server = await ask(port, address)
        into.append((at, now(), status, server, address))

    async def all_of_them():
        got, tasks, start = [], [], now()
        for i in range(int(rate * seconds)):
            at = start + i / rate
            if at > now():
                await asyncio.sleep(max(0, at - now()))
            tasks.append(asyncio.create_task(one(now(), addresses[i % len(addresses)], got)))
        await asyncio.gather(*tasks)
        return start, got
    return asyncio.run(all_of_them())


def wait_for(port):
    common.until(lambda: common.listens(port), "a proxy")
    time.sleep(0.1)
