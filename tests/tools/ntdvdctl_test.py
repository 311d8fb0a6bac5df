#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
ntdvdctl on two emulated drives. To be run as root in a guest, from the top of the tree,
with ntdvdctl in PATH and the directory that has ntdvd_drive.ko and the program of
tools/example.c. What a program prints is compared with the contract and with what the
emulated drive says of itself.
"""
import json
import os
import re
import struct
import subprocess

import tap
from fixture import (BUILD, CDROM, NOBODY, NODE, Case, clear_log, control, keys_sent,
                     new_drives, on_terminal, session, settle, sh, state)


class List(Case):
    def test_shows_drives_nodes_discs_and_features(self):
        self.assertIn("/dev/ntdvd0   /dev/sr0   ntdvd Emulated DVD 00      "
                      "DVD-ROM     DVD CSS AACS  0\n", self.ctl("list"))
        drives = self.json("list")["drives"]
        self.assertEqual([drive["node"] for drive in drives],
                         ["/dev/ntdvd0", "/dev/ntdvd1"])
        self.assertEqual(drives[1]["drive"], "/dev/sr1")
        self.assertEqual([drives[0][key] for key in ("vendor", "model", "revision", "disc")],
                         ["ntdvd", "Emulated DVD 00", "1.0", "DVD-ROM"])
        self.assertEqual(drives[0]["features"], {"dvd": True, "css": True, "aacs": True})
        self.assertEqual(drives[0]["unknown"], {"features": None, "sessions": None})
        control(1, "feature aacs off")
        self.assertFalse(self.json("list")["drives"][1]["features"]["aacs"])
        control(1, "feature aacs on")

    def test_says_why_a_value_is_unknown(self):
        status, text, notes = self.run_as(NOBODY + ["--clear-groups"], "list")
        self.assertEqual(status, 0)
        self.assertRegex(text, r"/dev/ntdvd0 .* \?  +\?  +\?\n")
        self.assertIn("?: disc and features of /dev/sr0: Permission denied\n", notes)
        self.assertIn("?: sessions: only root can see them\n", notes)
        drive = self.json("list", prefix=NOBODY + ["--clear-groups"])["drives"][0]
        self.assertIsNone(drive["disc"])
        self.assertIsNone(drive["sessions"])
        self.assertEqual(drive["unknown"], {"features": "EACCES", "sessions": "EACCES"})

    def test_shows_an_empty_drive(self):
        control(0, "eject")
        self.assertEqual(self.json("list")["drives"][0]["disc"], "none")
        control(0, "insert")


class Sessions(Case):
    def test_shows_who_holds_what(self):
        # A terminal must not obey what any process can have for its name.
        with session("pid ü\x1b[1m"):
            self.assertRegex(self.ctl("sessions"), r"/dev/ntdvd0   css       0  held  +\d+  +"
                             rf"{os.getpid()}  pid ü\?\[1m\n")
            row, = self.json("sessions")["sessions"]
            self.assertEqual([row[key] for key in
                              ("class", "agid", "state", "pid", "command")],
                             ["css", 0, "held", os.getpid(), "pid ü\x1b[1m"])
            self.assertEqual([drive["sessions"] for drive in self.json("list")["drives"]],
                             [1, 0])
        self.assertLessEqual(len(self.json("sessions")["sessions"]), 1)

    def test_are_for_root(self):
        self.assertEqual(self.error("sessions", status=4, cause="no-permission",
                                    prefix=NOBODY + ["--clear-groups"])["errno"], "EACCES")

    def test_need_debugfs(self):
        sh("umount", "/sys/kernel/debug")
        try:
            error = self.error("sessions", status=8, cause="no-debugfs")
            self.assertIn("mount -t debugfs", error["advice"])
        finally:
            sh("mount", "-t", "debugfs", "debugfs", "/sys/kernel/debug")


class Names(Case):
    def test_of_node_and_drive_are_accepted(self):
        for name in ("ntdvd1", "/dev/ntdvd1", "sr1", "/dev/sr1", "1"):
            with self.subTest(name):
                self.assertEqual(self.json("info", name)["node"], "/dev/ntdvd1")

    def test_of_a_link_is_accepted(self):
        os.symlink("sr1", "/dev/test-dvd")
        try:
            self.assertEqual(self.json("info", "/dev/test-dvd")["node"], "/dev/ntdvd1")
        finally:
            os.unlink("/dev/test-dvd")

    def test_of_something_else_are_refused(self):
        self.error("info", "/dev/null", status=1, cause="usage")
        for name in ("ntdvd7", "/dev/sr7", "7"):
            self.assertEqual(self.error("info", name, status=2, cause="no-drive")["errno"],
                             "ENOENT")


class Disc(Case):
    def tearDown(self):
        control(0, "clear")
        control(0, "insert")

    def test_info_describes_drive_region_and_disc(self):
        text = self.ctl("info", NODE)
        self.assertRegex(text, r"changes left +5\n")
        self.assertRegex(text, r"book +DVD-ROM\n")
        data = self.json("info", "ntdvd0")
        self.assertEqual(data["region"], {"drive": [], "names": [], "user_changes": 5,
                                          "vendor_resets": 4})
        self.assertEqual([row["format"] for row in data["structures"]],
                         ["0x00", "0x01", "0x03", "0x04", "0x05"])
        self.assertEqual(data["structures"][1]["decoded"],
                         {"system": "CSS or CPPM", "regions": [1, 2]})

    def test_structure_is_decoded_and_kept_as_it_came(self):
        self.assertRegex(self.ctl("structure", NODE, "physical"), r"layers +1\n")
        data = self.json("structure", NODE, "0x00")
        # MMC's physical format information of the emulated disc, big-endian
        self.assertEqual(data["data"][:24], "01020100" "00030000" "0004ffff")
        self.assertEqual(data["decoded"]["starting_sector"], 0x030000)
        self.assertEqual(data["decoded"]["end_sector"], 0x04ffff)
        self.assertEqual([data["decoded"][key] for key in
                          ("book", "version", "size", "rate", "layers", "layer_type", "bca")],
                         ["DVD-ROM", 1, "120 mm", "10.08 Mbit/s", 1, "embossed", True])
        self.assertEqual(self.ctl("structure", NODE, "0", "-o", "/run/structure"), "")
        with open("/run/structure", "rb") as file:
            self.assertEqual(file.read(), struct.pack("<HH", data["length"] + 2, 0) +
                             bytes.fromhex(data["data"]))

    def test_structure_that_is_long_comes_whole(self):
        for name, length in (("manufacturer", 2048), ("0x83", 32768)):
            data = self.json("structure", NODE, name)
            self.assertEqual((data["length"], len(data["data"])), (length, 2 * length))
        formats = self.json("structure", NODE, "list")["decoded"]["formats"]
        self.assertLessEqual({"0x04", "0x83"}, {row["format"] for row in formats})

    def test_structure_that_needs_authentication_is_refused(self):
        self.ctl("structure", NODE, "disc-key", status=7,
                 error="STATUS_CSS_KEY_NOT_ESTABLISHED (c0000308): "
                       "requires an authenticated session of your own")
        error = self.error("structure", NODE, "2", status=7, cause="refused")
        self.assertEqual(error["ntstatus"]["value"], "0xc0000308")
        self.ctl("structure", NODE, "0", "-L", "1", status=7,
                 error="STATUS_INVALID_DEVICE_REQUEST (c0000010)")

    def test_missing_disc_is_named(self):
        control(0, "eject")
        self.ctl("structure", NODE, "0", status=5, error="Insert a disc.")
        self.error("structure", NODE, "0", status=5, cause="no-disc")
        data = self.json("info", NODE)
        self.assertEqual((data["disc"], data["structures"]), ("none", []))
        self.assertIsNone(self.json("region", "get", NODE)["disc_regions"])

    def test_drive_that_is_not_a_dvd_drive_is_called_so(self):
        control(1, "feature dvd_read off")
        for command in (["info", "1"], ["region", "get", "1"], ["probe", "1"],
                        ["structure", "1", "0"]):
            self.error(*command, status=6, cause="no-dvd-drive")
            self.ctl(*command, status=6, error="not a DVD drive")
        control(1, "feature dvd_read on")

    def test_output_that_cannot_be_written_is_an_error(self):
        error = self.error("structure", NODE, "0", "-o", "/nonexistent/file", status=8,
                           cause="system")
        self.assertEqual(error["errno"], "ENOENT")
        with open("/dev/full", "w") as full:
            run = subprocess.run(["ntdvdctl", "list"], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(run.returncode, 8)


class Region(Case):
    def setUp(self):
        new_drives()

    def test_is_not_set_unless_confirmed(self):
        self.ctl("region", "set", NODE, "1", status=9,
                 error="stdin is not a terminal; use --yes")
        error = self.error("region", "set", NODE, "1", status=9, cause="not-confirmed")
        self.assertEqual(error["message"], "--json does not ask; use --yes")
        for typed in ("n\n", "\n"):
            status, shown = on_terminal(typed, "region", "set", NODE, "1")
            self.assertEqual(status, 9)
            self.assertIn("changed 5 more times", shown)
            self.assertIn("Change it to 1 (USA, Canada)?", shown)
        self.assertEqual((state("user_changes"), state("region_mask")), ("5", "ff"))

    def test_is_set_and_the_changes_counted(self):
        status, shown = on_terminal("y\n", "region", "set", "sr0", "1")
        self.assertEqual(status, 0, shown)
        self.assertEqual(state("region_mask"), "fe")
        self.assertIn("1 (USA, Canada)", self.ctl("region", "get", NODE))
        self.assertEqual(self.json("region", "set", NODE, "2", "--yes")["region"],
                         {"drive": [2], "names": ["Europe, Japan, Middle East, South Africa"],
                          "user_changes": 3, "vendor_resets": 4})
        # the one that it has
        self.ctl("region", "set", NODE, "2", "-y")
        self.assertEqual(state("user_changes"), "3")
        # The disc is for 1 and 2.
        self.ctl("region", "set", NODE, "3", "-y", status=7,
                 error="STATUS_CSS_REGION_MISMATCH (c000030a)")

    def test_cannot_be_set_when_no_change_is_left(self):
        for region in ("1", "2", "1", "2", "1"):
            self.ctl("region", "set", NODE, region, "-y")
        error = self.error("region", "set", NODE, "2", "-y", status=7, cause="refused")
        self.assertEqual(error["ntstatus"]["name"], "STATUS_CSS_RESETS_EXHAUSTED")

    def test_is_not_there_for_every_drive(self):
        # no RPC scheme in what comes
        control(0, "short 6 1 a4")
        self.error("region", "get", NODE, status=7, cause="no-region")

    def test_is_read_without_a_disc(self):
        control(0, "eject")
        self.assertEqual(self.json("region", "get", NODE)["region"]["user_changes"], 5)


class Probe(Case):
    def tearDown(self):
        control(0, "clear")

    def test_goes_as_far_as_one_gets_without_keys(self):
        clear_log()
        self.assertIn("Authentication works.", self.ctl("probe", NODE))
        self.assertEqual(keys_sent(), [("a4", "00"), ("a3", "01"), ("a4", "02"),
                                       ("a4", "01"), ("a4", "3f")])
        self.assertEqual(state("css:"), "free free free free")
        data = self.json("probe", NODE)
        self.assertTrue(data["works"])
        self.assertEqual([step["ntstatus"]["value"] for step in data["steps"]],
                         ["0x00000000"] * 5)

    def test_says_which_step_failed_and_leaves_no_session(self):
        control(0, "sense 5 6f 0 1 a3")
        text = self.ctl("probe", NODE, status=7)
        self.assertRegex(text, r"send challenge +STATUS_CSS_AUTHENTICATION_FAILURE")
        self.assertEqual(state("css:"), "free free free free")
        control(0, "host 1 1 a4")
        data = self.json("probe", NODE, status=2)
        self.assertEqual((data["works"], len(data["steps"])), (False, 1))
        self.assertEqual(data["error"]["ntstatus"]["name"], "STATUS_DEVICE_NOT_CONNECTED")


class Raw(Case):
    def test_sends_any_code(self):
        self.assertIn("STATUS_SUCCESS (00000000)", self.ctl("raw", NODE, "GET_REGION"))
        for name in ("IOCTL_DVD_GET_REGION", "dvd_get_region", "0x00335014"):
            data = self.json("raw", NODE, name)
            self.assertEqual((data["name"], data["code"], data["information"], data["output"]),
                             ("IOCTL_DVD_GET_REGION", "0x00335014", 4, "01fc0005"))
        data = self.json("raw", NODE, "GET_REGION", "-l", "3", status=7)
        self.assertEqual(data["ntstatus"]["name"], "STATUS_BUFFER_TOO_SMALL")
        # READ_STRUCTURE of format 1: address 8, format 4, session 4, layer 1
        data = self.json("raw", NODE, "READ_STRUCTURE", "0000000000000000", "01000000",
                         "00:00:00:00", "00", "-l", "8")
        self.assertEqual(data["output"], "0600000001fc0000")
        self.assertIn("STATUS_INVALID_DEVICE_REQUEST",
                      self.ctl("raw", NODE, "0x00335ffc", status=7))

    def test_writes_the_output_to_a_file(self):
        self.ctl("raw", NODE, "GET_REGION", "-o", "/run/region")
        with open("/run/region", "rb") as file:
            self.assertEqual(file.read().hex(), "01fc0005")

    def test_asks_before_what_changes_the_drive(self):
        clear_log()
        self.ctl("raw", NODE, "SEND_KEY2", "fd", status=9,
                 error="stdin is not a terminal; use --yes")
        self.assertEqual(keys_sent(), [])
        status, shown = on_terminal("n\n", "raw", NODE, "SEND_KEY2", "fd")
        self.assertEqual(status, 9)
        self.assertIn("may change the drive permanently", shown)
        data = self.json("raw", NODE, "SEND_KEY2", "fd", "--yes", status=7)
        self.assertEqual(data["ntstatus"]["name"], "STATUS_INVALID_PARAMETER")


class Status(Case):
    """How a refusal is told, with what section 5 of the contract makes of each"""
    refusals = {
        "sense 3 2 0": "DEVICE_DATA_ERROR",
        "sense 2 4 0": "DEVICE_NOT_READY",
        "sense 4 8 3": "IO_DEVICE_ERROR",
        "sense 5 20 0": "INVALID_DEVICE_REQUEST",
        "sense 5 21 0": "NONEXISTENT_SECTOR",
        "sense 5 25 0": "NO_SUCH_DEVICE",
        "sense 2 30 1": "UNRECOGNIZED_MEDIA",
        "sense 2 30 3": "CLEANER_CARTRIDGE_INSTALLED",
        "sense 2 3a 1": "NO_MEDIA_IN_DEVICE",
        "sense 5 6f 0": "CSS_AUTHENTICATION_FAILURE",
        "sense 5 6f 1": "CSS_KEY_NOT_PRESENT",
        "sense 5 6f 2": "CSS_KEY_NOT_ESTABLISHED",
        "sense 5 6f 3": "CSS_SCRAMBLED_SECTOR",
        "sense 5 6f 4": "CSS_REGION_MISMATCH",
        "sense 5 6f 5": "CSS_RESETS_EXHAUSTED",
        "sense 5 6f 6": "COPY_PROTECTION_FAILURE",
        "sense 7 27 0": "MEDIA_WRITE_PROTECTED",
        "sense 8 64 0": "NO_DATA_DETECTED",
        "status 18": "DEVICE_BUSY",
        "host 1": "DEVICE_NOT_CONNECTED",
        "host 5": "IO_TIMEOUT",
    }
    exit_statuses = {"NO_SUCH_DEVICE": 2, "DEVICE_NOT_CONNECTED": 2,
                     "DEVICE_DOES_NOT_EXIST": 2, "NO_MEDIA_IN_DEVICE": 5}

    def tearDown(self):
        control(0, "clear")

    def refused(self, name):
        with open("include/uapi/linux/ntdvd.h") as file:
            value = re.search(rf"NTDVD_STATUS_{name}\s.*0x(\w+)", file.read())[1]
        status, _, complaint = self.run_as([], "structure", NODE, "physical")
        self.assertEqual(status, self.exit_statuses.get(name, 7))
        self.assertRegex(complaint, rf"cannot read the structure: STATUS_{name} "
                         rf"\({value}\): [a-z]+ ")

    def test_is_named_and_explained(self):
        for refusal, name in self.refusals.items():
            with self.subTest(refusal):
                control(0, refusal + " 1 ad")
                self.refused(name)

    def test_of_a_disc_that_changes_all_the_time_is_told(self):
        control(0, "sense 6 28 0 9 ad")
        self.refused("VERIFY_REQUIRED")

    def test_of_a_drive_that_is_offline_is_told(self):
        path = "/sys/block/sr0/device/state"
        for state_of_drive in ("offline", "running"):
            with open(path, "w") as file:
                file.write(state_of_drive + "\n")
            if state_of_drive == "offline":
                self.refused("DEVICE_DOES_NOT_EXIST")
        self.ctl("structure", NODE, "physical")


class Permission(Case):
    group = NOBODY + [f"--groups={CDROM}"]
    others = NOBODY + ["--clear-groups"]

    def test_is_given_by_the_group(self):
        status, _, complaint = self.run_as(self.others, "info", NODE)
        self.assertEqual(status, 4)
        self.assertIn("/dev/ntdvd0: permission denied (read)", complaint)
        self.assertIn("usermod -aG cdrom", complaint)
        error = self.error("info", NODE, prefix=self.others, status=4, cause="no-permission")
        self.assertEqual(error["errno"], "EACCES")
        self.assertEqual(self.run_as(self.group, "probe", NODE)[0], 0)

    def test_to_read_is_not_enough_to_set_the_region(self):
        os.chmod(NODE, 0o640)
        try:
            self.assertEqual(self.run_as(self.group, "region", "get", NODE)[0], 0)
            status, _, complaint = self.run_as(self.group, "region", "set", NODE, "1", "-y")
            self.assertEqual(status, 4)
            self.assertIn("permission denied (read and write)", complaint)
        finally:
            os.chmod(NODE, 0o660)

    def test_of_root_alone_is_explained(self):
        os.chown(NODE, 0, 0)
        try:
            error = self.error("info", NODE, prefix=self.others, status=4,
                               cause="no-permission")
            self.assertIn("udev rule", error["advice"])
        finally:
            os.chown(NODE, 0, CDROM)


class CommandLine(Case):
    wrong = {
        "": "Usage: ntdvdctl",
        "frobnicate": "frobnicate: no such command",
        "help frobnicate": "frobnicate: no such command",
        "--yes list": "--yes: no such option",
        "list all": "wrong number of arguments",
        "info": "wrong number of arguments",
        "info 0 1": "wrong number of arguments",
        "list --yes": "--yes: no such option of list",
        "list --frobnicate": "--frobnicate: no such option of list",
        "region": "wrong number of arguments",
        "region get": "wrong number of arguments",
        "region put 0": "region put: no such command",
        "region set 0": "wrong number of arguments",
        "region set 0 0 --yes": "0 is not a region",
        "region set 0 9 --yes": "9 is not a region",
        "region set 0 1x --yes": "1x is not a region",
        "structure 0": "wrong number of arguments",
        "structure 0 256": "256 is not a format",
        "structure 0 nonsense": "nonsense is not a format",
        "structure 0 0 --layer 256": "256 is not a layer",
        "structure 0 0 --layer": "option --layer needs an argument",
        "raw 0": "wrong number of arguments",
        "raw 0 nonsense": "nonsense is not a control code",
        "raw 0 GET_REGION 0": "the input is not hexadecimal",
        "raw 0 GET_REGION xy": "the input is not hexadecimal",
        "raw 0 GET_REGION --length -1": "-1 is not a length",
        "info /dev/null": "/dev/null is not a node of ntdvd",
        "trace 0 1": "wrong number of arguments",
        "monitor 0": "wrong number of arguments",
    }

    def test_mistakes_are_told_and_harm_nothing(self):
        clear_log()
        for arguments, message in self.wrong.items():
            with self.subTest(arguments):
                self.assertEqual(self.ctl(*arguments.split(), status=1, error=message), "")
        self.assertEqual(keys_sent(), [])

    def test_mistakes_are_told_in_json(self):
        for arguments, message in self.wrong.items():
            command = arguments.split()[:1]
            if command in ([], ["--yes"], ["help"], ["frobnicate"]):
                continue
            with self.subTest(arguments):
                error = self.error(*arguments.split(), status=1, cause="usage")
                self.assertEqual(error["message"], message)

    def test_utf8_passes_through(self):
        error = self.error("structure", "0", "ü€𝄞", status=1, cause="usage")
        self.assertEqual(error["message"], "ü€𝄞 is not a format")
        run = subprocess.run(["ntdvdctl", "structure", "0", b"\xff\xc3(\xed\xa0\x80", "--json"],
                             capture_output=True)
        self.assertEqual(json.loads(run.stdout)["error"]["message"],
                         "\ufffd\ufffd(\ufffd\ufffd\ufffd is not a format")
        self.assertIn("ü".encode(), subprocess.run(
            ["ntdvdctl", "structure", "0", "ü", "--json"], capture_output=True).stdout)

    def test_every_command_has_help(self):
        whole = self.ctl("--help")
        self.assertEqual(whole, self.ctl("help"))
        names = re.findall(r"^  ([a-z]+) ", whole, re.M)
        self.assertGreater(len(names), 8)
        for name in names:
            text = self.ctl("help", name)
            self.assertTrue(text.startswith("Usage: ntdvdctl " + name))
            self.assertEqual(text, self.ctl(name, "--help"))

    def test_colour_is_for_terminals(self):
        self.assertIn("\033[1m", on_terminal("", "list")[1])
        self.assertNotIn("\033", on_terminal("", "list", NO_COLOR="1")[1])
        self.assertNotIn("\033", self.ctl("list"))


class Completion(Case):
    def complete(self, shell, line):
        if shell == "fish":
            run = subprocess.run(["fish", "-c", "source tools/ntdvdctl/completion.fish; "
                                  f'complete -C "{line}"'], capture_output=True, text=True)
            return [row.split("\t")[0] for row in run.stdout.splitlines()]
        words = " ".join(f'"{word}"' for word in line.split(" "))
        if shell == "bash":
            script = (". tools/ntdvdctl/completion.bash; "
                      f"COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); "
                      '_ntdvdctl; printf "%s\\n" "${COMPREPLY[@]}"')
        else:
            # compadd, as the completion calls it, prints instead.
            script = ('compadd() { if [[ $1 = -a ]]; then print -rl -- ${(P)2}; '
                      "else print -rl -- $@; fi }; "
                      "_files() { }; "
                      f"words=({words}); CURRENT=$#words; "
                      ". tools/ntdvdctl/completion.zsh")
        run = subprocess.run([shell, "-c", script], capture_output=True, text=True)
        return [word for word in run.stdout.split() if word.startswith(line.split(" ")[-1])]

    def test_knows_commands_nodes_and_choices(self):
        for shell in ("bash", "zsh", "fish"):
            for line, expected in (
                    ("ntdvdctl str", ["structure"]),
                    ("ntdvdctl help mon", ["monitor"]),
                    ("ntdvdctl region get /dev/ntdvd1", ["/dev/ntdvd1"]),
                    ("ntdvdctl region set 0 8", ["8"]),
                    ("ntdvdctl structure 0 adi", ["adip"]),
                    ("ntdvdctl raw 0 IOCTL_AACS_READ_V", ["IOCTL_AACS_READ_VOLUME_ID"]),
                    ("ntdvdctl raw --le", ["--length"])):
                with self.subTest(shell=shell, line=line):
                    self.assertEqual(self.complete(shell, line), expected)


class Example(Case):
    def test_runs(self):
        run = subprocess.run([BUILD + "/example", NODE], capture_output=True, text=True)
        self.assertEqual(run.stdout, "drive's regions 00, the disc's 03, 5 changes left\n"
                         "AGID 0: the drive answered the challenge with 8 bytes\n")
        self.assertEqual((run.returncode, state("css:")), (0, "free free free free"))


class Readme(Case):
    def test_shows_a_real_run(self):
        with open("README.md", encoding="utf-8") as file:
            blocks = re.findall(r"^    \$ ntdvdctl.*?(?=^\S)", file.read(), re.M | re.S)
        shown = [line.strip() for line in "".join(blocks).splitlines() if line.strip()]
        self.assertGreater(len(shown), 3)
        ran = []
        for line in shown:
            if line.startswith("$ "):
                ran.append(line)
                ran += [row.strip() for row in
                        self.ctl(*line.split()[2:]).splitlines() if row.strip()]
        self.assertEqual(shown, ran)


class ZWithoutModule(Case):
    """The last, as they unload it."""

    def setUp(self):
        sh("rmmod", "ntdvd")

    def tearDown(self):
        sh("modprobe", "ntdvd")
        settle()

    def test_it_says_how_to_load_it(self):
        text = self.ctl("list", status=3, error="sudo modprobe ntdvd")
        self.assertIn("-             /dev/sr0", text)
        self.error("info", NODE, status=3, cause="module-not-loaded")
        self.error("trace", status=3, cause="module-not-loaded")
        data = self.json("list", status=3)
        self.assertIsNone(data["drives"][0]["node"])
        self.assertEqual(data["error"]["cause"], "module-not-loaded")

    def test_it_says_how_to_build_it(self):
        release = os.uname().release
        sh("mv", f"/lib/modules/{release}/modules.dep", "/run/")
        try:
            self.error("sessions", status=3, cause="module-not-built")
        finally:
            sh("mv", "/run/modules.dep", f"/lib/modules/{release}/")


if __name__ == "__main__":
    tap.main()
