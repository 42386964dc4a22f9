# SPDX-License-Identifier: MIT
"""alarms - alarms come, are acknowledged and clear, while the daemon is killed. --size: alarms; a fifth as many kills.

The front-end sends bursts on command, with losses and with an input that was downscaled, so that alarms of LOSS and
CONFIG come and go; its twin knows them. In the end the journal tells each change of an alarm exactly once and in the
order of the twin, the table is that of the twin, and who joins late has the same table. What was confirmed as
acknowledged is so after a kill, and after a restart whatever is active is published within a second.
"""
import random
import time

import zmq

import state_files
from rig import ALARMS_OF_DATA, Feeder, Rig, wait_until
from protocol import control, monitor

STATE = monitor.AlarmState.Name
KIND = monitor.AlarmKind.Name


def of_data(alarms):
    """id -> state of the alarms that come from the data."""
    return {a.id: STATE(a.state) for a in alarms if KIND(a.kind) in ALARMS_OF_DATA}


def late_joiner(rig, seconds=2):
    """Seconds until a new subscriber has the table of the daemon; None when it never has."""
    socket = rig.context.socket(zmq.SUB)
    socket.setsockopt(zmq.LINGER, 0)
    socket.setsockopt(zmq.RECONNECT_IVL, 5)
    socket.setsockopt(zmq.SUBSCRIBE, b"hnlmon.v1.alarm.")
    socket.connect(rig.publish)
    table, wanted, began, took = {}, of_data(rig.alarms()), time.monotonic(), None
    while time.monotonic() - began < seconds and took is None:
        if table == wanted:
            took = time.monotonic() - began
        elif socket.poll(20):
            alarm = monitor.Envelope.FromString(socket.recv_multipart()[1]).alarm
            table.update(of_data([alarm]))
            table = {i: s for i, s in table.items() if s != "NORMAL"}
    socket.close()
    return took


class Drill:
    """One state, one front-end, one shifter."""

    def __init__(self, rig, rng, verdict):
        self.rig, self.rng, self.verdict = rig, rng, verdict
        self.kills_left = max(1, verdict.size // 5)
        self.cycles_left = max(1, verdict.size // 2)
        self.raised, self.waiting = set(), set()

    def is_time_to_kill(self):
        """So that the kills are spread over what is left: five occasions per cycle."""
        if self.rng.random() >= self.kills_left / (5 * self.cycles_left):
            return False
        self.kills_left -= 1
        return True

    def kill(self):
        self.verdict.require(self.rig.kill(), "the daemon does not end by itself")
        self.rig.start()
        took = late_joiner(self.rig)
        if self.verdict.require(took is not None, "after a restart all active alarms are published"):
            self.verdict.note("published_max", took)
            self.verdict.require_time(took, 1.0, "after a restart all active alarms are published")

    def bursts(self, count, lost, downscaling):
        """Sends bursts, with a kill on the way now and then, and learns what the twin says."""
        lines = self.feeder.ask("burst %d %d %d" % (count, lost, downscaling))
        if self.is_time_to_kill():
            time.sleep(self.rng.uniform(0, 0.05))
            self.kill()
        for line in lines():
            words = line.split()
            if words[0] == "ALARM":
                (self.waiting.add if "UNACKNOWLEDGED" in words[2] else self.waiting.discard)(words[1])
                self.raised.add(words[1])

    def state_of(self, alarm_id):
        return of_data(self.rig.alarms()).get(alarm_id, "NORMAL")

    def acknowledge(self, alarm_id):
        """Until it is confirmed, or found to be done: a kill may come before the answer."""
        if self.is_time_to_kill():
            socket = self.rig.context.socket(zmq.DEALER)
            socket.setsockopt(zmq.LINGER, 0)
            socket.connect(self.rig.control)
            order = control.AckRequest(alarm_id=alarm_id, who="drill")
            socket.send(control.ControlRequest(id=9, ack=order).SerializeToString())
            is_confirmed = socket.poll(self.rng.randrange(0, 40)) and control.ControlReply.FromString(socket.recv()).ok
            self.kill()
            socket.close()
            is_there = "UNACKNOWLEDGED" not in self.state_of(alarm_id)
            self.verdict.require(is_there or not is_confirmed, "a confirmed acknowledgement of %s outlives a kill" % alarm_id)
            if is_there:
                return
        self.verdict.require(self.rig.acknowledge(alarm_id), "%s can be acknowledged" % alarm_id)

    def acknowledge_all(self):
        for alarm_id in sorted(self.waiting):
            self.acknowledge(alarm_id)
            self.feeder.tell("ack " + alarm_id)
        if self.waiting and self.is_time_to_kill():
            self.kill()
            for alarm_id in self.waiting:
                self.verdict.require("UNACKNOWLEDGED" not in self.state_of(alarm_id),
                                     "a confirmed acknowledgement of %s outlives a kill" % alarm_id)
        self.waiting.clear()

    def cycle(self):
        """Two alarms are raised, acknowledged and cleared, in one order or the other."""
        self.bursts(1, 10, -1)
        is_early = self.rng.random() < 0.5
        if is_early:
            self.acknowledge_all()
        self.bursts(3, 0, 1)
        self.acknowledge_all()
        self.cycles_left -= 1
        if self.rng.random() < 0.05:
            self.feeder.tell("run")

    def run(self):
        self.feeder = Feeder(self.rig, "--burst-candidates", 2000, "--batch", 500, "--seed", self.rng.randrange(1, 2**31),
                             commands=True)
        while self.cycles_left > 0 and not self.verdict.broken:
            self.cycle()
        if self.kills_left:
            self.bursts(1, 10, 1)
            self.kill()


def journal_differences(rig, state, expectation):
    """How many changes of alarms the journal has too many, too few, or in another order."""
    told = [(r["id"], r["state"]) for r in state_files.journal(state) if r["kind"] == "alarm" and
            r["id"].split("-")[0].upper() in ALARMS_OF_DATA]
    expected = [tuple(c) for c in expectation["changes"]]
    return abs(len(told) - len(expected)) + sum(a != b for a, b in zip(told, expected))


def run(verdict):
    rng = random.Random(verdict.seed)
    with Rig("--set", "burst.close_timeout_s=3600", "--set", "state.interval_ms=20") as rig:
        state = rig.dir + "/state"
        rig.options += ["--state", state]
        rig.start()
        drill = Drill(rig, rng, verdict)
        drill.run()
        drill.feeder.wait()
        verdict.settle(rig, [drill.feeder])
        joined = wait_until(lambda: late_joiner(rig) is not None, 5)
        verdict.require(joined is not None, "who joins late ends with the same table")
        verdict.require(rig.stop() == 0, "the daemon ends with status 0")
        wrong = journal_differences(rig, state, drill.feeder.expected())
        verdict.counts["mismatch"] += wrong
        verdict.require(wrong == 0, "the journal tells each change once and in order (%d differ)" % wrong)
        verdict.more["alarms"] = len(drill.raised)
        verdict.more["acknowledgements"] = sum(r["kind"] == "ack" for r in state_files.journal(state))
