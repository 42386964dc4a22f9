# SPDX-License-Identifier: MIT
"""recordings - the frames of a recording in Python: read those of the daemon, write plain MCAP as any other writer makes it.

Used by the test_* programs of this folder. Nothing is checked.
"""
import struct

MAGIC = b"\x89MCAP0\r\n"


def read_recording(path):
    """The frames in order, as (log time in ns, bytes)."""
    with open(path, "rb") as file:
        data = file.read()
    frames, at = [], len(MAGIC)
    while at + 9 <= len(data) - len(MAGIC):
        opcode, size = struct.unpack_from("<BQ", data, at)
        if opcode == 5:
            frames.append((struct.unpack_from("<Q", data, at + 15)[0], data[at + 31:at + 9 + size]))
        at += 9 + size
    return frames


def write_recording(path, frames):
    """frames: (time in ns, bytes)."""
    def record(opcode, body):
        return struct.pack("<BQ", opcode, len(body)) + body

    def text(value):
        return struct.pack("<I", len(value)) + value.encode()

    with open(path, "wb") as file:
        file.write(MAGIC + record(1, text("") + text("golden")))
        file.write(record(3, struct.pack("<H", 1) + text("hnlmon.v1.FrontendFrame") + text("protobuf") + text("")))
        file.write(record(4, struct.pack("<HH", 1, 1) + text("frontend") + text("protobuf") + text("")))
        for number, (t_ns, frame) in enumerate(frames):
            file.write(record(5, struct.pack("<HIQQ", 1, number, t_ns, t_ns) + frame))
        file.write(record(15, struct.pack("<I", 0)) + record(2, struct.pack("<QQI", 0, 0, 0)) + MAGIC)
