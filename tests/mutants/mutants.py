#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Makes small changes to drivers/ntdvd/ and tells which of them KUnit does not notice."""
import argparse
import collections
import glob
import os
import queue
import re
import sys
import threading
import time

import kernel
import source

HERE = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.realpath(os.path.join(HERE, "../.."))
DRIVER = "drivers/ntdvd"
# The suites do not have main.c. What differs between kernels, make matrix tests; the
# fields of trace events are not C.
LEFT_OUT = {"main.c", "compat.h", "trace.h"}
AT_ONCE = 40		# in one boot
EPILOG = """The changed functions and tables are built into one module, beside the
originals, and the KUnit suites run in user-mode Linux once for each. One that hangs or
crashes counts as caught. What survives and is not in tests/mutants/equals fails the run.
The tests of user space do not run: what only they can see stands in that list, as a
function or a line that is left to them."""


def read_equals(path):
	"""The list of known equals: a reason, and indented below it the mutants."""
	equals, reason = {}, None
	with open(path, encoding="utf-8") as file:
		for number, line in enumerate(file, 1):
			text = line.strip()
			if not text or text.startswith("#"):
				continue
			if not line[0].isspace():
				reason = text
			elif reason is None:
				kernel.fail(f"{path}:{number}: no reason stands before this mutant")
			elif text in equals:
				kernel.fail(f"{path}:{number}: listed twice: {text}")
			else:
				equals[text] = reason
	return equals


def changed_lines(base):
	"""By file, the lines that are new since @base, a git commit."""
	text = kernel.output(["git", "diff", "-U0", base, "--", DRIVER], TOP)
	lines, name = collections.defaultdict(set), None
	for line in text.split("\n"):
		if line.startswith("+++ "):
			name = line[6:]
		match = re.match(r"@@ \S+ \+(\d+)(?:,(\d+))? @@", line)
		if match:
			first, count = int(match.group(1)), int(match.group(2) or 1)
			lines[name].update(range(first, first + count))
	return lines


def find_mutants(options):
	"""The sources by name, and their mutants."""
	texts, found = {}, []
	changed = changed_lines(options.diff) if options.diff else None
	for path in sorted(glob.glob(f"{TOP}/{DRIVER}/*.[ch]")):
		name = os.path.relpath(path, TOP)
		if os.path.basename(name) in LEFT_OUT:
			continue
		with open(path, encoding="utf-8") as file:
			texts[name] = file.read()
		for mutant in source.mutants_of(name, texts[name]):
			if changed is not None and mutant.line not in changed[name]:
				continue
			if options.only and not re.search(options.only, mutant.key):
				continue
			found.append(mutant)
	return texts, found


class Run:
	"""Mutants by number, from 1 on, and what became of each."""

	def __init__(self, options, equals):
		self.options = options
		self.texts, found = find_mutants(options)
		self.mutants = dict(enumerate(found, 1))
		self.results = {number: "left" for number, mutant in self.mutants.items()
				if f"{mutant.file} {mutant.where}: *" in equals}
		self.todo = queue.Queue()
		self.lock = threading.Lock()
		self.faults = []
		self.step = 0

	def go(self):
		numbers = [number for number in self.mutants if number not in self.results]
		if not numbers:
			return
		tree = kernel.Tree(TOP, self.options.tree, self.options.kernel,
				   self.texts)
		print(f">> building {len(numbers)} mutants", flush=True)
		for number in tree.build({n: self.mutants[n] for n in numbers}):
			self.results[number] = "refused"
			numbers.remove(number)
		self.machine = kernel.Machine(TOP, self.options, tree.modules)
		try:
			self.machine.measure()
		except RuntimeError as error:
			kernel.fail(str(error))
		for i in range(0, len(numbers), AT_ONCE):
			self.todo.put(numbers[i:i + AT_ONCE])
		workers = [threading.Thread(target=self.worker)
			   for _ in range(self.options.jobs)]
		for worker in workers:
			worker.start()
		for worker in workers:
			worker.join()
		if self.faults:
			kernel.fail(self.faults[0])

	def worker(self):
		try:
			while not self.faults:
				self.judge(self.todo.get_nowait())
		except queue.Empty:
			pass
		except (RuntimeError, OSError) as error:
			self.faults.append(str(error))

	def judge(self, numbers):
		while numbers:
			verdicts = self.machine.run(numbers)
			for number, verdict in verdicts.items():
				self.note(number, verdict)
			numbers = numbers[len(verdicts):]

	def note(self, number, verdict):
		with self.lock:
			self.results[number] = "survived" if verdict == "passed" else "caught"
			done = len(self.results)
			mutant = self.mutants[number]
			if self.options.verbose:
				print(f"{mutant.file}:{mutant.line}: {verdict}: {mutant.key}",
				      flush=True)
			elif done * 20 // len(self.mutants) > self.step:
				self.step = done * 20 // len(self.mutants)
				print(f">> {done} of {len(self.mutants)} mutants", flush=True)


def report(run, equals):
	"""Prints what survived, the figures by file, and the count."""
	counts = collections.defaultdict(collections.Counter)
	failed = 0
	for number, mutant in run.mutants.items():
		result = run.results[number]
		if result == "survived" and mutant.key in equals:
			result = "equal"
		elif result == "survived":
			failed += 1
			print(f"{mutant.file}:{mutant.line}: survived: {mutant.key}")
		elif result == "caught" and mutant.key in equals:
			failed += 1
			print(f"{mutant.file}:{mutant.line}: caught, but in the list of "
			      f"equals: {mutant.key}")
		counts[mutant.file][result] += 1
	if not run.options.diff and not run.options.only:
		known = {mutant.key for mutant in run.mutants.values()}
		known |= {f"{m.file} {m.where}: *" for m in run.mutants.values()}
		for key in sorted(set(equals) - known):
			failed += 1
			print(f"in the list of equals, but not made: {key}")
	columns = ("caught", "equal", "left", "survived")
	print(f"{'file':24} {'made':>8} " + " ".join(f"{name:>8}" for name in columns))
	passed = 0
	for name, count in counts.items():
		made = sum(count[column] for column in columns)
		passed += count["caught"] + count["equal"] + count["left"]
		print(f"{name:24} {made:8} " +
		      " ".join(f"{count[column]:8}" for column in columns))
	print(f"{passed} passed, {failed} failed")
	return failed == 0


def main():
	parser = argparse.ArgumentParser(prog="tests/mutants/run", description=__doc__,
					 epilog=EPILOG)
	parser.add_argument("--kernel", required=True, help=argparse.SUPPRESS)
	parser.add_argument("--tree", required=True, help=argparse.SUPPRESS)
	parser.add_argument("--diff", metavar="BASE",
			    help="only lines that differ from this git commit")
	parser.add_argument("--only", metavar="REGEX",
			    help="only mutants whose line in the report matches")
	parser.add_argument("--jobs", type=int, default=os.cpu_count(),
			    help="so many kernels at once (default: one a processor)")
	parser.add_argument("--verbose", action="store_true",
			    help="tell of each mutant what became of it")
	parser.add_argument("--list", action="store_true",
			    help="print the mutants and run none")
	options = parser.parse_args()
	if options.list:
		for mutant in find_mutants(options)[1]:
			print(f"{mutant.file}:{mutant.line}: {mutant.key}")
		return
	start = time.monotonic()
	equals = read_equals(f"{HERE}/equals")
	run = Run(options, equals)
	run.go()
	print(f">> {time.monotonic() - start:.0f} seconds")
	sys.exit(0 if report(run, equals) else 1)


if __name__ == "__main__":
	main()
