# SPDX-License-Identifier: MIT
"""mcap - reads a recording without the project's own reader: records, the checksums between them, and the frames.

Source: the MCAP specification, https://mcap.dev/spec; the private record 0x80 holds the CRC-32C of every byte since the
one before.
"""
import struct

MAGIC = b"\x89MCAP0\r\n"
MESSAGE, FOOTER, CHECKSUM = 0x05, 0x02, 0x80


def frames(path, crc32c=None):
    """(frames as bytes, whether the file was ended). Stops where the file stops or a checksum is wrong."""
    data = open(path, "rb").read()
    if not data.startswith(MAGIC):
        return [], False
    found, waiting, at, block = [], [], len(MAGIC), 0
    while at + 9 <= len(data):
        opcode, size = struct.unpack_from("<BQ", data, at)
        if at + 9 + size > len(data):
            break
        body = data[at + 9:at + 9 + size]
        if opcode == CHECKSUM:
            if crc32c and struct.unpack("<I", body)[0] != crc32c(data[block:at]):
                return found, False
            found += waiting
            waiting, block = [], at + 9 + size
        elif opcode == MESSAGE:
            waiting.append(body[22:])
        elif opcode == FOOTER:
            return found, data[at + 9 + size:] == MAGIC
        at += 9 + size
    return found, False
