#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""yardstick - what a Python user would write instead of the daemon: pyzmq, protobuf and numpy.

The same job as yardstick.cc: PULL, parse, select, fill the accepted candidates' m2_miss. Needs frontend_pb2 on the path.

Usage: yardstick.py ENDPOINT     ends at an empty message; prints one JSON line
"""
import json
import sys
import time

import numpy as np
import zmq
from google.protobuf.internal import api_implementation

import frontend_pb2

MASS_KAON, MASS_PI0, MASS_ELECTRON = 4044202, 1105730, 4186  # Q13 MeV, include/hnlmon/units.h
M_GG_HALF_WIDTH = 15 << 13
PHOTON_VETO = 0xF00
BIN_WIDTH_MEV2, BIN_FIRST, BIN_COUNT = 119, -300, 1500
Q26 = 1.0 / (1 << 26)


def momentum(x, y, z):
    return [np.array(column, dtype=np.float64) for column in (x, y, z)]


def energy(p, mass):
    return np.rint(np.sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2] + float(mass) * mass))


def slots_of(batch):
    """Slots 0 (underflow) .. 1501 (overflow) of the accepted candidates."""
    k = momentum(batch.k_px, batch.k_py, batch.k_pz)
    pi0 = momentum(batch.pi0_px, batch.pi0_py, batch.pi0_pz)
    e = momentum(batch.e_px, batch.e_py, batch.e_pz)
    missing_energy = energy(k, MASS_KAON) - energy(pi0, MASS_PI0) - energy(e, MASS_ELECTRON)
    dx, dy, dz = (a - b - c for a, b, c in zip(k, pi0, e))
    m2 = ((missing_energy - dz) * (missing_energy + dz) - dx * dx - dy * dy) * Q26
    m_gg = np.array(batch.m_gg, dtype=np.int64)
    flags = np.array(batch.flags, dtype=np.uint32)
    in_time = np.array(batch.time, dtype=np.uint32) < 1 << 31
    accepted = in_time & (np.abs(m_gg - MASS_PI0) <= M_GG_HALF_WIDTH) & (flags & PHOTON_VETO == 0)
    bins = np.floor(m2[accepted] / BIN_WIDTH_MEV2).astype(np.int64) - BIN_FIRST
    return np.clip(bins + 1, 0, BIN_COUNT + 1)


def hash_of(counts):
    """FNV-1a, 64 bits, over the counts as little-endian 64-bit words."""
    value = 0xCBF29CE484222325
    for byte in counts.astype("<u8").tobytes():
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return "%016x" % value


def main():
    socket = zmq.Context().socket(zmq.PULL)
    socket.setsockopt(zmq.RCVTIMEO, 20000)
    socket.bind(sys.argv[1])
    counts = np.zeros(BIN_COUNT + 2, dtype=np.int64)
    frame = frontend_pb2.FrontendFrame()
    candidates, begin = 0, 0.0
    while message := socket.recv():
        begin = begin or time.monotonic()
        frame.ParseFromString(message)
        batch = frame.batch
        counts += np.bincount(slots_of(batch), minlength=BIN_COUNT + 2)
        candidates += batch.count
    seconds = time.monotonic() - begin
    print(json.dumps({"candidates": candidates, "seconds": seconds, "candidates_per_s": candidates / seconds,
                      "hash": hash_of(counts), "protobuf": api_implementation.Type()}))


main()
