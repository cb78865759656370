"""HAProxy before two servers with maxconn 1 that take 20 ms each: roundrobin with a timeout of the queue of 200 ms, and source with
maxqueue 10, for sixteen clients."""
import csv
import io
import socket
import threading

import common
import web
from common import now

SERVICE_S = 0.02
CONFIG = """
global
    stats socket FOLDER/stats
defaults
    mode http
    option http-server-close
    timeout connect 5s
    timeout client 30s
    timeout server 30s
    timeout queue {queue}
listen proxy
    bind 127.0.0.1:{port}
    balance {balance}
    server a 127.0.0.1:{a} maxconn 1 {more}
    server b 127.0.0.1:{b} maxconn 1 {more}
"""
CASES = {"roundrobin": ("200ms", ""), "source": ("5s", "maxqueue 10")}
CLIENTS = [f"127.0.0.{i}" for i in range(1, 17)]


def waits(path):
    """Requests in the queues of the proxy and its servers."""
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(path)
        s.sendall(b"show stat\n")
        text = b""
        while more := s.recv(65536):
            text += more
    return sum(int(row["qcur"] or 0) for row in csv.DictReader(io.StringIO(text.decode())))


def run(case, rate, seconds):
    queue, more = CASES[case]
    port = common.free_port()
    with web.Servers("ab", SERVICE_S) as (a, b):
        config = CONFIG.format(queue=queue, balance=case, more=more, port=port, a=a, b=b)
        command = [common.program("haproxy", "haproxy"), "-db", "-f", "FOLDER/config"]
        with common.Daemon(command, {"config": config}, lambda: common.listens(port)) as daemon:
            samples, stop = [], threading.Event()

            def sample():
                while not stop.wait(0.0237):
                    samples.append((now(), waits(f"{daemon.folder}/stats")))
            watch = threading.Thread(target=sample)
            watch.start()
            start, got = web.load(port, rate, seconds, CLIENTS)
            stop.set()
            watch.join()
    served = [g for g in got if g[2] == 200]
    shares = {name: sum(g[3] == name for g in served) / len(served) for name in "ab"}
    done = [gone for _, gone, _, _, _ in served]
    figures = common.figures(start, seconds, len(got), [gone - came for came, gone, _, _, _ in served], done, len(got) - len(served),
                             samples)
    clients = {name: len({g[4] for g in served if g[3] == name}) for name in "ab"}
    return figures | {"share": shares, "clients": clients, "statuses": {str(s): sum(g[2] == s for g in got) for s in {g[2] for g in got}}}


if __name__ == "__main__":
    common.main({"haproxy": common.debian("haproxy")}, list(CASES), run)
