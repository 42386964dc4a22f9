# SPDX-License-Identifier: MIT
"""soak - nominal rate for --size seconds with faults of all kinds, one after the other, by a seeded plan.

For the first three quarters the daemon is left alive while its link, its clients and its disk misbehave: its memory must
not grow by 1 MiB per hour (a straight line through the second half of the samples; judged from an hour on) and it must
end with as many descriptors as it had. Then it is killed now and then, too. In the end every bin is that of the
twin.
"""
import os
import random
import tempfile
import time

import disks
from campaign_network import Proxy
from campaign_overload import Abuse, path_of
from contextlib import ExitStack
from rig import Feeder, Rig, resident_mib, wait_until

NOMINAL_HZ = 25000
JUDGED_S = 3600  # below, the memory of the first flood is what is seen
SLOPE_MIB_PER_H = 1.0
SHARE_ALIVE = 0.75


def slope_per_hour(samples):
    """Of (seconds, MiB), least squares."""
    if len(samples) < 3:
        return 0.0
    mean_t = sum(t for t, _ in samples) / len(samples)
    mean_m = sum(m for _, m in samples) / len(samples)
    spread = sum((t - mean_t)**2 for t, _ in samples)
    return 3600 * sum((t - mean_t) * (m - mean_m) for t, m in samples) / spread


def descriptors(rig):
    """How many it has open; None when only root may know."""
    try:
        return len(os.listdir("/proc/%d/fd" % rig.daemon.pid))
    except PermissionError:
        return None


def descriptors_at_rest(rig):
    """What it has most of the time: a question of ours is a connection, too, and goes away a little later."""
    counts = []
    for _ in range(20):
        time.sleep(0.02)
        counts.append(descriptors(rig))
    return max(counts, key=counts.count)


class Soak:
    def __init__(self, rig, proxy, disk, rng, verdict):
        self.rig, self.proxy, self.disk, self.rng, self.verdict = rig, proxy, disk, rng, verdict
        self.samples, self.faults = [], {}
        self.began = time.monotonic()

    def rest(self, seconds):
        """Waits, and looks at the memory meanwhile."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.samples.append((time.monotonic() - self.began, resident_mib(self.rig.daemon.pid)))
            time.sleep(min(0.5, max(0.01, end - time.monotonic())))

    def over_the_link(self):
        what, seconds = self.rng.choice((("delay 150", 3), ("stall", 1), ("stall", 5), ("vanish", 1), ("vanish", 5),
                                         ("trickle 2000", 2), ("cut", 1), ("reset", 0), ("refuse", 2)))
        self.proxy.do(what)
        self.rest(min(seconds, self.verdict.size / 4))
        self.proxy.do("pass")

    def by_clients(self):
        abuse = Abuse(self.rig, random.Random(self.rng.randrange(2**32)))
        garbage = [self.rng.randbytes(n) for n in (0, 1, 60, 3000, 200000)] + [b"\x42\0" * 500000]
        abuse.begin(abuse.stay_deaf, 5)
        abuse.begin(abuse.flood, self.rng.choice((self.rig.control, self.rig.link)), 8, garbage)
        abuse.begin(abuse.knock, path_of(self.rig.control))
        self.rest(min(2, self.verdict.size / 4))
        abuse.end()

    def below_the_state(self):
        if not self.disk:
            return
        self.disk.freeze()
        self.rest(self.rng.uniform(0.2, 2))
        self.disk.thaw()

    def by_kill(self):
        self.verdict.require(self.rig.kill(), "the daemon does not end by itself")
        time.sleep(self.rng.choice((0, 0.5)))
        self.rig.start()

    def go_on(self, seconds, faults):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.rest(min(self.rng.uniform(0.5, 4), max(0.1, end - time.monotonic())))
            fault = self.rng.choice(faults)
            self.faults[fault.__name__] = self.faults.get(fault.__name__, 0) + 1
            fault()

    def alive(self, seconds):
        self.rest(min(2, seconds / 4))
        wait_until(lambda: any(x.next_seq > 1 for x in self.rig.status().sources), 20)
        before = descriptors_at_rest(self.rig)
        self.go_on(seconds, [self.over_the_link, self.by_clients, self.below_the_state])
        self.rest(min(4, seconds))
        wait_until(lambda: descriptors(self.rig) == before, 10)  # a connection may just be made anew
        after = descriptors_at_rest(self.rig)
        slope = slope_per_hour([s for s in self.samples if s[0] > 0.5 * seconds])
        self.verdict.more["slope"] = "%.2fMiB/h" % slope
        self.verdict.more["descriptors"] = "%s..%s" % (before, after)
        self.verdict.require(after == before, "descriptors are constant (%s, then %s)" % (before, after))
        self.verdict.require(seconds < JUDGED_S or slope < SLOPE_MIB_PER_H, "memory grows by less than 1 MiB/h (%.2f)" % slope)


def run(verdict):
    rng = random.Random(verdict.seed)
    with ExitStack() as stack:
        directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="hnlmon-soak-"))
        reason = disks.why_not(directory)
        if reason:
            verdict.skip("a disk that stands still: " + reason)
        rig = stack.enter_context(Rig("--set", "burst.close_timeout_s=3600", link="tcp://127.0.0.1:*"))
        disk = None if reason else stack.enter_context(disks.FrozenDisk(rig.dir + "/frozen"))
        rig.options += ["--state", (disk.path if disk else rig.dir) + "/state"]
        rig.start()
        proxy = Proxy(rig.link[len("tcp://"):], rng.randrange(2**31))
        feeder = Feeder(rig, "--bursts", 10**6, "--burst-candidates", 120000, "--batch", 250, "--rate", NOMINAL_HZ, "--patient",
                        "--seed", rng.randrange(1, 2**31), "--loss-every", 20, link="tcp://127.0.0.1:%d" % proxy.port)
        soak = Soak(rig, proxy, disk, rng, verdict)
        soak.alive(SHARE_ALIVE * verdict.size)
        soak.go_on((1 - SHARE_ALIVE) * verdict.size, [soak.over_the_link, soak.by_clients, soak.below_the_state, soak.by_kill,
                                                      soak.by_kill])
        feeder.ask_to_end()
        feeder.wait(120)
        proxy.end()
        verdict.settle(rig, [feeder])
        verdict.more.update(soak.faults)
        verdict.require(rig.stop() == 0, "the daemon ends with status 0")
