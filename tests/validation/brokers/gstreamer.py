"""A GStreamer queue of 10 buffers between a source at a pace and a sink that takes its time: block, leaky upstream, leaky downstream."""
import threading
import time

import common
from common import now

try:
    import gi
    gi.require_version("Gst", "1.0")
    from gi.repository import Gst
except (ImportError, ValueError):
    common.skip("no GStreamer for this python3; apt-get install python3-gst-1.0 gir1.2-gstreamer-1.0")

LEAKY = {"block": "no", "leaky-upstream": "upstream", "leaky-downstream": "downstream"}


def run(case, rate, seconds):
    server, count = common.Server(), int(rate * seconds)
    line = Gst.parse_launch(f"fakesrc name=source num-buffers={count + 1} signal-handoffs=true sizetype=fixed sizemax=100 ! queue name=queue"
                            f" max-size-buffers=10 max-size-bytes=0 max-size-time=0 leaky={LEAKY[case]} ! fakesink name=sink"
                            " signal-handoffs=true sync=false async=false")
    queue, offered, samples, stop = line.get_by_name("queue"), [], [], threading.Event()
    start = now() + 0.1

    def pace(*_):
        if len(offered) < count:
            at = start + len(offered) / rate
            time.sleep(max(0, at - now()))
            offered.append(now())
        else:
            stop.wait()  # the source ends here, and not by an end of the stream

    def sample():
        while not stop.wait(0.0037):
            samples.append((now(), queue.get_property("current-level-buffers")))
    line.get_by_name("source").connect("handoff", pace)
    line.get_by_name("sink").connect("handoff", lambda *_: server.serve())
    watch = threading.Thread(target=sample)
    watch.start()
    line.set_state(Gst.State.PLAYING)
    time.sleep(max(0, start + seconds - now()))
    taken = len(offered)
    lost = 0 if case == "block" else taken - len(server.begun) - queue.get_property("current-level-buffers")
    stop.set()
    watch.join()
    line.set_state(Gst.State.NULL)
    return common.figures(start, seconds, count, server.services(), server.done, max(0, lost), samples)


if __name__ == "__main__":
    Gst.init(None)
    common.main({"libgstreamer1.0-0": common.debian("libgstreamer1.0-0")}, list(LEAKY), run)
