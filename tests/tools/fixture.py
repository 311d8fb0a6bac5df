# SPDX-License-Identifier: GPL-2.0-only
"""
What the tests of ntdvdctl share: two emulated drives, what they say of themselves, and
running ntdvdctl.
"""
import contextlib
import ctypes
import fcntl
import grp
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import time
import unittest

import jsonschema

BUILD = sys.argv[1]
NODE = "/dev/ntdvd0"
CDROM = grp.getgrnam("cdrom").gr_gid
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534"]


def strict(schema):
    """The schema with no members but those that it names."""
    if isinstance(schema, dict):
        result = {key: strict(value) for key, value in schema.items()}
        if "properties" in schema and schema.get("type") in ("object", ["object", "null"]):
            result["additionalProperties"] = False
        return result
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    return schema


with open("tools/ntdvdctl/schema.json", encoding="utf-8") as schema_file:
    SCHEMA = strict(json.load(schema_file))


def validate(text, command):
    data = json.loads(text)
    jsonschema.Draft202012Validator(
        {"$ref": "#/$defs/" + command, "$defs": SCHEMA["$defs"]}).validate(data)
    return data


def control(drive, line):
    with open(f"/sys/kernel/debug/ntdvd_drive/{drive}/control", "w") as file:
        file.write(line)


def state(name, drive=0):
    with open(f"/sys/kernel/debug/ntdvd_drive/{drive}/state") as file:
        return re.search(rf"^{name} *(.*)$", file.read(), re.M)[1]


def keys_sent():
    """Opcode and format of each REPORT KEY and SEND KEY since the log was cleared"""
    with open("/sys/kernel/debug/ntdvd_drive/0/log") as file:
        return [(line[:2], line[20:22]) for line in file if re.match("a[34]", line)]


def clear_log():
    with open("/sys/kernel/debug/ntdvd_drive/0/log", "w") as file:
        file.write("clear")


@contextlib.contextmanager
def session(comm):
    """START_SESSION through the ioctl itself, in this process, under this name"""
    output = ctypes.create_string_buffer(4)
    layout = struct.Struct("=IIQQQIIII")
    request = bytearray(layout.pack(0x335000, 1, 0, 0, ctypes.addressof(output), 0, 4, 3, 0))
    with open("/proc/self/comm", "w", encoding="utf-8") as file:
        file.write(comm)
    with open(NODE, "rb", buffering=0) as node:
        fcntl.ioctl(node, 3 << 30 | layout.size << 16 | ord("N") << 8 | 0x90, request)
        if status := layout.unpack(request)[1]:
            raise AssertionError(f"START_SESSION: {status:08x}")
        yield


def sh(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def udev():
    """Waits until udev has handled what happened to drives."""
    if os.path.exists("/run/udev/control"):
        sh("udevadm", "settle")


def settle():
    udev()
    for node in ("ntdvd0", "ntdvd1"):
        os.chown("/dev/" + node, 0, CDROM)
        os.chmod("/dev/" + node, 0o660)


def new_drives():
    """Two drives that nobody has used"""
    udev()
    subprocess.run(["rmmod", "ntdvd_drive"], check=False, stderr=subprocess.DEVNULL)
    sh("modprobe", "ntdvd")
    sh("insmod", BUILD + "/ntdvd_drive.ko", "drives=2")
    settle()


def on_terminal(typed, *arguments, **environment):
    """Runs ntdvdctl on a terminal; its exit status and what is shown."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(environment, TERM="xterm")
        os.execvp("ntdvdctl", ["ntdvdctl", *arguments])
    os.write(terminal, typed.encode())
    shown = b""
    try:
        while piece := os.read(terminal, 4096):
            shown += piece
    except OSError:
        pass
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


class Live:
    """ntdvdctl trace or monitor, which runs until it is told to end"""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(["ntdvdctl", *arguments], text=False,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.text = ""

    def until(self, pattern, seconds=60):
        end = time.monotonic() + seconds
        while not re.search(pattern, self.text):
            left = end - time.monotonic()
            if left < 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise AssertionError(f"no {pattern!r} in {self.text!r}")
            piece = os.read(self.process.stdout.fileno(), 65536)
            if not piece:
                raise AssertionError(f"it ended with {self.text!r} "
                                     f"{self.process.stderr.read()!r}")
            self.text += piece.decode()

    def end(self, number=signal.SIGINT):
        self.process.send_signal(number)
        rest, error = self.process.communicate(timeout=60)
        self.text += rest.decode()
        return self.process.returncode, error.decode()


class Case(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        new_drives()

    def run_as(self, prefix, *arguments, stdin=subprocess.DEVNULL):
        run = subprocess.run([*prefix, "ntdvdctl", *arguments], stdin=stdin,
                             capture_output=True)
        return run.returncode, run.stdout.decode(), run.stderr.decode()

    def ctl(self, *arguments, status=0, error=None):
        """Its text; the exit status and what it complains about are checked."""
        got, text, complaint = self.run_as([], *arguments)
        self.assertEqual(got, status, complaint)
        if error:
            self.assertIn(error, complaint)
        return text

    def json(self, *arguments, status=0, prefix=()):
        got, text, complaint = self.run_as(prefix, arguments[0], "--json", *arguments[1:])
        self.assertEqual(got, status, text)
        # Nothing goes where a parser does not look.
        self.assertEqual(complaint, "")
        if arguments[0] in ("monitor", "trace"):
            self.assertEqual(text.count("\n"), 1)
        return validate(text, arguments[0])

    def error(self, *arguments, status, cause, prefix=()):
        data = self.json(*arguments, status=status, prefix=prefix)
        self.assertEqual(data["error"]["exit_status"], status)
        self.assertEqual(data["error"]["cause"], cause)
        return data["error"]
