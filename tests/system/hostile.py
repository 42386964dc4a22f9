# SPDX-License-Identifier: MIT
"""hostile - clients that do what nobody should: send too much, read nothing, connect too often.

Used by test_overload and by hand: `tests/system/hostile.py SCENARIO [SECONDS]` runs one of them against a daemon of its own and
prints how much memory that took. A scenario leaves its sockets open until it is closed.
"""
import os
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import zmq  # noqa: E402
from protocol import control, frontend  # noqa: E402

CONNECTIONS = 64


def memory_mib(pid, name="VmHWM"):
    """VmRSS: now; VmHWM: the most that it ever was."""
    with open("/proc/%d/status" % pid) as status:
        return next(int(line.split()[1]) for line in status if line.startswith(name)) / 1024


def valid_frame(size):
    """A batch of about so many bytes whose checksum is wrong: it has to be read to the end."""
    count = min(4096, size // 64)
    batch = frontend.Batch(schema=1, source=1, epoch=1, first_seq=1, run=1, burst=1, count=count, crc32c=1)
    for field in batch.DESCRIPTOR.fields:
        if 10 <= field.number <= 26:
            getattr(batch, field.name).extend([0] * count)
    return frontend.FrontendFrame(batch=batch).SerializeToString()


class Hostile:
    def __init__(self, session):
        self.session = session
        self.context = zmq.Context(io_threads=1)
        self.context.set(zmq.MAX_SOCKETS, 4096)
        self.sockets, self.raw, self.threads = [], [], []
        self.is_over = False

    def open(self, kind, endpoint, hwm=1000):
        peer = self.context.socket(kind)
        peer.setsockopt(zmq.LINGER, 0)
        peer.setsockopt(zmq.SNDHWM, hwm)
        peer.setsockopt(zmq.RCVHWM, 1)
        if kind == zmq.SUB:
            peer.setsockopt_string(zmq.SUBSCRIBE, "")
        peer.connect(endpoint)
        self.sockets.append(peer)
        return peer

    def flood(self, frame, connections=CONNECTIONS):
        """All of them send the same frame as fast as they can."""
        peers = [self.open(zmq.DEALER, self.session.link, 8) for _ in range(connections)]

        def run():
            while not self.is_over:
                sent = 0
                for peer in peers:
                    try:
                        peer.send(frame, zmq.DONTWAIT, copy=False)
                        sent += 1
                    except zmq.Again:
                        pass
                if not sent:
                    time.sleep(0.0005)
        self.threads.append(threading.Thread(target=run, daemon=True))
        self.threads[-1].start()

    def frames_of_300_kib(self):
        self.flood(valid_frame(300 * 1024))

    def frames_of_1_mib(self):
        self.flood(bytes(1024 * 1024))

    def empty_messages(self):
        """Half a million empty Heartbeats in one frame."""
        self.flood(b"\x42\x00" * 500000, 8)

    def small_frames(self):
        self.flood(b"garbage")

    def idle_connections(self, count=2000):
        """That never say a word, not even a greeting."""
        path = self.session.link[len("ipc://"):]
        for _ in range(count):
            peer = socket.socket(socket.AF_UNIX)
            peer.settimeout(0.05)
            try:
                peer.connect(path)
                self.raw.append(peer)
            except OSError:
                peer.close()

    def deaf_subscribers(self, count=CONNECTIONS):
        for _ in range(count):
            self.open(zmq.SUB, self.session.publish)

    def deaf_clients(self, count=CONNECTIONS):
        """Ask for the largest answers and never read them."""
        peers = [self.open(zmq.DEALER, self.session.control) for _ in range(count)]
        requests = [control.ControlRequest(id=1, pick=control.PickRequest(m_n_mev=200)).SerializeToString(),
                    control.ControlRequest(id=1, snapshot=control.SnapshotRequest()).SerializeToString()]

        def run():
            while not self.is_over:
                for peer in peers:
                    for request in requests:
                        try:
                            peer.send(request, zmq.DONTWAIT)
                        except zmq.Again:
                            pass
                time.sleep(0.001)
        self.threads.append(threading.Thread(target=run, daemon=True))
        self.threads[-1].start()

    def everything(self):
        self.deaf_subscribers()
        self.deaf_clients()
        self.idle_connections(500)
        self.frames_of_300_kib()

    def close(self):
        self.is_over = True
        for thread in self.threads:
            thread.join()
        for peer in self.raw:
            peer.close()
        self.context.destroy(linger=0)


SCENARIOS = ("frames_of_300_kib", "frames_of_1_mib", "empty_messages", "small_frames", "idle_connections", "deaf_subscribers",
             "deaf_clients", "everything")


def main():
    from harness import Session
    name, seconds = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 5
    with Session() as session:
        source = session.front_end("--run", 7, "--speed", "max", "--bursts", 30, "--rate", 25000, wait=False)
        hostile = Hostile(session)
        time.sleep(1)
        end = time.monotonic() + seconds
        getattr(hostile, name)()
        descriptors = 0
        while time.monotonic() < end:
            descriptors = max(descriptors, len(os.listdir("/proc/%d/fd" % session.daemon.pid)))
            time.sleep(0.05)
        print("%s rss_max_mib=%.1f rss_mib=%.1f descriptors=%d" % (
            name, memory_mib(session.daemon.pid), memory_mib(session.daemon.pid, "VmRSS"), descriptors))
        hostile.close()
        time.sleep(3)
        status = session.query("status")
        print({key: int(value) for key, value in status.items() if str(value).isdigit()}, session.ledger())
        source.kill()
        source.wait()
        source.stdout.close()


if __name__ == "__main__":
    main()
