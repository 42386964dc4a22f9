# SPDX-License-Identifier: MIT
"""kill - kill -9 at any moment, and what a machine that stops leaves behind. --size: kills of the daemon.

Half of the daemons live until they have counted something and are then killed within 300 ms: they say how long a restart
takes. The others are killed within 300 ms of their start, one in four of these within 3 ms. After one in four kills
sectors are overwritten that were not yet promised to be whole. The front-end waits, so nothing may be lost; in the end
every bin, window and alarm must be that of its twin. In a second part front-ends are killed: what they had not sent is
gone with them and is nobody's loss. TMPDIR chooses the disk; others that use it are in the times of restarts.
"""
import os
import random
import re
import time

import state_files
from rig import Feeder, Rig

KILLS_PER_EPISODE = 50
FIRST_MS = 10000  # until something is counted
FRONT_END_KILLS_SHARE = 20


def wait_for_candidates(rig, began_ns, verdict):
    """Milliseconds from exec to the first counted batch."""
    socket = rig.first_decisions()
    is_there = socket.poll(FIRST_MS)
    took_ms = (time.monotonic_ns() - began_ns) / 1e6
    socket.close()
    verdict.require(is_there, "a restarted daemon counts within %d s" % (FIRST_MS // 1000))
    verdict.restarts_ms.append(took_ms)


def check_restored(rig, generation, verdict):
    """A torn slot must not have been taken for the newest, nor an older one for the torn."""
    found = re.findall(r"restored generation (\d+)", rig.log_text())
    verdict.require(found and int(found[-1]) == generation, "generation %d comes back (%s)" % (generation, found[-1:]))


def kill_once(rig, rng, state, verdict):
    """The daemon runs; it is killed at some moment and started again."""
    verdict.require(rig.kill(), "the daemon does not end by itself")
    torn = state_files.tear(state, rng) if rng.random() < 0.25 else 0
    verdict.more["torn"] = verdict.more.get("torn", 0) + (torn > 0)
    is_measured = rng.random() < 0.5
    began_ns = rig.start(wait=is_measured)
    if is_measured:
        wait_for_candidates(rig, began_ns, verdict)
        if torn > 1:
            check_restored(rig, torn, verdict)
    limit_s = 0.003 if not is_measured and rng.random() < 0.25 else 0.3
    time.sleep(rng.uniform(0, limit_s))


def episode(verdict, rng, kills):
    """One state and one front-end, many kills."""
    state = None
    with Rig("--set", "burst.close_timeout_s=3600") as rig:
        state = rig.dir + "/state"
        rig.options += ["--state", state]
        rig.start()
        feeder = Feeder(rig, "--bursts", 10**6, "--bursts-per-run", rng.randrange(20, 200), "--seed", rng.randrange(1, 2**31),
                        "--burst-candidates", rng.choice((20000, 120000, 400000)), "--batch", rng.choice((64, 1000, 4096)),
                        "--loss-every", rng.choice((0, 7)), "--timeout", 60)
        time.sleep(0.3)
        note_disk(rig, verdict)
        for _ in range(kills):
            kill_once(rig, rng, state, verdict)
            if not feeder.is_running():
                break
        rig.kill()
        rig.start()
        feeder.ask_to_end()
        feeder.wait()
        verdict.settle(rig, [feeder])
        verdict.require(rig.stop() == 0, "the daemon ends with status 0")


def note_disk(rig, verdict):
    """What a sync of a page costs here: a restart waits for some of them."""
    with open(rig.dir + "/sync", "wb", buffering=0) as file:
        for _ in range(5):
            began = time.monotonic()
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
            verdict.note("disk_sync_max", time.monotonic() - began)


def front_ends(verdict, rng, kills):
    """Front-ends are killed; each that comes after has an epoch of its own."""
    with Rig("--set", "burst.close_timeout_s=3600") as rig:
        rig.options += ["--state", rig.dir + "/state"]
        rig.start()
        for number in range(kills):
            feeder = Feeder(rig, "--bursts", 10**6, "--run", number + 1, "--seed", number + 1, "--batch", 1000, expect=False)
            time.sleep(rng.uniform(0.02, 0.3))
            feeder.kill()
            if rng.random() < 0.3:
                rig.kill()
                rig.start()
        last = Feeder(rig, "--bursts", 3, "--run", kills + 1, "--seed", 7, expect=False)
        last.wait()
        for (source, epoch), entry in rig.sources().items():
            total = entry["accepted"] + sum(entry["rejected"].values()) + sum(entry["lost"].values())
            verdict.require(total == entry["sent"], "the ledger of source %d epoch %d is exact" % (source, epoch))
            verdict.require(sum(entry["lost"].values()) == 0, "what a killed front-end did not send is not lost")
        verdict.more["front_end_kills"] = kills
        verdict.settle(rig, [last], is_compared=False)


def run(verdict):
    rng = random.Random(verdict.seed)
    left = verdict.size
    while left > 0:
        kills = min(left, KILLS_PER_EPISODE)
        episode(verdict, rng, kills)
        left -= kills
    front_ends(verdict, rng, max(2, verdict.size // FRONT_END_KILLS_SHARE))
    if verdict.restarts_ms:
        verdict.more["restart_max"] = "%.1fms" % max(verdict.restarts_ms)
    verdict.require_time(verdict.quantile(0.99) / 1000, 0.5, "a restart counts, at p99,")
