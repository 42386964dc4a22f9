# SPDX-License-Identifier: MIT
"""network - a link that misbehaves between front-end and daemon. --size: rounds, of about a minute each; 0: a short one.

First over a proxy that delays, stalls, vanishes, cuts within frames, trickles, resets and refuses, by a seeded plan;
then, as root, over a cable between two network namespaces that drops packets, is thin, or is pulled out. No outage is
longer than the ring of the front-end, so nothing may be lost, and every bin must be that of its twin. A dead peer is
seen within 3 s by both sides, and 1 s after healing candidates flow again.
"""
import os
import random
import subprocess
import time

import namespaces
from rig import POLL_S, Feeder, Rig, fields, wait_until

PROXY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "chaos_proxy")
RATE_HZ = 100000  # four times nominal; a ring of 64 MiB is 9 s of it
SEEN_S, HEALED_S = 3.0, 1.0
SHORTEST_NS = 250 * 10**6  # a shorter pause is not told by the front-end


class Proxy:
    def __init__(self, target, seed, host="127.0.0.1", prefix=()):
        self.process = subprocess.Popen([*prefix, PROXY, host, target, str(seed)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, bufsize=1)
        self.port = int(fields(self.process.stdout.readline())["port"])

    def do(self, command):
        """The monotonic time at which it did it, ns."""
        self.process.stdin.write(command + "\n")
        return int(fields(self.process.stdout.readline())["ns"])

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()


def begin(rig, seed, link=None, prefix=()):
    return Feeder(rig, "--bursts", 10**6, "--burst-candidates", 30000, "--seed", seed, "--rate", RATE_HZ, "--batch", 500,
                  link=link, prefix=prefix)


def is_connected(rig):
    return any(s.connected for s in rig.status().sources)


def flows_again(verdict, feeder, since_ns, healed_ns, what):
    """Acknowledgements go on soon after the link is whole."""
    def acked():
        return next((int(e["ns"]) for e in feeder.events("RESUMED") if int(e["ns"]) > since_ns + SHORTEST_NS), None)
    if wait_until(lambda: acked() is not None, 10) is None:
        verdict.require(False, "after '%s' candidates flow again within 10 s" % what)
        return
    took_s = max(0, acked() - healed_ns) / 1e9
    verdict.note("healed_max", took_s)
    verdict.require_time(took_s, HEALED_S, "after '%s' candidates flow again" % what)


def both_see_it(verdict, rig, feeder, since_ns, what):
    """A peer that is silent is found out on both sides."""
    seen = wait_until(lambda: not is_connected(rig), 6)
    verdict.require(seen is not None, "the daemon sees that the front-end is gone ('%s')" % what)
    dead = wait_until(lambda: any(int(e["ns"]) > since_ns for e in feeder.events("DEAD")), 6)
    verdict.require(dead is not None, "the front-end sees that the daemon is gone ('%s')" % what)
    if seen is None or dead is None:
        return
    told_s = (next(int(e["ns"]) for e in feeder.events("DEAD") if int(e["ns"]) > since_ns) - since_ns) / 1e9
    verdict.note("seen_by_daemon", seen)
    verdict.note("seen_by_source", told_s)
    verdict.require_time(seen, SEEN_S + 2 * POLL_S, "the daemon sees a dead peer ('%s')" % what)
    verdict.require_time(told_s, SEEN_S, "the front-end sees a dead peer ('%s')" % what)


def outage(verdict, rig, feeder, proxy, what, seconds):
    """The proxy does something for so long, then it forwards again."""
    since_ns = proxy.do(what)
    if what in ("stall", "vanish") and seconds >= 4:
        both_see_it(verdict, rig, feeder, since_ns, what)
    time.sleep(max(0, seconds - (time.monotonic_ns() - since_ns) / 1e9))
    healed_ns = proxy.do("pass")
    if what in ("stall", "vanish", "refuse") and seconds >= 1:
        flows_again(verdict, feeder, since_ns, healed_ns, what)
    time.sleep(0.4)


def over_a_proxy(verdict, rng):
    with Rig("--set", "burst.close_timeout_s=3600", link="tcp://127.0.0.1:*") as rig:
        rig.start()
        proxy = Proxy(rig.link[len("tcp://"):], rng.randrange(2**31))
        feeder = begin(rig, rng.randrange(1, 2**31), "tcp://127.0.0.1:%d" % proxy.port)
        time.sleep(0.5)
        smoke = [("delay 50", 0.4), ("stall", 0.3), ("vanish", 0.4), ("cut", 0.3), ("reset", 0.0), ("trickle 500", 0.3)]
        plan = [("delay %d" % rng.randrange(20, 300), 2.0), ("stall", 4.5), ("vanish", 4.5),
                ("trickle %d" % rng.randrange(50, 3000), 1.5), ("cut", 1.5), ("refuse", 2.0),
                ("stall", rng.uniform(0.1, 1.2)), ("vanish", rng.uniform(0.1, 2.5))]
        plan += [("reset", 0.0)] * 5 + [("cut", 0.3)] * 2
        plan = plan if verdict.size else smoke
        rng.shuffle(plan)
        for what, seconds in plan:
            outage(verdict, rig, feeder, proxy, what, seconds)
            verdict.more["outages"] = verdict.more.get("outages", 0) + 1
        feeder.ask_to_end()
        feeder.wait(120)
        proxy.end()
        verdict.settle(rig, [feeder])
        verdict.require(rig.stop() == 0, "the daemon ends with status 0")


def over_a_cable(verdict, rng):
    with namespaces.Cable() as cable, Rig("--set", "burst.close_timeout_s=3600", link="tcp://127.0.0.1:*",
                                          prefix=cable.inside(cable.near)) as rig:
        rig.start()
        proxy = Proxy(rig.link[len("tcp://"):], rng.randrange(2**31), namespaces.HOST, cable.inside(cable.near))
        feeder = begin(rig, rng.randrange(1, 2**31), "tcp://%s:%d" % (namespaces.HOST, proxy.port), cable.inside(cable.far))
        time.sleep(1)
        cable.lose(5)
        time.sleep(4)
        cable.lose(0)
        cable.thin(20)
        time.sleep(4)
        cable.thin(0)
        proxy.do("delay 100")
        time.sleep(3)
        proxy.do("pass")
        for seconds in (1.5, 4.5):
            time.sleep(2)  # what the proxy holds back has reached the daemon
            since_ns = time.monotonic_ns()
            cable.cut()
            if seconds > 4:
                both_see_it(verdict, rig, feeder, since_ns, "cable out")
            time.sleep(max(0, seconds - (time.monotonic_ns() - since_ns) / 1e9))
            cable.mend()
            flows_again(verdict, feeder, since_ns, time.monotonic_ns(), "cable out")
        feeder.ask_to_end()
        feeder.wait(120)
        proxy.end()
        verdict.settle(rig, [feeder])
        verdict.require(rig.stop() == 0, "the daemon ends with status 0")


def run(verdict):
    rng = random.Random(verdict.seed)
    if verdict.size == 0:
        over_a_proxy(verdict, rng)
        return
    reason = namespaces.why_not()
    if reason:
        verdict.skip("network namespaces: " + reason)
    for _ in range(verdict.size):
        over_a_proxy(verdict, rng)
        if not reason:
            over_a_cable(verdict, rng)
