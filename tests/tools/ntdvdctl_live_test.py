#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
ntdvdctl trace and monitor, and system calls that fail. To be run as root in a guest, from
the top of the tree, with ntdvdctl in PATH and the directory that has ntdvd_drive.ko.
"""
import glob
import os
import re
import signal
import time

import tap
from fixture import (CDROM, NOBODY, NODE, Case, Live, control, session, settle, sh, validate)

INSTANCES = "/sys/kernel/tracing/instances"


class Trace(Case):
    def tearDown(self):
        control(0, "clear")
        self.assertEqual(glob.glob(INSTANCES + "/ntdvdctl-*"), [])

    def handshake(self, *arguments):
        trace = Live("trace", *arguments)
        if "--json" in arguments:
            while not glob.glob(INSTANCES + "/ntdvdctl-*/trace_pipe"):
                time.sleep(0.1)
            path, = glob.glob(INSTANCES + "/ntdvdctl-*/events/ntdvd/enable")
            while open(path).read() != "1\n":
                time.sleep(0.1)
        else:
            trace.until("COMMAND\n")
        return trace

    def test_shows_a_handshake_in_words(self):
        trace = self.handshake()
        self.ctl("probe", NODE)
        trace.until("END_SESSION.*\n.*3f.*\n")
        self.assertEqual(trace.end(), (0, ""))
        shown = re.sub(r"\d+\.\d+ ms", "TIME", re.sub(r"(?m)^(\S+ +)\d+", r"\1PID", trace.text))
        self.assertEqual([re.sub(" +", " ", line).strip() for line in shown.splitlines()], [
            "NODE PID REQUEST STATUS BYTES TIME COMMAND",
            "/dev/ntdvd0 PID DVD_START_SESSION SUCCESS 4 TIME ntdvdctl",
            "REPORT KEY, format 00, AGID 0: good",
            "/dev/ntdvd0 PID DVD_SEND_KEY DvdChallengeKey SUCCESS 0 TIME ntdvdctl",
            "SEND KEY, format 01, AGID 0: good",
            "/dev/ntdvd0 PID DVD_READ_KEY DvdBusKey1 SUCCESS 32 TIME ntdvdctl",
            "REPORT KEY, format 02, AGID 0: good",
            "/dev/ntdvd0 PID DVD_READ_KEY DvdChallengeKey SUCCESS 36 TIME ntdvdctl",
            "REPORT KEY, format 01, AGID 0: good",
            "/dev/ntdvd0 PID DVD_END_SESSION SUCCESS 0 TIME ntdvdctl",
            "REPORT KEY, format 3f, AGID 0: good",
        ])

    def test_shows_what_the_drive_refused_as_json_lines(self):
        trace = self.handshake("ntdvd0", "--json")
        control(0, "sense 5 6f 2 1 a3")
        self.ctl("probe", "1")
        self.ctl("probe", "0", status=7)
        trace.until('"IOCTL_DVD_END_SESSION".*\n')
        self.assertEqual(trace.end(signal.SIGTERM), (0, ""))
        lines = [validate(line, "trace") for line in trace.text.splitlines()]
        self.assertEqual({line["node"] for line in lines}, {NODE})
        refused = lines[-2]
        self.assertEqual((refused["name"], refused["key_type"], refused["ntstatus"]["name"]),
                         ("IOCTL_DVD_SEND_KEY", "DvdChallengeKey",
                          "STATUS_CSS_KEY_NOT_ESTABLISHED"))
        command, = refused["commands"]
        self.assertEqual((command["name"], command["sense"]), ("SEND KEY", "5/6f/02"))
        self.assertEqual(command["outcome"],
                         "illegal request: key not established (5/6f/02)")

    def test_shows_no_command_for_what_ntdvd_refused(self):
        trace = self.handshake("0", "--json")
        self.ctl("structure", "0", "disc-key", status=7)
        trace.until("\n")
        trace.end()
        self.assertEqual(validate(trace.text.splitlines()[0], "trace")["commands"], [])

    def test_shows_what_the_host_refused(self):
        trace = self.handshake("0", "--json")
        control(0, "host 7 1 a4")
        self.ctl("probe", "0", status=7)
        trace.until("START_SESSION.*\n")
        trace.end()
        command, = validate(trace.text.splitlines()[0], "trace")["commands"]
        self.assertEqual((command["outcome"], command["result"]), ("DID_ERROR", "0x00070000"))

    def test_shows_a_process_of_any_name(self):
        name = ": ntdvd_ [1-2\x1b"
        trace = self.handshake("0", "--json")
        with session(name):
            trace.until('"IOCTL_DVD_START_SESSION".*\n')
        trace.end()
        line = validate(trace.text.splitlines()[0], "trace")
        self.assertEqual((line["command"], len(line["commands"])), (name, 1))

    def overrun(self, instance):
        """Each processor has a buffer of its own, and the probes run on any."""
        return any(re.search(r"(?m)^overrun: [1-9]", open(stats).read())
                   for stats in glob.glob(instance + "/per_cpu/*/stats"))

    def lose_events(self, *arguments):
        """A trace that is stopped until more has come than its buffer has room for"""
        trace = self.handshake("0", *arguments)
        instance, = glob.glob(INSTANCES + "/ntdvdctl-*")
        with open(instance + "/buffer_size_kb", "w") as file:
            file.write("8")
        trace.process.send_signal(signal.SIGSTOP)
        while not self.overrun(instance):
            self.ctl("probe", "0")
        trace.process.send_signal(signal.SIGCONT)
        with session("last"):
            trace.until("START_SESSION.*last.*\n")
        return trace

    def test_tells_of_events_that_were_lost(self):
        trace = self.lose_events()
        status, errors = trace.end()
        self.assertEqual(status, 0)
        self.assertIn("ntdvdctl: too many events at once: some were lost\n", errors)

    def test_tells_of_events_that_were_lost_as_json(self):
        trace = self.lose_events("--json")
        trace.end()
        lines = [validate(line, "trace") for line in trace.text.splitlines()]
        self.assertIn({"event": "lost"}, lines)

    def test_needs_tracefs(self):
        for mount in ("/sys/kernel/tracing", "/sys/kernel/debug"):
            sh("umount", "-l", mount)
        try:
            error = self.error("trace", status=8, cause="no-tracefs")
            self.assertIn("mount -t tracefs", error["advice"])
        finally:
            sh("mount", "-t", "debugfs", "debugfs", "/sys/kernel/debug")
            sh("mount", "-t", "tracefs", "tracefs", "/sys/kernel/tracing")

    def test_ends_when_its_reader_does(self):
        trace = self.handshake("--json")
        trace.process.stdout.close()
        while trace.process.poll() is None:
            self.run_as([], "probe", NODE)
        self.assertEqual(trace.process.returncode, 8)
        trace.process.stderr.close()

    def test_is_for_root(self):
        group = NOBODY + [f"--groups={CDROM}"]
        error = self.error("trace", prefix=group, status=4, cause="no-permission")
        self.assertEqual((error["message"], error["errno"]), ("only root can trace", "EACCES"))

    def test_of_a_drive_that_is_not_there_is_refused(self):
        self.error("trace", "7", status=2, cause="no-drive")


class Monitor(Case):
    def test_shows_drives_that_come_and_go(self):
        monitor = Live("monitor", "--json")
        monitor.until('"present".*/dev/ntdvd1.*\n')
        control(1, "unplug")
        monitor.until('"removed".*\n')
        control(1, "plug")
        monitor.until('"added".*\n')
        self.assertEqual(monitor.end(), (0, ""))
        lines = [validate(line, "monitor") for line in monitor.text.splitlines()]
        self.assertEqual([(line["event"], line["node"], line["model"]) for line in lines], [
            ("present", "/dev/ntdvd0", "Emulated DVD 00"),
            ("present", "/dev/ntdvd1", "Emulated DVD 01"),
            ("removed", "/dev/ntdvd1", ""),
            ("added", "/dev/ntdvd1", "Emulated DVD 01"),
        ])
        settle()

    def test_is_text_for_people(self):
        monitor = Live("monitor")
        monitor.until(r"present  /dev/ntdvd1   /dev/sr1   ntdvd Emulated DVD 01\n")
        self.assertEqual(monitor.end(signal.SIGHUP), (0, ""))


class SystemCall(Case):
    """System calls that fail, which strace has them do"""

    def test_is_named_when_it_fails(self):
        for errno, status, cause in (("ENOTTY", 8, "wrong-module"), ("EINTR", 8, "interrupted"),
                                     ("ENODEV", 2, "no-drive"), ("EPERM", 4, "no-permission"),
                                     ("EIO", 8, "system")):
            with self.subTest(errno):
                error = self.error("raw", "0", "GET_REGION", status=status, cause=cause,
                                   prefix=["strace", "-qq", "-o/dev/null", "-etrace=ioctl",
                                           "-einject=ioctl:error=" + errno])
                self.assertEqual(error["errno"], errno)
                self.assertTrue(error["message"].startswith("IOCTL_DVD_GET_REGION: "))

    def test_is_named_when_events_cannot_be_had(self):
        for command, call in (("monitor", "socket"), ("trace", "signalfd4")):
            with self.subTest(command):
                error = self.error(command, status=8, cause="system",
                                   prefix=["strace", "-qq", "-o/dev/null", "-etrace=" + call,
                                           f"-einject={call}:error=EMFILE"])
                self.assertEqual(error["errno"], "EMFILE")
                self.assertTrue(error["message"].startswith("cannot "))


if __name__ == "__main__":
    if not os.path.ismount("/sys/kernel/tracing"):
        sh("mount", "-t", "tracefs", "tracefs", "/sys/kernel/tracing")
    tap.main()
