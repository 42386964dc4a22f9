#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes tests/vectors/template_vectors.h: the hash of a toy template, and the bias of the background estimate when data
follow another spectrum than the synthetic template.

The hash is FNV-1a over the text form without its hash line, written here from the description of the format. Biases
come from the least-squares operator of background.py (singular value decomposition, coefficients not rounded).
Run: /usr/bin/python3 tests/vectors/template.py   (needs python3-numpy and python3-scipy)
"""
import os

import numpy as np

import background

MASSES = (114, 118, 125, 135, 150, 200, 250, 279)


def toy_text():
    lines = ["hnlmon-template 1", "name=toy", "provenance=made by hand", "preset=na62", "bin_width_mev2=119",
             "bin_first=-300", "bin_count=1500", "hypothesis_first_mev=113", "hypothesis_count=167"]
    for key, value in (("sigma_mev2", 1000.5), ("first_mev", 120.0), ("last_mev", 140.0), ("br_ke3", 0.0507),
                       ("a_peak", 0.1), ("f_peak", 0.8), ("eps_background", 0.018)):
        lines.append("%s=%.17g" % (key, value))
    lines.append("after_veto before_veto")
    lines += ["%.17g %.17g" % (1 / (j + 2), 2 / (j + 3)) for j in range(1500)]
    lines.append("acceptance_ratio window_ratio window_error bias_error")
    lines += ["%.17g %.17g %.17g %.17g" % (1 + i / 1024, 1 - i / 4096, i / 7, 0.5) for i in range(167)]
    return "\n".join(lines + ["end", ""])


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return "%016x" % value


def truths():
    """The synthetic template with 5 % more resolution, and with more of the tail near the peak."""
    x = background.centres
    wide = background.template + 0.02 * (np.exp(-0.5 * (x / 1785) ** 2) - np.exp(-0.5 * (x / 1700) ** 2))
    steep = background.template * (1 + 0.3 * np.exp(-np.maximum(x, 0) / 8000))
    return wide, steep


def main():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "template_vectors.h")
    with open(path, "w") as out:
        out.write("/* SPDX-License-Identifier: MIT */\n/* Written by tests/vectors/template.py. */\n/* clang-format off */\n\n")
        out.write('#define TOY_HASH "%s"\n\n' % fnv1a(toy_text().encode()))
        out.write("/* Mass in MeV; relative bias with more resolution, and with more of the tail near the peak. */\n")
        out.write("static const struct {\n    int m_n_mev;\n    double wide, steep;\n} bias_vectors[] = {\n")
        for m_n in MASSES:
            window, side, c = background.fit(m_n)
            biases = [c @ truth[side] / truth[window].sum() - 1 for truth in truths()]
            out.write("    {%d, %.12g, %.12g},\n" % (m_n, *biases))
        out.write("};\n")


main()
