# SPDX-License-Identifier: MIT
"""namespaces - two network namespaces with a cable between them that can be cut, thinned and made lossy. Needs root."""
import os
import subprocess

HOST = "10.77.0.1"
# At a port at which nobody listens: an answer is an answer.
KNOCK = """
import socket
is_answered = False
while not is_answered:
    knocker = socket.socket()
    knocker.settimeout(0.03)
    try:
        knocker.connect(("%s", 9))
    except ConnectionRefusedError:
        is_answered = True
    except OSError:
        pass
    knocker.close()
""" % HOST


def run(*words, check=True):
    return subprocess.run(words, check=check, capture_output=True, text=True)


def why_not():
    """Why it cannot be done here; None when it can."""
    if os.geteuid() != 0:
        return "not root"
    for program in ("ip", "nft", "tc"):
        if run("sh", "-c", "command -v " + program, check=False).returncode:
            return "no program '%s'" % program
    name = "hnlmon-try-%d" % os.getpid()
    done = run("ip", "netns", "add", name, check=False)
    run("ip", "netns", "del", name, check=False)
    return None if done.returncode == 0 else "no network namespaces: " + done.stderr.strip()


class Cable:
    """The daemon's side is HOST; both ends are gone at the end."""

    def __init__(self):
        self.near, self.far = ("hnlmon-%s-%d" % (side, os.getpid()) for side in ("near", "far"))

    def __enter__(self):
        for name in (self.near, self.far):
            run("ip", "netns", "add", name)
            self.do(name, "ip", "link", "set", "lo", "up")
        run("ip", "link", "add", "cable", "netns", self.near, "type", "veth", "peer", "name", "cable", "netns", self.far)
        for name, address in ((self.near, HOST), (self.far, "10.77.0.2")):
            self.do(name, "ip", "address", "add", address + "/24", "dev", "cable")
            self.do(name, "ip", "link", "set", "cable", "up")
        return self

    def __exit__(self, *unused):
        for name in (self.near, self.far):
            run("ip", "netns", "del", name, check=False)

    @staticmethod
    def inside(name):
        return ["ip", "netns", "exec", name]

    def do(self, name, *words):
        return run(*self.inside(name), *words)

    def cut(self):
        self.do(self.far, "ip", "link", "set", "cable", "down")

    def mend(self):
        """Until packets pass: the kernel may take a second to believe in a link that is up."""
        self.do(self.far, "ip", "link", "set", "cable", "up")
        self.do(self.far, "/usr/bin/python3", "-c", KNOCK)

    def lose(self, percent):
        """Both directions; 0: nothing any more."""
        for name in (self.near, self.far):
            self.do(name, "nft", "flush", "ruleset")
            if percent:
                self.do(name, "nft", "add table inet chaos; add chain inet chaos in { type filter hook input priority 0; };"
                        " add rule inet chaos in iifname cable numgen random mod 100 < %d drop" % percent)

    def thin(self, mbit):
        """The rate of the cable in both directions; 0: as it was."""
        for name in (self.near, self.far):
            run(*self.inside(name), "tc", "qdisc", "del", "dev", "cable", "root", check=False)
            if mbit:
                self.do(name, "tc", "qdisc", "add", "dev", "cable", "root", "tbf", "rate", "%dmbit" % mbit, "burst", "64k",
                        "latency", "100ms")
