# SPDX-License-Identifier: MIT
"""harness - starts the real programs in a private directory and asks them questions.

Used by the test_* programs of this folder. Endpoints are ipc sockets in a temporary directory; whatever was started is ended
by pid. Results are printed as `ok`/`not ok` lines.
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

BUILD = os.path.abspath(os.environ.get("HNLMON_BUILD", "build/release"))
failures = 0


def check(condition, sentence, detail=""):
    global failures
    if condition:
        print("ok - " + sentence)
    else:
        failures += 1
        print("not ok - %s %s" % (sentence, detail))
    sys.stdout.flush()


def finish():
    sys.exit(1 if failures else 0)


def fields(line):
    """key=value pairs of a line for scripts, values as text."""
    return dict(re.findall(r"(\w+)=(\S+)", line))


class Session:
    """One daemon and the clients that talk to it."""

    def __init__(self, *options):
        self.dir = tempfile.mkdtemp(prefix="hnlmon-test-")
        self.link, self.publish, self.control = ("ipc://%s/%s" % (self.dir, n) for n in ("link", "publish", "control"))
        self.daemon = None
        self.start(*options)

    def start(self, *options):
        self.log = open(os.path.join(self.dir, "daemon.log"), "a")
        self.daemon = subprocess.Popen(
            [BUILD + "/hnlmond", "--link", self.link, "--publish", self.publish, "--control", self.control, *options],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.daemon.stdout.readline()
        if not line.startswith("READY"):
            raise SystemExit("not ok - the daemon starts: %r, status %r\n%s" % (line, self.daemon.wait(20), self.log_text()))

    def log_text(self):
        self.log.flush()
        return open(self.log.name).read()

    def client(self, *arguments, **keywords):
        """Runs `hnlmon`; returns the finished process."""
        return subprocess.run([BUILD + "/hnlmon", *arguments, "--publish", self.publish, "--control", self.control],
                              capture_output=True, text=True, timeout=60, **keywords)

    def query(self, *arguments):
        done = self.client(*arguments, "--json")
        if done.returncode:
            raise SystemExit("not ok - hnlmon %s: %s" % (" ".join(arguments), done.stderr))
        return json.loads(done.stdout)

    def front_end(self, *arguments, wait=True):
        """Runs hnlmon-fwsim to this daemon; returns the fields of its SENT line, or the running process."""
        command = [BUILD + "/hnlmon-fwsim", "--link", self.link, *[str(a) for a in arguments]]
        if not wait:
            return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise SystemExit("not ok - hnlmon-fwsim ends with status 0: %d %s" % (done.returncode, done.stderr))
        return fields(done.stdout)

    def ledger(self):
        """Sums over all sources: sent, accepted, rejected, lost."""
        done = self.client("status")
        return {k: int(v) for k, v in fields(next(x for x in done.stdout.splitlines() if x.startswith("LEDGER"))).items()}

    def histograms(self):
        """All histograms of the run, name -> [underflow, bins..., overflow]."""
        reply = self.query("hist", "--all")
        snapshot = reply.get("snapshot", reply)
        return {h["name"]: [h["underflow"], *h["bins"], h["overflow"]] for h in snapshot["histograms"]}

    def stop(self):
        """Ends the daemon as a service manager would; returns its exit status."""
        if self.daemon and self.daemon.poll() is None:
            self.daemon.send_signal(signal.SIGTERM)
        return self.daemon.wait(timeout=20)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        if self.daemon.poll() is None:
            self.daemon.kill()
            self.daemon.wait()
        shutil.rmtree(self.dir, ignore_errors=True)
