# SPDX-License-Identifier: GPL-2.0-only
"""Builds the suites with all mutants, and runs them in user-mode kernels."""
import collections
import glob
import os
import queue
import signal
import subprocess
import sys
import threading
import time

import schema

# A module of its own: before 6.8 suites run before their module has its parameters.
MUTANT_C = """// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
extern int ntdvd_mutant;
int ntdvd_mutant;
EXPORT_SYMBOL_GPL(ntdvd_mutant);
module_param_named(number, ntdvd_mutant, int, 0600);
MODULE_LICENSE("GPL");
"""


def fail(message):
	print(f"ntdvd: {message}", file=sys.stderr)
	sys.exit(1)


def output(command, directory):
	result = subprocess.run(command, cwd=directory, capture_output=True, text=True,
				check=False)
	if result.returncode:
		fail(result.stderr.strip())
	return result.stdout


class Tree:
	"""
	A copy of the tree, with the mutants in its sources. It stays, so that the next
	time only what has changed is built.
	"""

	def __init__(self, origin, path, kernel, texts):
		self.path = os.path.realpath(path)
		self.kernel = kernel
		self.texts = texts
		self.modules = f"{self.path}/tests/kunit"
		for folder in ("drivers/ntdvd", "include/uapi/linux", "tests/kunit", "tests/drive"):
			os.makedirs(f"{self.path}/{folder}", exist_ok=True)
			for name in glob.glob(f"{origin}/{folder}/*.[ch]"):
				relative = os.path.relpath(name, origin)
				if relative in texts:	# build() writes that
					continue
				with open(name, encoding="utf-8") as file:
					self.write(relative, file.read())
		self.write("tests/kunit/ntdvd_mutant.c", MUTANT_C)
		with open(f"{origin}/tests/kunit/Kbuild", encoding="utf-8") as file:
			self.write("tests/kunit/Kbuild", file.read() + "obj-m += ntdvd_mutant.o\n")

	def write(self, name, text):
		path = f"{self.path}/{name}"
		if os.path.exists(path):
			with open(path, encoding="utf-8") as file:
				if file.read() == text:
					return
		with open(path, "w", encoding="utf-8") as file:
			file.write(text)

	def make(self):
		# in English, for schema.refused()
		return subprocess.run(
			["make", "-k", f"-j{os.cpu_count()}", "-C", f"{self.kernel}/build",
			 "ARCH=um", f"M={self.path}/tests/kunit", "modules"],
			stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
			env=dict(os.environ, LANG="C", LC_ALL="C"), check=False)

	def build(self, mutants):
		"""
		Returns the numbers of those that the compiler does not take. Nor does it
		if it warns, as the module has no warnings.
		"""
		mutants, refused = dict(mutants), set()
		stale = set(self.texts)
		while True:
			for name in stale:
				self.write(name, schema.with_mutants(
					self.texts[name], [(number, mutant)
							   for number, mutant in mutants.items()
							   if mutant.file == name]))
			result = self.make()
			refused |= schema.refused(result.stdout, "warning")
			if result.returncode == 0:
				return refused
			new = schema.refused(result.stdout) & set(mutants)
			if not new:
				self.write("log", result.stdout)
				fail(f"the mutants do not build: see {self.path}/log")
			refused |= new
			stale = {mutants.pop(number).file for number in new}


class Machine:
	"""Runs mutants in a user-mode kernel."""

	def __init__(self, top, options, modules):
		self.command = [f"{top}/tests/uml/boot", "--kernel",
				f"{options.kernel}/build/linux", "--modules",
				f"{options.kernel}/lib/modules", "--timeout", "3600",
				"--keep", options.tree, "--",
				f"{top}/tests/mutants/guest", modules]
		self.top = top
		self.original = None
		self.patience = 300	# seconds of silence

	def measure(self):
		"""What the original gives, and how long a hang may last."""
		start = time.monotonic()
		self.original = self.run_some(["-", "0"])[0]
		if not self.original.startswith("passed"):
			fail(f"the suites fail without a mutant: {self.original}")
		self.patience = max(30, 10 * (time.monotonic() - start))

	def run(self, numbers):
		"""
		Returns {number: verdict}, in the order of @numbers, as far as the kernel
		was to be trusted.
		"""
		return {number: "passed" if verdict == self.original else verdict
			for number, verdict in
			self.run_some([self.original] + numbers).items()}

	def run_some(self, arguments):
		"""A machine that is busy may not come to start a kernel in time."""
		for _ in range(3):
			verdicts = self.boot(arguments)
			if verdicts:
				return verdicts
		raise RuntimeError("the user-mode kernel ran nothing, three times")

	def boot(self, arguments):
		with subprocess.Popen(self.command + [str(a) for a in arguments], cwd=self.top,
				      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
				      stdin=subprocess.DEVNULL, text=True) as process:
			return self.follow(process)

	def follow(self, process):
		lines = queue.Queue()

		def pump():
			for line in process.stdout:
				lines.put(line)
			lines.put(None)

		threading.Thread(target=pump, daemon=True).start()
		verdicts, running, hung = {}, None, False
		while True:
			try:
				line = lines.get(timeout=self.patience)
			except queue.Empty:
				kill_all(process.pid)
				hung = True
				continue
			if line is None:
				break
			words = line.strip().split(" ", 1)
			if words[0] == "run":
				running = words[1]
			elif words[0] == running and len(words) == 2:
				verdicts[int(running)] = words[1]
				running = None
		process.wait()
		if running:
			verdicts[int(running)] = "a hang" if hung else "a crash"
		return verdicts


def kill_all(pid):
	"""A process and its descendants: a user-mode kernel has a session of its own."""
	parents = collections.defaultdict(list)
	for path in glob.glob("/proc/[0-9]*/stat"):
		try:
			with open(path, encoding="ascii", errors="replace") as file:
				fields = file.read().rpartition(")")[2].split()
		except OSError:
			continue
		parents[int(fields[1])].append(int(path.split("/")[2]))
	doomed = [pid]
	for parent in doomed:
		doomed += parents[parent]
	for one in doomed:
		try:
			os.kill(one, signal.SIGKILL)
		except ProcessLookupError:
			pass
