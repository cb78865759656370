"""ZeroMQ PUSH to PULL: inproc with both high-water marks 10; tcp between two processes with marks of 200 and socket buffers of 32 KiB
asked for at both ends, and with marks of 10 and buffers of 64 KiB, so that most waits in the kernel."""
import multiprocessing
import threading

import common
from common import now

try:
    import zmq
except ImportError:
    common.skip("no zmq for this python3; apt-get install python3-zmq")

SIZE = 1000
MARK = {"inproc": 10, "tcp": 200, "tcp-kernel": 10}
BUFFER = {"tcp": 32768, "tcp-kernel": 65536}


def consume(socket, server):
    while socket.recv() != b"end":
        server.serve()


def open_pull(context, address, case):
    socket = context.socket(zmq.PULL)
    socket.setsockopt(zmq.RCVHWM, MARK[case])
    if case in BUFFER:
        socket.setsockopt(zmq.RCVBUF, BUFFER[case])
    socket.bind(address)
    return socket


def reader(case, pipe):
    context, server = zmq.Context(), common.Server()
    socket = open_pull(context, "tcp://127.0.0.1:*", case)
    pipe.send(socket.getsockopt_string(zmq.LAST_ENDPOINT))
    consume(socket, server)
    pipe.send(server)
    socket.close(0)
    context.term()


def run(case, rate, seconds):
    here, there = multiprocessing.Pipe()
    server = common.Server()
    if case in BUFFER:
        other = multiprocessing.Process(target=reader, args=(case, there))
        other.start()
        address, context = here.recv(), zmq.Context()
    else:
        context, address = zmq.Context(), "inproc://queue"
        pull = open_pull(context, address, case)
        other = threading.Thread(target=consume, args=(pull, server))
        other.start()
    push = context.socket(zmq.PUSH)
    push.setsockopt(zmq.SNDHWM, MARK[case])
    if case in BUFFER:
        push.setsockopt(zmq.SNDBUF, BUFFER[case])
    push.connect(address)
    start, sent = now(), []
    for _ in common.schedule(rate, seconds):
        if now() > start + seconds:
            break
        push.send(bytes(SIZE))
        sent.append(now())
    push.send(b"end")
    if case in BUFFER:
        server = here.recv()
    other.join()
    push.close(0)
    if case == "inproc":
        pull.close(0)
    context.term()
    return common.figures(start, seconds, rate * seconds, server.services(), server.done, len(sent) - len(server.done),
                          (sent, server.begun))


if __name__ == "__main__":
    common.main({"libzmq5": common.debian("libzmq5"), "python3-zmq": common.debian("python3-zmq")}, list(MARK), run)
