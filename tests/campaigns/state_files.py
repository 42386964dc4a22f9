# SPDX-License-Identifier: MIT
"""state_files - the files of a state directory, read and torn by a program of its own.

Formats: daemon/wire/block.h, checkpoint.h, burst_file.h and journal.h. What tear() overwrites is only what a machine
that stops may leave half written: the older checkpoint slot, burst slots that no checkpoint needs, and the journal
behind what the newest checkpoint covers.
"""
import os
import struct

SECTOR = 512
SLOT_BYTES = 4 << 20
BURST_SLOTS, BURST_SLOT_BYTES, HORIZON_DEPTH = 256, 64 << 10, 100
HEADER = struct.Struct("<8sIIQ5Q")
KINDS = {1: "start", 2: "alarm", 3: "ack", 4: "shelve", 5: "accept", 6: "unblind", 7: "blind", 8: "new_period"}
STATES = ("NORMAL", "UNACKNOWLEDGED", "ACKNOWLEDGED", "RETURNED_UNACKNOWLEDGED", "SHELVED")


def table_of_crc32c():
    table = []
    for n in range(256):
        for _ in range(8):
            n = n >> 1 ^ (0x82F63B78 if n & 1 else 0)
        table.append(n)
    return table


TABLE = table_of_crc32c()


def crc32c(data, crc=0):
    crc ^= 0xFFFFFFFF
    table = TABLE
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


class Checkpoint:
    """One slot as it stands in the file."""

    def __init__(self, file, slot):
        self.slot = slot
        file.seek(slot * SLOT_BYTES)
        header = file.read(64)
        self.is_valid = False
        if len(header) < 64:
            return
        magic, _, crc, size, self.generation, self.journal_bytes, self.closed, self.position, _ = HEADER.unpack(header)
        if size > SLOT_BYTES - 64 or magic == bytes(8):
            return
        total = -(-(64 + size) // SECTOR) * SECTOR
        body = header + file.read(total - 64)
        self.is_valid = len(body) == total and crc == crc32c(body[16:], crc32c(body[:12]))


def newest(directory):
    """The valid checkpoint with the higher generation; None when there is none."""
    try:
        with open(os.path.join(directory, "checkpoint"), "rb") as file:
            valid = [c for c in (Checkpoint(file, 0), Checkpoint(file, 1)) if c.is_valid]
    except FileNotFoundError:
        return None
    return max(valid, key=lambda c: c.generation, default=None)


def scribble(file, rng, start, size, most):
    """Overwrites up to `most` sectors of a stretch: garbage, zeros, or old contents one sector further."""
    for _ in range(rng.randrange(1, most + 1)):
        at = start + SECTOR * rng.randrange(max(1, size // SECTOR))
        file.seek(at)
        file.write(rng.choice((rng.randbytes(SECTOR), bytes(SECTOR), rng.randbytes(rng.randrange(1, SECTOR)))))


def tear(directory, rng):
    """Returns the generation that must come back, 0 when nothing could be torn."""
    keep = newest(directory)
    if keep is None:
        return 0
    with open(os.path.join(directory, "checkpoint"), "r+b") as file:
        scribble(file, rng, (1 - keep.slot) * SLOT_BYTES, rng.choice((SECTOR, 1 << 16, 1 << 20)), 8)
    needed = {(keep.position - 1 - i) % BURST_SLOTS for i in range(min(HORIZON_DEPTH, keep.closed))}
    free = [s for s in range(BURST_SLOTS) if s not in needed]
    with open(os.path.join(directory, "bursts"), "r+b") as file:
        for slot in rng.sample(free, rng.randrange(0, 5)):
            scribble(file, rng, slot * BURST_SLOT_BYTES, BURST_SLOT_BYTES, 3)
    with open(os.path.join(directory, "alarms.journal"), "r+b") as file:
        beyond = max(0, os.fstat(file.fileno()).st_size - keep.journal_bytes)
        file.truncate(keep.journal_bytes + rng.choice((0, beyond)))
        file.seek(keep.journal_bytes)
        file.write(rng.randbytes(rng.choice((0, 7, 24, 300, 5000))))
    return keep.generation


def journal(directory):
    """The records that the newest checkpoint covers, as dicts."""
    keep, records, at = newest(directory), [], SECTOR
    data = open(os.path.join(directory, "alarms.journal"), "rb").read()
    end = keep.journal_bytes if keep else 0
    while at < end:
        if data[at] == 0:  # the rest of a sector
            at = -(-(at + 1) // SECTOR) * SECTOR
            continue
        mark, kind, size, crc, t_ns, state, severity, who, ident, text = struct.unpack_from("<cBHIQBBBBH", data, at)
        record = data[at:at + size]
        if mark != b"J" or len(record) != size or crc32c(record[8:], crc32c(record[:4])) != crc:
            raise RuntimeError("the journal is damaged at byte %d of %d" % (at, end))
        texts = record[24:].decode()
        records.append({"t_ns": t_ns, "kind": KINDS.get(kind, kind), "state": STATES[state], "severity": severity,
                        "who": texts[:who], "id": texts[who:who + ident],
                        "text": texts[who + ident:who + ident + text]})
        at += size
    return records
