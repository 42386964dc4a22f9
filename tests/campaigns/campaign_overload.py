# SPDX-License-Identifier: MIT
"""overload - more than it is made for, of everything. --size: seconds of each scenario; 0: two short ones.

A front-end that is there stays so, the ledger stays exact and the memory within 128 MiB: at ten times the nominal rate
and as fast as it goes, with subscribers that do not read, with peers that send garbage, half a million empty
sub-messages, or messages of 1 MiB from 64 connections, and with state and recording on a disk that stands still.
"""
import random
import signal
import socket as plain
import tempfile
import threading
import time

import zmq

import disks
from rig import Feeder, Rig, wait_until

NOMINAL_HZ = 25000
PEERS = 64


class Abuse:
    """Threads that misuse a daemon until they are stopped."""

    def __init__(self, rig, rng):
        self.rig, self.rng, self.threads, self.is_over = rig, rng, [], threading.Event()
        self.context = zmq.Context()
        self.messages = 0

    def begin(self, function, *arguments):
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self.threads.append(thread)
        thread.start()

    def end(self):
        self.is_over.set()
        for thread in self.threads:
            thread.join()
        self.context.destroy(linger=0)

    def dealer(self, endpoint):
        socket = self.context.socket(zmq.DEALER)
        socket.setsockopt(zmq.LINGER, 0)
        socket.setsockopt(zmq.SNDHWM, 20)
        socket.connect(endpoint)
        return socket

    def flood(self, endpoint, connections, messages):
        """Sends these messages over so many connections, in turns."""
        sockets = [self.dealer(endpoint) for _ in range(connections)]
        while not self.is_over.is_set():
            for socket in sockets:
                try:
                    socket.send(self.rng.choice(messages), zmq.DONTWAIT)
                    self.messages += 1
                except zmq.Again:
                    time.sleep(0.0005)
        for socket in sockets:
            socket.close()

    def stay_deaf(self, subscribers):
        """Subscribes to everything and reads nothing."""
        sockets = []
        for _ in range(subscribers):
            socket = self.context.socket(zmq.SUB)
            socket.setsockopt(zmq.LINGER, 0)
            socket.setsockopt(zmq.RCVHWM, 1)
            socket.setsockopt(zmq.RCVBUF, 4096)
            socket.setsockopt(zmq.SUBSCRIBE, b"")
            socket.connect(self.rig.publish)
            sockets.append(socket)
        self.is_over.wait()
        for socket in sockets:
            socket.close()

    def knock(self, path):
        """Connections that say nothing, half a greeting, or garbage, and go away or stay a while."""
        kept = []
        while not self.is_over.is_set():
            connection = plain.socket(plain.AF_UNIX)
            connection.settimeout(1)
            try:
                connection.connect(path)
                connection.send(self.rng.choice((b"", b"\xff\0\0\0", b"GET / HTTP/1.1\r\n\r\n", self.rng.randbytes(200),
                                                 b"\xff" + bytes(8) + b"\x7f\x03\0NULL" + bytes(60))) or b"\xff")
                self.messages += 1
            except OSError:
                time.sleep(0.005)
            kept.append(connection)
            if len(kept) > 100:
                kept.pop(self.rng.randrange(len(kept))).close()
            time.sleep(0.0005)
        for connection in kept:
            connection.close()


def path_of(endpoint):
    return endpoint[len("ipc://"):]


def scenario(verdict, rng, name, *feeder_options, abuse=None):
    """One daemon under one kind of load for --size seconds."""
    with Rig("--set", "burst.close_timeout_s=3600") as rig:
        rig.start()
        misuse = Abuse(rig, random.Random(rng.randrange(2**32)))
        feeder = Feeder(rig, "--bursts", 10**6, "--seed", rng.randrange(1, 2**31), *feeder_options)
        verdict.require(wait_until(lambda: any(s.next_seq > 1 for s in rig.status().sources), 20) is not None,
                        "before '%s' a front-end is served" % name)
        if abuse:
            abuse(misuse)
        time.sleep(verdict.size or 0.2)
        feeder.ask_to_end()
        feeder.wait(seconds=120)
        verdict.settle(rig, [feeder], is_compared=False)
        misuse.end()
        verdict.settle_bins(rig, [feeder])
        verdict.more[name] = "%.1fMiB,%.2gHz" % (rig.rss_max_mib, float(feeder.sent["rate_hz"]))
        verdict.require(rig.stop() == 0, "after '%s' the daemon ends with status 0" % name)


def stopped_daemon(verdict, rng):
    """The daemon stands still for longer than the ring holds: the source sheds, and both say the same."""
    with Rig("--set", "burst.close_timeout_s=3600") as rig:
        rig.start()
        feeder = Feeder(rig, "--bursts", 10**6, "--seed", rng.randrange(1, 2**31), "--rate", 40 * NOMINAL_HZ, "--batch", 4096,
                        "--ring", 8, expect=False)
        for _ in range(max(1, verdict.size // 4)):
            time.sleep(0.5)
            rig.daemon.send_signal(signal.SIGSTOP)
            time.sleep(0.8)
            rig.daemon.send_signal(signal.SIGCONT)
        time.sleep(0.5)
        feeder.ask_to_end()
        feeder.wait()
        overrun = int(feeder.sent["overrun"])
        verdict.require(overrun > 0, "a ring of 8 MiB overruns while the daemon stands still")
        lost = sum(c for e in rig.sources().values() for c in e["lost"].values())
        before = verdict.counts["lost"]
        verdict.settle(rig, [feeder], lost=overrun, is_compared=False)
        verdict.counts["lost"] = before
        verdict.more["shed"] = lost
        verdict.require(rig.stop() == 0, "after an overrun the daemon ends with status 0")


def stalled_disk(verdict, rng):
    """State and recording on a disk that stands still, again and again: what waits for it is bounded."""
    with Rig("--set", "burst.close_timeout_s=3600") as rig, disks.FrozenDisk(rig.dir + "/frozen") as disk:
        rig.options += ["--state", disk.path + "/state", "--record", disk.path + "/run.mcap"]
        rig.start()
        feeder = Feeder(rig, "--bursts", 10**6, "--seed", rng.randrange(1, 2**31), "--rate", 4 * NOMINAL_HZ, "--batch", 500)
        for _ in range(max(1, verdict.size // 4)):
            time.sleep(0.5)
            disk.freeze()
            time.sleep(3)
            disk.thaw()
        feeder.ask_to_end()
        feeder.wait(120)
        verdict.settle(rig, [feeder])
        verdict.more["stalled_disk"] = "%.1fMiB" % rig.rss_max_mib
        rig.stop()


def run(verdict):
    rng = random.Random(verdict.seed)
    ten = ["--rate", 10 * NOMINAL_HZ, "--batch", 64]
    empty = b"\x42\0" * 500000
    big = [b"\x22" * ((1 << 20) - n) for n in (0, 1, 700)]
    garbage = [rng.randbytes(n) for n in (0, 1, 60, 3000, 200000)]
    if verdict.size == 0:
        scenario(verdict, rng, "garbage", *ten, abuse=lambda a: a.begin(a.flood, a.rig.link, PEERS, garbage))
        stopped_daemon(verdict, rng)
        return
    scenario(verdict, rng, "tenfold", *ten)
    scenario(verdict, rng, "full_speed")
    scenario(verdict, rng, "deaf_subscribers", *ten, abuse=lambda a: a.begin(a.stay_deaf, 50))
    scenario(verdict, rng, "garbage", *ten, abuse=lambda a: (a.begin(a.flood, a.rig.link, PEERS, garbage),
                                                             a.begin(a.flood, a.rig.control, 16, garbage)))
    scenario(verdict, rng, "empty_messages", *ten, abuse=lambda a: (a.begin(a.flood, a.rig.link, 4, [empty]),
                                                                    a.begin(a.flood, a.rig.control, 4, [empty])))
    scenario(verdict, rng, "big_messages", *ten, abuse=lambda a: (a.begin(a.flood, a.rig.link, PEERS, big),
                                                                  a.begin(a.flood, a.rig.control, PEERS, big)))
    scenario(verdict, rng, "strangers", *ten, abuse=lambda a: [a.begin(a.knock, path_of(e)) for e in
                                                               (a.rig.link, a.rig.publish, a.rig.control)])
    stopped_daemon(verdict, rng)
    with tempfile.TemporaryDirectory(prefix="hnlmon-disks-") as directory:
        reason = disks.why_not(directory)
    if reason:
        verdict.skip("a disk that stands still: " + reason)
    else:
        stalled_disk(verdict, rng)
