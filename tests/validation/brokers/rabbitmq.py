"""RabbitMQ, a classic queue of at most 50 messages and a consumer with prefetch 10 that takes 10 ms for each: full, the queue drops its head
(the default), or refuses what is published."""
import multiprocessing
import os
import subprocess
import threading
import time

import common
from common import now

try:
    import pika
except ImportError:
    common.skip("no pika for this python3; apt-get install python3-pika")

CONFIG = """
listeners.tcp.1 = 127.0.0.1:{port}
distribution.listener.interface = 127.0.0.1
"""
CASES = ["drop-head", "reject-publish"]  # what the key x-overflow may be
LIMIT, PREFETCH = 50, 10


def connect(port):
    return pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", port, heartbeat=0))


def consumer(port, pipe):
    server, waits = common.Server(), []
    connection = connect(port)
    channel = connection.channel()
    channel.basic_qos(prefetch_count=PREFETCH)

    def sleep(seconds):
        connection.sleep(max(seconds, 1e-4))  # what comes meanwhile is taken from the socket
    pipe.send("ready")
    for method, _, _ in channel.consume("queue", inactivity_timeout=0.2):
        if method is None:
            if pipe.poll():
                break
            continue
        server.serve(sleep)
        channel.basic_ack(method.delivery_tag)
        waits.append((server.done[-1], channel.get_waiting_message_count()))
    pipe.recv()
    connection.close()
    pipe.send((server.begun, server.done, waits))


class Broker(common.Daemon):
    """A broker with all that it writes in its own folder, under a name and a port mapper of its own."""

    def __init__(self):
        binary = "/usr/lib/rabbitmq/bin/rabbitmq-server"
        if not os.path.exists(binary):
            common.skip("no rabbitmq-server; apt-get install rabbitmq-server")
        self.port, self.mapper = common.free_port(), str(common.free_port())
        places = {"MNESIA_BASE": "mnesia", "LOG_BASE": "logs", "CONFIG_FILE": "rabbitmq", "ENABLED_PLUGINS_FILE": "plugins",
                  "PID_FILE": "pid", "SCHEMA_DIR": "schema", "GENERATED_CONFIG_DIR": "generated"}
        environment = os.environ | {"RABBITMQ_NODENAME": f"weir{self.port}@localhost", "RABBITMQ_DIST_PORT": str(common.free_port()),
                                    "ERL_EPMD_PORT": self.mapper, "ERL_EPMD_ADDRESS": "127.0.0.1", "LC_ALL": "C"}
        command = ["env", "HOME=FOLDER", *[f"RABBITMQ_{name}=FOLDER/{place}" for name, place in places.items()], binary]
        super().__init__(command, {"rabbitmq.conf": CONFIG.format(port=self.port), "plugins": "[].\n"},
                         lambda: common.listens(self.port), env=environment)

    def __exit__(self, *_):
        super().__exit__()
        subprocess.run(["epmd", "-port", self.mapper, "-kill"], capture_output=True, check=False)


def drive(port, case, rate, seconds):
    here, there = multiprocessing.Pipe()
    connection = connect(port)
    channel = connection.channel()
    channel.queue_delete("queue")
    channel.queue_declare("queue", arguments={"x-max-length": LIMIT, "x-overflow": case})
    reader = multiprocessing.Process(target=consumer, args=(port, there))
    reader.start()
    here.recv()
    samples, stop = [], threading.Event()

    def sample():
        other = connect(port)
        look = other.channel()
        while not stop.wait(0.0237):
            samples.append((now(), look.queue_declare("queue", passive=True).method.message_count))
        other.close()
    watch = threading.Thread(target=sample)
    watch.start()
    start, sent = now(), 0
    for _ in common.schedule(rate, seconds):
        channel.basic_publish("", "queue", bytes(100))
        sent += 1
    stop.set()
    watch.join()
    time.sleep(1.5)
    here.send("end")
    begun, done, waits = here.recv()
    reader.join()
    connection.close()
    half = start + seconds / 2
    at_reader = [n for t, n in waits if half <= t < start + seconds]
    more = sum(at_reader) / max(1, len(at_reader))
    return common.figures(start, seconds, sent, [b - a for a, b in zip(begun, done)], done, sent - len(begun),
                          [(t, n + more) for t, n in samples])


if __name__ == "__main__":
    version = common.debian("rabbitmq-server")
    with Broker() as running:
        common.main({"rabbitmq-server": version, "python3-pika": common.debian("python3-pika")}, CASES,
                    lambda case, rate, seconds: drive(running.port, case, rate, seconds))
