# SPDX-License-Identifier: MIT
"""guarded - a daemon on TCP with certificates, made by `hnlmon keygen` and by pyzmq, in a private directory.

Used by test_security and test_intruders, beside harness.py. `finish` removes the directory.
"""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import zmq
import zmq.auth

import harness
from harness import BUILD, check

directory = tempfile.mkdtemp(prefix="hnlmon-guarded-")
CLIENTS = os.path.join(directory, "clients")
os.mkdir(CLIENTS)


def path(name):
    return os.path.join(directory, name)


def hnlmon(*arguments, **keywords):
    return subprocess.run([BUILD + "/hnlmon", *arguments], capture_output=True, text=True, timeout=30, **keywords)


def keygen(name, role, *more):
    done = hnlmon("keygen", name, "--role", role, "--out", directory, *more)
    if done.returncode:
        check(False, "hnlmon keygen %s" % name, done.stderr)


def keys_of_pyzmq(stem, **metadata):
    """pyzmq writes metadata into the secret file only; whoever lets somebody in says what for."""
    public, _ = zmq.auth.create_certificates(directory, stem, metadata)
    with open(public) as file:
        text = file.read()
    with open(public, "w") as file:
        file.write(text.replace("metadata\n", "metadata\n" + "".join('    %s = "%s"\n' % m for m in metadata.items())))
    os.chmod(path(stem + ".key_secret"), 0o600)


def certificates():
    """A daemon, and whom it knows: front3, anna (operator), bob (subscriber, by pyzmq). Others are made, too."""
    keygen("daemon", "daemon")
    keygen("front3", "front-end", "--source", "3")
    keygen("front5", "front-end", "--source", "5")
    keygen("anna", "operator")
    keygen("stranger", "operator")
    keygen("newcomer", "operator")
    keys_of_pyzmq("bob", name="bob", role="subscriber")
    for name in ("front3", "front5", "anna", "bob"):
        shutil.copy(path(name + ".key"), CLIENTS)


class Daemon:
    """With CURVE, on TCP, as told by the service manager that listens at self.manager."""

    def __init__(self, *options):
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind(path("notify"))
        self.manager.settimeout(10)
        self.log = open(path("log"), "w+")
        everywhere = "tcp://0.0.0.0:*"
        self.process = subprocess.Popen(
            [BUILD + "/hnlmond", "--link", everywhere, "--publish", everywhere, "--control", everywhere,
             "--set", "curve.certificate=" + path("daemon.key_secret"), "--set", "curve.clients=" + CLIENTS, *options],
            stdout=subprocess.PIPE, stderr=self.log, text=True, env={**os.environ, "NOTIFY_SOCKET": path("notify")})
        ready = self.process.stdout.readline()
        check(ready.startswith("READY"), "with certificates it listens beyond this machine", (ready, self.text()))
        self.port = {k: int(p) for k, p in re.findall(r"(\w+)=tcp://0.0.0.0:(\d+)", ready)}

    def endpoint(self, name):
        return "tcp://127.0.0.1:%d" % self.port[name]

    def text(self):
        self.log.flush()
        return open(path("log")).read()

    def client(self, who, command, *arguments):
        keys = ("--certificate", path(who + ".key_secret"), "--server-certificate", path("daemon.key")) if who else ()
        start = time.monotonic()
        done = hnlmon(command, *arguments, "--publish", self.endpoint("publish"), "--control", self.endpoint("control"), *keys)
        done.seconds = time.monotonic() - start
        return done

    def front_end(self, who, source, *arguments):
        return subprocess.run([BUILD + "/hnlmon-fwsim", "--link", self.endpoint("link"), "--source", str(source), "--bursts", "2",
                               "--speed", "max", "--rate", "1000", "--spill", "0.2", "--certificate", path(who + ".key_secret"),
                               "--server-certificate", path("daemon.key"), *arguments],
                              capture_output=True, text=True, timeout=30)

    def status(self):
        return json.loads(self.client("anna", "status", "--json").stdout)

    def door(self, name):
        return next(d for d in self.status()["doors"] if d["socket"] == name)

    def reload(self):
        """Sends SIGHUP and waits for what it says about certificates."""
        before = self.text().count("certificates")
        self.process.send_signal(signal.SIGHUP)
        end = time.monotonic() + 10
        while self.text().count("certificates") == before and time.monotonic() < end:
            time.sleep(0.02)

    def end(self):
        check(self.process.poll() is None, "the daemon lives", self.text())
        self.process.send_signal(signal.SIGTERM)
        check(self.process.wait(timeout=20) == 0, "and ends with status 0", self.text())


def peer(daemon, name, kind, who=None, server="daemon", routing_id=None):
    """A bare socket; who: whose certificate."""
    s = zmq.Context.instance().socket(kind)
    s.setsockopt(zmq.LINGER, 0)
    if routing_id:
        s.setsockopt(zmq.ROUTING_ID, routing_id)
    if who:
        s.curve_publickey, s.curve_secretkey = zmq.auth.load_certificate(path(who + ".key_secret"))
        s.curve_serverkey = zmq.auth.load_certificate(path(server + ".key"))[0]
    if kind == zmq.SUB:
        s.setsockopt_string(zmq.SUBSCRIBE, "")
    s.connect(daemon.endpoint(name))
    return s


def run(test):
    """test(daemon), with everything taken away afterwards."""
    daemon = Daemon()
    try:
        test(daemon)
        daemon.end()
    finally:
        if daemon.process.poll() is None:
            daemon.process.kill()
            daemon.process.wait()
        zmq.Context.instance().destroy(linger=0)


def finish():
    shutil.rmtree(directory, ignore_errors=True)
    harness.finish()
