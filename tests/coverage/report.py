#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What gcovr has counted: a table by file, and what is missing."""
import argparse
import json
import pathlib
import sys

LINES, BRANCHES = 95, 85
EXCEPTIONS = pathlib.Path(__file__).parent / "exceptions"


class Exceptions:
    """Lines that no test can run: their reasons, by file and text."""

    def __init__(self, path):
        self.reasons, self.used = {}, set()
        reason = []
        for line in path.read_text().splitlines():
            if line.startswith("#"):
                reason.append(line[1:].strip())
            elif line:
                name, _, text = line.partition(": ")
                self.reasons[name, text.strip()] = " ".join(reason)
            else:
                reason = []

    def reason_of(self, name, before, text):
        """Why a line is not run, or None if nothing says so"""
        for key in ((name, text), (name, f"{before} {text}")):
            if key in self.reasons:
                self.used.add(key)
                return self.reasons[key]
        return None

    def unused(self):
        """Those that no line has any more"""
        return sorted(self.reasons.keys() - self.used)


class Count:
    """How many of them were run"""

    def __init__(self):
        self.run = self.all = 0

    def add(self, counts):
        """One more for each of the counts"""
        self.run += sum(1 for count in counts if count)
        self.all += len(counts)

    def __str__(self):
        return f"{self.run:6}/{self.all:<4} {self.percent():5.1f}"

    def percent(self):
        """0 to 100"""
        return 100 * self.run / self.all if self.all else 100


def main():
    """See usage"""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sum", help="gcovr's JSON")
    args = parser.parse_args()
    with open(args.sum, encoding="utf-8") as file:
        files = json.load(file)["files"]

    exceptions = Exceptions(EXCEPTIONS)
    lines, branches = Count(), Count()
    missing, explained, half = [], [], []
    print(f"{'':24} {'lines':>12} {'%':>4} {'branches':>12} {'%':>4}")
    for entry in files:
        name = entry["file"]
        source = pathlib.Path(name).read_text(encoding="utf-8").splitlines()
        of_file = Count(), Count()
        for line in entry["lines"]:
            if line.get("gcovr/noncode"):
                continue
            number, count = line["line_number"], line["count"]
            before, text = (source[at].strip() for at in (number - 2, number - 1))
            taken = [branch["count"] for branch in line["branches"]]
            for total, counts in zip((*of_file, lines, branches),
                                     2 * ([count], taken)):
                total.add(counts)
            where = f"{name}:{number}: {text}"
            if count and not all(taken):
                half.append(f"{where}  [{sum(map(bool, taken))} of {len(taken)}]")
            # A race may let such a line run once.
            reason = exceptions.reason_of(name, before, text)
            if count:
                continue
            (explained if reason else missing).append(where)
            if reason:
                explained.append(f"    {reason}")
        print(f"{name:24} {of_file[0]} {of_file[1]}")
    print(f"{'all':24} {lines} {branches}")

    failed = 0
    for title, found in (("branches not taken, of lines that run:", half),
                         ("never run, with a reason:", explained)):
        if found:
            print("", title, *found, sep="\n")
    for title, found in (
            ("never run:", missing),
            ("exceptions that match no line:",
             [f"{name}: {text}" for name, text in exceptions.unused()]),
            ("too little:",
             [f"{what}: {count.percent():.1f} %, and not {least} %"
              for what, count, least in (("lines", lines, LINES),
                                         ("branches", branches, BRANCHES))
              if count.percent() < least])):
        if found:
            print("", title, *found, sep="\n")
            failed += 1
    print(f"{3 - failed} passed, {failed} failed")
    return failed > 0


sys.exit(main())
