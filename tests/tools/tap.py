# SPDX-License-Identifier: GPL-2.0-only
"""Runs unittest tests and prints TAP, as the other tests do."""
import sys
import unittest


class Result(unittest.TestResult):
    """One line for each test; what went wrong stands above it."""

    def __init__(self):
        super().__init__()
        self.number = 0
        self.subtests = []

    def _line(self, test, outcome, details=""):
        self.number += 1
        for line in "\n".join([*self.subtests, details]).splitlines():
            print("#", line)
        print(outcome, self.number, test.id().split(".", 1)[-1], flush=True)
        self.subtests = []

    def addSuccess(self, test):
        super().addSuccess(test)
        self._line(test, "ok")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._line(test, "not ok", self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self._line(test, "not ok", self.errors[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.subtests.append(subtest.id() + "\n" + self._exc_info_to_string(err, test))

    def stopTest(self, test):
        super().stopTest(test)
        # of which unittest says nothing else
        if self.subtests:
            self._line(test, "not ok")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._line(test, "not ok", "skipped: " + reason)


def main():
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    print("TAP version 13")
    print("1..%d" % suite.countTestCases(), flush=True)
    result = Result()
    suite.run(result)
    sys.exit(not result.wasSuccessful())
