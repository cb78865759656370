#!/usr/bin/env bash
# mosquitto 2.0: max_queued_messages, "the maximum number of QoS 1 or 2 messages" by its manual, bounds messages of QoS 0 as well.
#
# A subscriber of QoS 0 does not read while 3000 messages of 10 000 bytes are published. What the sockets hold is sent, some 430 of them; beyond
# that the broker keeps as many as max_queued_messages says, drops the rest, and tells nobody. So with a limit of 1000 the subscriber finds 900 more
# than with 100, and with 0, which is "no maximum", all of them. Who sends QoS 0 has a queue, and who bounds the queue of QoS 1 bounds it, too.
#
# Seen on 2026-11-30 with mosquitto 2.0.11-1.2+deb12u2 of Debian 12.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/common.sh"
tree_with bookworm mosquitto=2.0.11-1.2+deb12u2 libmosquitto1=2.0.11-1.2+deb12u2 python3-minimal
chmod 755 "$tree" # the broker is another user's

cat >"$tree/tmp/count.py" <<'PY'
"""Starts a broker with a limit, publishes what a subscriber does not read meanwhile, and counts what it finds afterwards."""
import socket
import subprocess
import sys
import time

COUNT, SIZE = 3000, 10000
socket.setdefaulttimeout(60)


def text(s):
    return len(s).to_bytes(2, "big") + s.encode()


def packet(kind, body):
    length, size = b"", len(body)
    while True:
        size, low = divmod(size, 128)
        length += bytes([low | (128 if size else 0)])
        if not size:
            return bytes([kind]) + length + body


def connect(port, name):
    s = socket.create_connection(("127.0.0.1", port))
    s.sendall(packet(0x10, text("MQTT") + b"\x04\x02\x00\x00" + text(name)))
    receive(s, 4)
    return s


def receive(s, count):
    while count:
        got = len(s.recv(count))
        count -= got
        if not got:
            raise SystemExit("the broker has closed a connection")


with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
with open("/tmp/config", "w") as config:
    config.write(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_queued_messages {sys.argv[1]}\n")
broker = subprocess.Popen(["mosquitto", "-c", "/tmp/config"], stderr=subprocess.DEVNULL)
try:
    for _ in range(300):
        time.sleep(0.1)
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                break
    reader = connect(port, "reader")
    reader.sendall(packet(0x82, b"\x00\x01" + text("queue") + b"\x00"))
    receive(reader, 5)
    writer = connect(port, "writer")
    message = packet(0x30, text("queue") + bytes(SIZE))
    for _ in range(COUNT):
        writer.sendall(message)
    writer.sendall(b"\xc0\x00")  # a ping: its answer comes when all before has been taken
    receive(writer, 2)
    came = 0
    reader.settimeout(3)
    try:
        while more := reader.recv(1 << 20):
            came += len(more)
    except socket.timeout:
        pass
    print(came // len(message))
finally:
    broker.terminate()
    broker.wait()
PY
count()
{
    timeout 120 chroot "$tree" python3 /tmp/count.py "$1"
}
hundred=$(count 100)
thousand=$(count 1000)
all=$(count 0)
echo "messages of QoS 0 that are there, limit 100: $hundred, limit 1000: $thousand"
wants "900 more with a limit of 1000 than with 100, within 60" "$((thousand - hundred > 840 && thousand - hundred < 960))" 1
wants "without a limit" "$all" 3000
