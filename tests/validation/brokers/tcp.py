"""A process that writes messages of 1000 bytes to another one that reads them slowly, by TCP; both ask for socket buffers of 64 KiB."""
import multiprocessing
import socket

import common
from common import now

SIZE, BUFFER = 1000, 65536


def read_all(connection, size):
    parts = b""
    while len(parts) < size:
        more = connection.recv(size - len(parts))
        if not more:
            return None
        parts += more
    return parts


def reader(pipe):
    server = common.Server()
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        door.bind(("127.0.0.1", 0))
        door.listen(1)
        pipe.send(door.getsockname()[1])
        with door.accept()[0] as connection:
            while read_all(connection, SIZE) is not None:
                server.serve()
    pipe.send(server)


def run(_, rate, seconds):
    here, there = multiprocessing.Pipe()
    other = multiprocessing.Process(target=reader, args=(there,))
    other.start()
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.connect(("127.0.0.1", here.recv()))
        start, sent = now(), []
        for _ in common.schedule(rate, seconds):
            if now() > start + seconds:
                break
            connection.sendall(bytes(SIZE))
            sent.append(now())
    server = here.recv()
    other.join()
    return common.figures(start, seconds, rate * seconds, server.services(), server.done, len(sent) - len(server.done),
                          (sent, server.begun))


if __name__ == "__main__":
    common.main({}, ["slow-reader"], run)
