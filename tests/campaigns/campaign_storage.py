# SPDX-License-Identifier: MIT
"""storage - disks that are full, fail or stand still below the state and the recording. --size: rounds of 20 s; 0: a short one.

After the first error of the state nothing is acknowledged any more, a STORAGE alarm says so, and counting goes on; after
a restart on a healthy disk nothing that was acknowledged is missing, and nothing is lost. A recording that met an error
goes on in a new segment; each segment is an exact stretch of what was received, and frames in files and frames counted
as unrecorded add up to those received.
"""
import glob
import os
import random
import resource
import tempfile
import time

import disks
import mcap
from rig import Feeder, Rig, wait_until
from state_files import crc32c, journal, newest
from protocol import frontend

RATE_HZ = 50000


def begin(rig, rng, *options):
    return Feeder(rig, "--bursts", 10**6, "--burst-candidates", 10000, "--batch", 200, "--rate", RATE_HZ, "--seed",
                  rng.randrange(1, 2**31), "--loss-every", 5, *options)


def positions(rig):
    """Of the one source: counted and durable."""
    source = rig.status().sources[0]
    return source.next_seq - 1, source.durable_seq


def storage_alarm(rig, verdict, what):
    raised = wait_until(lambda: rig.alarm("STORAGE") is not None, 10)
    verdict.require(raised is not None, "'%s' raises STORAGE" % what)


def only_counts(rig, verdict, what):
    """Counting goes on, acknowledging does not."""
    counted, durable = positions(rig)
    time.sleep(0.7)
    more, still = positions(rig)
    verdict.require(more > counted, "counting goes on with '%s'" % what)
    verdict.require(still == durable, "nothing is acknowledged with '%s'" % what)


def finish(verdict, rig, feeder):
    feeder.ask_to_end()
    feeder.wait(120)
    verdict.settle(rig, [feeder])


# ---- the state ----

def failing_state(verdict, rng):
    with Rig("--set", "burst.close_timeout_s=3600") as rig, disks.FailingDisk(rig.dir + "/failing") as disk:
        rig.options += ["--state", disk.path + "/state"]
        rig.start()
        feeder = begin(rig, rng)
        time.sleep(1.5)
        disk.fail()
        storage_alarm(rig, verdict, "EIO below the state")
        only_counts(rig, verdict, "EIO below the state")
        _, durable = positions(rig)
        rig.kill()
        disk.repair()
        disk.forget_cache()
        rig.start()
        verdict.require(wait_until(lambda: rig.status().sources and positions(rig)[0] >= durable, 5) is not None,
                        "what was acknowledged is still there after EIO and a lost cache")
        finish(verdict, rig, feeder)
        rig.stop()


def full_state(verdict, rng):
    """Something else fills the disk of the state: only the journal cannot grow, and acknowledging goes on."""
    with Rig("--set", "burst.close_timeout_s=3600") as rig, disks.FullDisk(rig.dir + "/full", 48) as disk:
        state = disk.path + "/state"
        rig.options += ["--state", state]
        rig.start()
        rig.stop()
        os.truncate(state + "/alarms.journal", newest(state).journal_bytes)  # no room ahead
        disk.fill()
        rig.start()
        feeder = begin(rig, rng)
        verdict.require(wait_until(lambda: rig.status().journal_waiting > 0, 30) is not None, "records of the journal wait for room")
        storage_alarm(rig, verdict, "ENOSPC below the state")
        before = positions(rig)
        time.sleep(0.7)
        after = positions(rig)
        verdict.require(after[0] > before[0] and after[1] > before[1], "counting and acknowledging go on without room")
        disk.make_room()
        verdict.require(wait_until(lambda: rig.status().journal_waiting == 0, 5) is not None, "with room, the journal goes on by itself")
        waited = len(journal(state))
        rig.kill()
        rig.start()
        verdict.require(wait_until(lambda: len(journal(state)) > waited, 5) is not None, "after a kill the journal is still there")
        finish(verdict, rig, feeder)
        rig.stop()


def limited_state(verdict, rng):
    """The same without root: a limit of the size of files."""
    with Rig("--set", "burst.close_timeout_s=3600") as rig:
        rig.options += ["--state", rig.dir + "/state"]
        rig.start()
        feeder = begin(rig, rng)
        time.sleep(0.8)
        resource.prlimit(rig.daemon.pid, resource.RLIMIT_FSIZE, (1 << 16, resource.RLIM_INFINITY))
        storage_alarm(rig, verdict, "EFBIG below the state")
        only_counts(rig, verdict, "EFBIG below the state")
        rig.kill()
        rig.start()
        finish(verdict, rig, feeder)
        verdict.require(rig.stop() == 0, "the daemon ends with status 0")


def frozen(verdict, rng):
    """State and recording on a disk that stands still for two seconds."""
    with Rig("--set", "burst.close_timeout_s=3600") as rig, disks.FrozenDisk(rig.dir + "/frozen") as disk:
        rig.options += ["--state", disk.path + "/state", "--record", disk.path + "/run.mcap"]
        rig.start()
        feeder = begin(rig, rng)
        time.sleep(1)
        disk.freeze()
        time.sleep(0.5)
        only_counts(rig, verdict, "a disk that stands still")
        time.sleep(0.8)
        thawed_ns = time.monotonic_ns()
        disk.thaw()
        again = wait_until(lambda: any(int(e["ns"]) > thawed_ns for e in feeder.events("RESUMED")), 5)
        verdict.require(again is not None, "acknowledging goes on with the disk")
        finish(verdict, rig, feeder)
        check_recording(verdict, rig, disk.path + "/run", feeder)


# ---- the recording ----

def stretch(frames):
    """Seqs of the batches of a segment as (first, last), None when there is a hole in it."""
    first = last = None
    for frame in frames:
        message = frontend.FrontendFrame.FromString(frame)
        if message.WhichOneof("frame") == "lost":
            first, last = first or message.lost.first, message.lost.last
        if message.WhichOneof("frame") != "batch":
            continue
        batch = message.batch
        if last is not None and batch.first_seq > last + 1:
            return None
        first, last = first or batch.first_seq, max(last or 0, batch.first_seq + batch.count - 1)
    return first, last


def check_recording(verdict, rig, stem, feeder):
    """After the end of the front-end: ends the daemon, and reads everything back."""
    status = rig.status()
    received, unrecorded = status.frames, status.unrecorded
    verdict.absorb(rig)
    rig.stop()
    recorded, segments = 0, sorted(glob.glob(stem + "*.mcap"))
    for segment in segments:
        frames, _ = mcap.frames(segment, crc32c if os.path.getsize(segment) < 1 << 22 else None)
        recorded += len(frames)
        verdict.require(stretch(frames) is not None, "segment %s has no hole" % os.path.basename(segment))
    # A connection may say a heartbeat between the question and the end.
    verdict.require(0 <= recorded + unrecorded - received <= 3,
                    "recorded (%d) and unrecorded (%d) are what was received (%d)" % (recorded, unrecorded, received))
    verdict.more["segments"] = verdict.more.get("segments", 0) + len(segments)
    verdict.more["unrecorded"] = verdict.more.get("unrecorded", 0) + unrecorded


def full_recording(verdict, rng):
    with Rig("--set", "burst.close_timeout_s=3600") as rig, disks.FullDisk(rig.dir + "/full", 32) as disk:
        rig.options += ["--state", rig.dir + "/state", "--record", disk.path + "/run.mcap"]
        rig.start()
        disk.fill(rng.randrange(1 << 20, 4 << 20))
        feeder = begin(rig, rng)
        storage_alarm(rig, verdict, "ENOSPC below the recording")
        before = positions(rig)
        time.sleep(0.7)
        after = positions(rig)
        verdict.require(after[0] > before[0] and after[1] > before[1], "counting and acknowledging go on without a recording")
        disk.make_room()
        verdict.require(wait_until(lambda: rig.status().recording, 5) is not None, "with room, recording goes on by itself")
        time.sleep(1)
        finish(verdict, rig, feeder)
        check_recording(verdict, rig, disk.path + "/run", feeder)


def limited_recording(verdict, rng):
    with Rig("--set", "burst.close_timeout_s=3600") as rig:
        rig.options += ["--record", rig.dir + "/run.mcap"]
        rig.start()
        resource.prlimit(rig.daemon.pid, resource.RLIMIT_FSIZE, (1 << 21, resource.RLIM_INFINITY))
        feeder = begin(rig, rng)
        storage_alarm(rig, verdict, "EFBIG below the recording")
        time.sleep(2.5)
        resource.prlimit(rig.daemon.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        verdict.require(wait_until(lambda: rig.status().recording, 5) is not None,
                        "without the limit, recording goes on by itself")
        finish(verdict, rig, feeder)
        check_recording(verdict, rig, rig.dir + "/run", feeder)


def run(verdict):
    rng = random.Random(verdict.seed)
    if verdict.size == 0:
        limited_state(verdict, rng)
        return
    with tempfile.TemporaryDirectory(prefix="hnlmon-disks-") as directory:
        reason = disks.why_not(directory)
    if reason:
        verdict.skip("disks that fill, fail or stand still: " + reason)
    for _ in range(verdict.size):
        limited_recording(verdict, rng)
        limited_state(verdict, rng)
        if not reason:
            full_recording(verdict, rng)
            full_state(verdict, rng)
            failing_state(verdict, rng)
            frozen(verdict, rng)
