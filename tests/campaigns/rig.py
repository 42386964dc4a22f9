# SPDX-License-Identifier: MIT
"""rig - a daemon that is ended and started again, the front-ends that feed it, and what it must show in the end.

It starts, kills and asks; which fault comes when is decided by the campaigns. What was started is ended by pid, and the
highest memory of each daemon is kept.
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import zmq

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "system"))
from protocol import control, monitor  # noqa: E402

BUILD = os.path.abspath(os.environ.get("HNLMON_BUILD", "build/release"))
FEEDER = BUILD + "/campaigns/feeder"
# What the data alone decide; the others are about the processes themselves.
ALARMS_OF_DATA = {"EXCESS", "ANOMALY", "RATE", "PEAK", "VETO", "LOSS", "CONFIG", "FLOOD"}
POLL_S = 0.02
HORIZONS = ("1", "10", "100", "run", "period")


def fields(line):
    return dict(re.findall(r"(\w+)=(\S+)", line))


def high_water_mib(pid):
    """The highest memory that a process ever had; 0 when it is gone."""
    try:
        text = open("/proc/%d/status" % pid).read()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s*(\d+) kB", text)
    return int(found.group(1)) / 1024 if found else 0.0


def resident_mib(pid):
    found = re.search(r"VmRSS:\s*(\d+) kB", open("/proc/%d/status" % pid).read())
    return int(found.group(1)) / 1024


def wait_until(condition, seconds):
    """Seconds until it held; None when it did not."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if condition():
            return time.monotonic() - began
        time.sleep(POLL_S)
    return None


class Feeder:
    """The front-end of tests/campaigns/feeder.c; its lines are kept with the time at which they were read."""

    def __init__(self, rig, *options, link=None, source=1, expect=True, prefix=(), commands=False):
        self.expectation = os.path.join(rig.dir, "expect-%d-%d.json" % (source, len(rig.feeders))) if expect else None
        command = [*prefix, FEEDER, "--link", link or rig.link, "--source", str(source), *map(str, options)]
        if expect:
            command += ["--expect", self.expectation]
        if commands:
            command += ["--commands"]
        self.source, self.lines, self.sent = source, [], None
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, bufsize=1,
                                        stdin=subprocess.PIPE if commands else subprocess.DEVNULL)
        self.news = threading.Condition()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        rig.feeders.append(self)

    def read(self):
        for line in self.process.stdout:
            with self.news:
                self.lines.append(line.strip())
                if line.startswith("SENT"):
                    self.sent = {k: v for k, v in fields(line).items()}
                self.news.notify_all()
        with self.news:
            self.news.notify_all()

    def is_running(self):
        return self.process.poll() is None

    def events(self, word):
        return [fields(x) for x in list(self.lines) if x.startswith(word)]

    def ask(self, command, seconds=60):
        """Gives a command; the function that it returns waits for its lines, up to its AT."""
        with self.news:
            at = len(self.lines)
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

        def answer():
            with self.news:
                def is_over():
                    return any(x.startswith("AT") for x in self.lines[at:]) or not self.is_running()
                if not self.news.wait_for(is_over, seconds):
                    raise TimeoutError("the front-end does not finish '%s'" % command)
                return self.lines[at:]
        return answer

    def tell(self, command, seconds=60):
        return self.ask(command, seconds)()

    def ask_to_end(self):
        if self.is_running():
            self.process.send_signal(signal.SIGTERM)

    def wait(self, seconds=600):
        """Its SENT line, when everything is acknowledged."""
        if self.process.stdin:
            self.process.stdin.close()
        self.process.wait(timeout=seconds)
        self.reader.join(timeout=10)
        if self.sent is None:
            raise RuntimeError("source %d ended with status %s before all was acknowledged" %
                               (self.source, self.process.returncode))
        return self.sent

    def kill(self):
        if self.is_running():
            self.process.kill()
        self.process.wait()

    def expected(self):
        return json.load(open(self.expectation))


class Rig:
    """One daemon at a time, on endpoints that stay."""

    def __init__(self, *options, link=None, prefix=(), environment=None):
        self.dir = tempfile.mkdtemp(prefix="hnlmon-campaign-")
        self.link, self.publish, self.control = ("ipc://%s/%s" % (self.dir, n) for n in ("link", "publish", "control"))
        self.link = link or self.link
        self.options, self.prefix = [str(o) for o in options], list(prefix)
        self.environment = {**os.environ, **(environment or {})}
        self.feeders, self.daemon = [], None
        self.kills = self.starts = 0
        self.rss_max_mib = 0.0
        self.log = open(os.path.join(self.dir, "daemon.log"), "ab")
        self.context = zmq.Context()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        for feeder in self.feeders:
            feeder.kill()
        if self.daemon and self.daemon.poll() is None:
            self.daemon.kill()
            self.daemon.wait()
        self.context.destroy(linger=0)
        shutil.rmtree(self.dir, ignore_errors=True)

    def log_text(self):
        return open(self.log.name, errors="replace").read()

    # ---- its life ----

    def start(self, wait=True):
        """Starts the daemon; returns the monotonic time of its exec, in ns."""
        began = time.monotonic_ns()
        self.daemon = subprocess.Popen([*self.prefix, BUILD + "/hnlmond", "--link", self.link, "--publish", self.publish,
                                        "--control", self.control, *self.options],
                                       stdout=subprocess.PIPE, stderr=self.log, text=True, env=self.environment)
        self.starts += 1
        if wait:
            line = self.daemon.stdout.readline()
            if not line.startswith("READY"):
                raise RuntimeError("the daemon does not start:\n" + self.log_text()[-2000:])
            self.link = fields(line)["link"]
        return began

    def note_memory(self):
        self.rss_max_mib = max(self.rss_max_mib, high_water_mib(self.daemon.pid))

    def kill(self):
        """kill -9; false when it was not there any more, which is a failure of its own."""
        self.note_memory()
        was_alive = self.daemon.poll() is None
        self.daemon.kill()
        self.daemon.wait()
        self.daemon.stdout.close()
        self.kills += 1
        return was_alive

    def stop(self):
        self.note_memory()
        if self.daemon.poll() is None:
            self.daemon.send_signal(signal.SIGTERM)
        status = self.daemon.wait(timeout=30)
        self.daemon.stdout.close()
        return status

    def first_decisions(self):
        """A subscriber to what is published first for each batch that is counted."""
        socket = self.context.socket(zmq.SUB)
        socket.setsockopt(zmq.LINGER, 0)
        socket.setsockopt(zmq.RCVHWM, 10)
        socket.setsockopt(zmq.RECONNECT_IVL, 1)
        socket.setsockopt(zmq.SUBSCRIBE, b"hnlmon.v1.trigger.tail.")
        socket.connect(self.publish)
        return socket

    # ---- questions ----

    def ask(self, seconds=10, **request):
        socket = self.context.socket(zmq.DEALER)
        socket.setsockopt(zmq.LINGER, 0)
        socket.setsockopt(zmq.RECONNECT_IVL, 5)
        socket.connect(self.control)
        try:
            socket.send(control.ControlRequest(id=1, **request).SerializeToString())
            if not socket.poll(int(1000 * seconds)):
                raise TimeoutError("the daemon (status %s) does not answer '%s':\n%s" %
                                   (self.daemon.poll(), " ".join(request), self.log_text()[-1000:]))
            return control.ControlReply.FromString(socket.recv())
        finally:
            socket.close()

    def status(self, seconds=10):
        return self.ask(seconds, status=control.StatusRequest()).status

    def alarms(self):
        return list(self.ask(alarms=control.AlarmsRequest()).alarms)

    def alarm(self, kind):
        kinds = monitor.AlarmKind
        return next((a for a in self.alarms() if kinds.Name(a.kind) == kind), None)

    def acknowledge(self, alarm_id, seconds=10):
        return self.ask(seconds, ack=control.AckRequest(alarm_id=alarm_id, who="campaign")).ok

    def sources(self):
        """(source, epoch) -> what became of its candidates."""
        ledger = {}
        for s in self.status().sources:
            ledger[s.source, s.epoch] = {"sent": s.next_seq - 1, "accepted": s.accepted,
                                         "rejected": {c.name: c.count for c in s.rejected},
                                         "lost": {c.name: c.count for c in s.lost}}
        return ledger

    def published(self, seconds, wanted):
        """The last message of each topic, until wanted(topic -> Envelope) holds."""
        socket = self.context.socket(zmq.SUB)
        socket.setsockopt(zmq.LINGER, 0)
        for prefix in (b"hnlmon.v1.hist.", b"hnlmon.v1.scan."):
            socket.setsockopt(zmq.SUBSCRIBE, prefix)
        socket.connect(self.publish)
        last, end = {}, time.monotonic() + seconds
        while time.monotonic() < end:
            if socket.poll(50):
                topic, body = socket.recv_multipart()
                last[topic.decode()] = monitor.Envelope.FromString(body)
            elif wanted(last):
                break
        socket.close()
        return last


# ---- what it must show ----

def added(expectations, of):
    """The sum of the same lists of several references."""
    lists = [of(e) for e in expectations]
    return [sum(column) for column in zip(*lists)]


def slots_of(histogram):
    return [histogram.underflow, *histogram.bins, histogram.overflow]


def snapshot_differences(rig, expectations):
    """Bins of the run that are not those of the references."""
    wrong, snapshot = 0, rig.ask(snapshot=control.SnapshotRequest()).snapshot
    names = {h.name for h in snapshot.histograms}
    if names != set(expectations[0]["histograms"]["run"]):
        return 1
    for h in snapshot.histograms:
        expected = added(expectations, lambda e, name=h.name: e["histograms"]["run"][name])
        wrong += sum(a != b for a, b in zip(slots_of(h), expected)) + abs(len(expected) - len(slots_of(h)))
    return wrong


def horizon_differences(last, expectations, horizons, where=None):
    """The same for all horizons as they were published last, and candidates per search window of all scans. Adds to
    `where` what they are in."""
    wrong = 0
    for horizon in horizons:
        for name in expectations[0]["histograms"][horizon]:
            expected = added(expectations, lambda e, n=name, h=horizon: e["histograms"][h][n])
            envelope = last.get("hnlmon.v1.hist.%s.%s." % (name, horizon))
            shown = slots_of(envelope.histogram) if envelope else [0] * len(expected)
            count = sum(a != b for a, b in zip(shown, expected)) + abs(len(expected) - len(shown))
            wrong += count
            if count and where is not None:
                where.append("%s.%s: %d, %d of %d entries%s" % (name, horizon, count, sum(shown), sum(expected),
                                                               "" if envelope else ", never published"))
        for line in ("unprescaled", "downscaled", "tail"):
            key = "%s.%s" % (line, horizon)
            envelope = last.get("hnlmon.v1.scan.%s." % key)
            hypotheses = envelope.scan.hypotheses if envelope else []
            expected = added(expectations, lambda e, k=key: e["scans"][k]["n"])
            wrong += sum(h.n != n for h, n in zip(hypotheses, expected)) + abs(len(expected) - len(hypotheses))
            if len(expectations) == 1:
                wrong += sum(h.z != z for h, z in zip(hypotheses, expectations[0]["scans"][key]["z"]))
    return wrong


def alarm_differences(rig, expectation):
    """Alarms from the data that are not there as in the reference, or are too many."""
    names = monitor.AlarmKind.Name
    shown = {a.id: (monitor.AlarmState.Name(a.state), monitor.Severity.Name(a.severity), a.count) for a in rig.alarms()
             if names(a.kind) in ALARMS_OF_DATA}
    expected = {i: (a["state"], a["severity"], a["count"]) for i, a in expectation["alarms"].items()}
    return sum(shown.get(i) != expected.get(i) for i in {*shown, *expected})


def differences(rig, feeders, horizons=HORIZONS, seconds=5):
    """All that the daemon shows against the undisturbed references of these front-ends."""
    expectations = [f.expected() for f in feeders]
    wrong = snapshot_differences(rig, expectations)
    last = rig.published(seconds, lambda last: horizon_differences(last, expectations, horizons) == 0)
    where = []
    wrong += horizon_differences(last, expectations, horizons, where)
    for line in where[:8]:
        print("differs: " + line)
    if len(expectations) == 1:
        wrong += alarm_differences(rig, expectations[0])
    return wrong


class Verdict:
    """What a campaign found, and the line that says it."""

    def __init__(self, name, seed, size, is_timed=True):
        self.name, self.seed, self.size, self.is_timed = name, seed, size, is_timed
        self.counts = {k: 0 for k in ("sent", "accepted", "rejected", "lost", "doubled", "mismatch", "kills")}
        self.rss_max_mib = 0.0
        self.restarts_ms, self.more, self.broken, self.skipped = [], {}, [], []

    def require(self, holds, promise):
        if not holds:
            self.broken.append(promise)
            print("BROKEN: " + promise, flush=True)
        return holds

    def require_time(self, took_s, limit_s, promise):
        """A promise about time; on a machine that others use, too, it may only be told (--untimed)."""
        self.require(took_s <= limit_s or not self.is_timed, "%s within %g s (%.2f)" % (promise, limit_s, took_s))

    def note(self, key, seconds):
        """Keeps the longest."""
        self.more[key] = "%.0fms" % max(1000 * seconds, float(self.more.get(key, "0ms")[:-2]))

    def skip(self, what):
        self.skipped.append(what)
        print("SKIPPED: " + what, flush=True)

    def settle(self, rig, feeders, lost=0, horizons=HORIZONS, is_compared=True):
        """At the end of an episode: ledgers of both sides, and every bin. `lost`: candidates that may be missing."""
        ledger = rig.sources()
        for feeder in feeders:
            sent = {k: int(v) for k, v in feeder.sent.items() if v.isdigit()}
            entry = ledger.get((sent["source"], sent["epoch"]))
            if not self.require(entry is not None, "the daemon knows source %d" % sent["source"]):
                continue
            accepted, rejected = entry["accepted"], sum(entry["rejected"].values())
            gone = sum(entry["lost"].values())
            excess = accepted + rejected + gone - sent["sent"]
            self.counts["sent"] += sent["sent"]
            self.counts["accepted"] += accepted
            self.counts["rejected"] += rejected
            self.counts["lost"] += gone + max(0, -excess) - sent["injected"]
            self.counts["doubled"] += max(0, excess)
            self.require(excess == 0, "sent = accepted + rejected + lost (off by %d)" % excess)
            self.require(gone == sent["lost"], "the daemon's lost (%d) are those of the source (%d)" % (gone, sent["lost"]))
            self.require(gone - sent["injected"] <= lost, "nothing is lost (%d are)" % (gone - sent["injected"]))
        if is_compared:
            self.settle_bins(rig, feeders, horizons)
        self.absorb(rig)

    def settle_bins(self, rig, feeders, horizons=HORIZONS):
        wrong = differences(rig, feeders, horizons)
        self.counts["mismatch"] += wrong
        self.require(wrong == 0, "every bin, window and alarm is that of the reference (%d differ)" % wrong)

    def absorb(self, rig):
        if rig.daemon.poll() is None:
            rig.note_memory()
        self.counts["kills"] += rig.kills
        rig.kills = 0
        self.rss_max_mib = max(self.rss_max_mib, rig.rss_max_mib)
        self.require(rig.rss_max_mib <= 128, "the daemon's memory stays within 128 MiB (%.1f)" % rig.rss_max_mib)

    def quantile(self, q):
        times = sorted(self.restarts_ms)
        return times[min(len(times) - 1, int(q * len(times)))] if times else 0.0

    def print(self):
        words = ["%s=%d" % (k, v) for k, v in self.counts.items()]
        words += ["rss_max=%.1fMiB" % self.rss_max_mib, "restart_p50=%.1fms" % self.quantile(0.5),
                  "restart_p99=%.1fms" % self.quantile(0.99)]
        words += ["%s=%s" % (k, v) for k, v in self.more.items()]
        print("%s seed=%d broken=%d skipped=%d" % (" ".join(words), self.seed, len(self.broken), len(self.skipped)))
        print("repeat: tests/campaign %s --seed %d --size %d" % (self.name, self.seed, self.size))
        return 1 if self.broken else 0
