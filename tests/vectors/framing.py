#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes tests/vectors/framing_vectors.h: the frames of a small scenario, serialised by the protobuf library of Python.

Run: tests/vectors/framing.py   (needs protoc and python3-protobuf; proto/ is read from the repository)
"""
import os
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PROTO = os.path.join(HERE, "..", "..", "proto")
COLUMNS = ("k_px k_py k_pz pi0_px pi0_py pi0_pz e_px e_py e_pz time flags vertex_z m_gg e_over_p dt dt_k cda "
           "truth_m2 truth_kind").split()
UNSIGNED = ("time", "flags", "truth_kind")


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def word(column, index):
    """The test fills its candidates by the same rule."""
    return (column * 1000003 + index * 7919 + 1) * 2654435761 % 2**32


def mark(target, run, burst, at_seq, t_ns):
    target.source, target.epoch, target.run, target.burst = 3, 0xFEDCBA9876543210, run, burst
    target.at_seq, target.t_ns = at_seq, t_ns


def batch(pb, run, burst, first_seq, words, columns):
    """words: one list of 19 unsigned words per candidate."""
    frame = pb.FrontendFrame()
    b = frame.batch
    b.schema, b.source, b.epoch = 1, 3, 0xFEDCBA9876543210
    b.first_seq, b.run, b.burst, b.count = first_seq, run, burst, len(words)
    contents = b""
    for c, name in enumerate(columns):
        packed = struct.pack("<%dI" % len(words), *(w[c] for w in words))
        kind = "<%dI" if name in UNSIGNED else "<%di"
        getattr(b, name).extend(struct.unpack(kind % len(words), packed))
        contents += packed
    b.crc32c = crc32c(contents) or 0xFFFFFFFF
    return frame


def frames(pb):
    f = pb.FrontendFrame()
    mark(f.run_begin.mark, 42, 0, 1, 1700000000123456789)
    f.run_begin.origin, f.run_begin.comment = pb.SIMULATION, "demo run"
    yield "run_begin", f
    f = pb.FrontendFrame()
    mark(f.burst_begin.mark, 42, 7, 1, 1700000001000000000)
    f.burst_begin.input_downscaling = -999
    yield "burst_begin", f
    yield "batch", batch(pb, 42, 7, 1, [[word(c, i) for c in range(19)] for i in range(3)], COLUMNS)
    yield "batch_of_minima", batch(pb, 42, 7, 4, [[0x80000000] * 19], COLUMNS)
    f = pb.FrontendFrame()
    mark(f.burst_end.mark, 42, 7, 5, 1700000004000000000)
    e = f.burst_end
    e.generated, e.kept, e.downscaling, e.sent = 2**40 + 5, 2**33, 150, 4
    e.intensity, e.live_ppm, e.choke_count = 12.75, 987654, 2
    yield "burst_end", f
    f = pb.FrontendFrame()
    mark(f.run_end.mark, 42, 0, 5, 1700000005000000000)
    yield "run_end", f
    f = pb.FrontendFrame()
    mark(f.run_begin.mark, 4294967295, 0, 5, 0)
    f.run_begin.origin = pb.DATA
    yield "data_run_begin", f
    f = pb.FrontendFrame()
    mark(f.burst_begin.mark, 4294967295, 4294967295, 5, 2**64 - 1)
    f.burst_begin.input_downscaling = 2147483647
    yield "data_burst_begin", f
    words = [[word(c, i) for c in range(19)] for i in range(2)]
    yield "data_batch", batch(pb, 4294967295, 4294967295, 5, words, COLUMNS[:17])


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["protoc", "--proto_path=" + PROTO, "--python_out=" + folder, "frontend.proto"], check=True)
        sys.path.insert(0, folder)
        import frontend_pb2
        with open(os.path.join(HERE, "framing_vectors.h"), "w") as out:
            out.write("/* SPDX-License-Identifier: MIT */\n/* Written by tests/vectors/framing.py. */\n"
                      "/* clang-format off */\n")
            for name, frame in frames(frontend_pb2):
                data = frame.SerializeToString(deterministic=True)
                lines = [", ".join("%d" % b for b in data[i:i + 24]) for i in range(0, len(data), 24)]
                out.write("static const unsigned char golden_%s[] = {\n    %s};\n" % (name, ",\n    ".join(lines)))


main()
