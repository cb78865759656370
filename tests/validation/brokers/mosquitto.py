"""mosquitto and a subscriber that takes 10 ms for each message: max_queued_messages 100, max_inflight_messages 20 (its default). QoS 1
with 100 bytes; QoS 0 with 10 000 bytes and a receive buffer of 64 KiB asked for."""
import multiprocessing
import socket
import threading
import time

import common
from common import now

try:
    import paho.mqtt.client as mqtt
except ImportError:
    common.skip("no paho for this python3; apt-get install python3-paho-mqtt")

CONFIG = """
listener {port} 127.0.0.1
allow_anonymous true
persistence false
max_queued_messages 100
max_inflight_messages 20
"""
QOS = {"qos-1": 1, "qos-0": 0}
SIZE = {"qos-1": 100, "qos-0": 10000}
BUFFER = 65536


def subscriber(port, case, pipe):
    server, numbers = common.Server(), []
    client = mqtt.Client("reader", clean_session=True)

    def serve(_, __, message):
        numbers.append(int.from_bytes(message.payload[:4], "big"))
        server.serve()
    client.on_connect = lambda *_: client.subscribe("queue", QOS[case])
    client.on_subscribe = lambda *_: pipe.send("ready")
    client.on_message = serve  # what it returns from is acknowledged
    if case == "qos-0":
        client.on_socket_open = lambda _, __, s: s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    client.connect("127.0.0.1", port)
    threading.Thread(target=client.loop_forever, daemon=True).start()
    pipe.recv()
    client.disconnect()
    pipe.send((server, numbers))


def run(case, rate, seconds):
    port = common.free_port()
    command = [common.program("mosquitto", "mosquitto"), "-c", "FOLDER/config"]
    with common.Daemon(command, {"config": CONFIG.format(port=port)}, lambda: common.listens(port)):
        here, there = multiprocessing.Pipe()
        reader = multiprocessing.Process(target=subscriber, args=(port, case, there))
        reader.start()
        here.recv()
        publisher = mqtt.Client("writer")
        publisher.max_inflight_messages_set(1000)
        publisher.connect("127.0.0.1", port)
        publisher.loop_start()
        start, sent = now(), []
        for _ in common.schedule(rate, seconds):
            publisher.publish("queue", len(sent).to_bytes(4, "big") + bytes(SIZE[case] - 4), QOS[case])
            sent.append(now())
        time.sleep(max(0, start + seconds - now()) + (8 if rate * common.SERVICE_S > 1 else 0))  # until all that was kept has been read
        here.send("end")
        server, numbers = here.recv()
        reader.join()
        publisher.loop_stop()
    # What is dropped is dropped as it comes, so that what was read is what was accepted.
    return common.figures(start, seconds, len(sent), server.services(), server.done, len(sent) - len(numbers),
                          ([sent[n] for n in numbers], server.begun))


if __name__ == "__main__":
    common.main({"mosquitto": common.debian("mosquitto"), "python3-paho-mqtt": common.debian("python3-paho-mqtt")}, list(QOS), run)
