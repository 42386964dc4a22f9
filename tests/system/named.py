# SPDX-License-Identifier: MIT
"""named - the named bad inputs of tests/fuzz/named, whose form tests/fuzz/make_named describes."""
import collections
import os

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "fuzz", "named")
Named = collections.namedtuple("Named", "name decoder counter source parts sentence content")


def content_of(name):
    content = b""
    with open(os.path.join(FOLDER, name + ".hex")) as file:
        for line in file:
            data, _, count = line.split("#")[0].partition("x")
            content += bytes.fromhex(data) * int(count or 1)
    return content


def all_of_them():
    with open(os.path.join(FOLDER, "expected.tsv")) as file:
        rows = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    return [Named(name, decoder, counter, int(source), int(parts), sentence, content_of(name))
            for name, decoder, counter, source, parts, sentence in rows]
