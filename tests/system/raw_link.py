# SPDX-License-Identifier: MIT
"""raw_link - frames of the link made byte by byte after proto/frontend.proto, and a bare peer that sends them.

It knows no encoder, neither ours nor protobuf's, so that it can say what no honest source says. Used by tests of the
link and by tests/fuzz/make_seeds and make_named.
"""
import struct
import time

SOURCE, EPOCH = 9, 0x1122334455667788
COLUMNS = range(10, 27)
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, kind, value):
    tag = varint(number << 3 | kind)
    if kind == VARINT:
        return tag + varint(value)
    if kind == FIXED64:
        return tag + struct.pack("<Q", value)
    if kind == FIXED32:
        return tag + struct.pack("<I", value)
    return tag + varint(len(value)) + value


def hello(schema=1, source=SOURCE, epoch=EPOCH):
    return field(1, BYTES, field(1, VARINT, schema) + field(2, VARINT, source) + field(3, FIXED64, epoch) +
                 field(4, VARINT, 1) + field(5, VARINT, 1) + field(6, BYTES, b"garbage"))


def mark(burst, at_seq, epoch=EPOCH, source=SOURCE, run=1, t_ns=10**9):
    body = field(1, VARINT, source) + field(2, FIXED64, epoch) + field(3, VARINT, run)
    if burst:
        body += field(4, VARINT, burst)
    return field(1, BYTES, body + field(5, VARINT, at_seq) + field(6, FIXED64, t_ns))


def run_begin(**where):
    return field(2, BYTES, mark(0, 1, **where) + field(2, VARINT, 2))


def burst_begin(burst, at_seq=1, **where):
    return field(3, BYTES, mark(burst, at_seq, **where) + field(2, VARINT, 2))  # sint32 1 is 2


def burst_end(burst, at_seq, **where):
    return field(5, BYTES, mark(burst, at_seq, **where) + field(2, VARINT, 1000) + field(3, VARINT, 100) +
                 field(4, VARINT, 20) + field(5, VARINT, 2) + field(6, FIXED64, 0x3FF8000000000000))


def run_end(at_seq, **where):
    return field(7, BYTES, mark(0, at_seq, **where))


def lost(first, last, source=SOURCE, epoch=EPOCH):
    return field(6, BYTES, field(1, VARINT, source) + field(2, FIXED64, epoch) + field(3, VARINT, first) +
                 field(4, VARINT, last) + field(5, VARINT, 1))


def batch_body(first_seq, count, schema=1, source=SOURCE, epoch=EPOCH, burst=1, word=0, columns=None, words=None):
    """columns: how many entries a column has instead of count; words: what they are instead of word."""
    body = field(1, VARINT, schema) + field(2, VARINT, source) + field(3, FIXED64, epoch)
    if first_seq:
        body += field(4, VARINT, first_seq)
    body += field(5, VARINT, 1) + field(6, VARINT, burst) + field(7, VARINT, count)
    for column in COLUMNS:
        entries = (columns or {}).get(column, count)
        body += field(column, BYTES, struct.pack("<I", (words or {}).get(column, word) & 0xFFFFFFFF) * entries)
    return body


def batch(*arguments, **keywords):
    return field(4, BYTES, batch_body(*arguments, **keywords))


HEARTBEAT = field(8, BYTES, b"")


class Peer:
    """A bare DEALER that says what no honest source says."""

    def __init__(self, session, source=SOURCE):
        import zmq
        self.zmq, self.session, self.source = zmq, session, source
        self.context = zmq.Context()
        self.open()

    def open(self):
        self.socket = self.context.socket(self.zmq.DEALER)
        self.socket.setsockopt(self.zmq.LINGER, 0)
        self.socket.setsockopt(self.zmq.RCVTIMEO, 5000)
        self.socket.connect(self.session.link)
        self.socket.send(hello(source=self.source))
        answer = self.socket.recv()
        assert answer[0] == 1 << 3 | BYTES, answer  # Welcome

    def reopen(self):
        self.socket.close()
        self.open()

    def settle(self):
        """Everything before was handled when this heartbeat is acknowledged; answers to others are skipped."""
        time.sleep(0.02)  # Acks of frames before are older
        try:
            while True:
                self.socket.recv(self.zmq.DONTWAIT)
        except self.zmq.Again:
            pass
        self.socket.send(HEARTBEAT)
        while self.socket.recv()[0] != 2 << 3 | BYTES:
            pass
