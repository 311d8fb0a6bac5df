# SPDX-License-Identifier: GPL-2.0-only
"""Makes mutants of C sources in the kernel's style: one small change each.

A tokenizer and the nesting of brackets are enough; what the compiler does not
take is no mutant.
"""
import collections
import re

from expressions import Expressions, KEYWORDS, NAMES, OPERATORS, RELATIONS, TYPES
from tokens import CLOSING

# Checks of the kernel's and of the compiler's: without them the module is the
# same program.
ASSERTIONS = {"lockdep_assert_held", "BUILD_BUG_ON", "static_assert",
	      "might_sleep"}


class Source(Expressions):
	"""The mutants of functions and tables."""

	def mutants(self):
		for brace, definition in self.definitions():
			self.where = definition.name
			if definition.is_table:
				self.table(brace, self.pair[brace])
			else:
				self.function(brace, self.pair[brace])
		return self.numbered()

	def numbered(self):
		"""With keys that survive a move: the nth such change of such a line."""
		seen = collections.Counter()
		result, known = [], set()
		for mutant in self.found:
			change = (mutant.start, mutant.end, mutant.new)
			if change in known:
				continue
			known.add(change)
			key = f"{mutant.file} {mutant.where}: {mutant.change} in: {mutant.text}"
			seen[key] += 1
			if seen[key] > 1:
				key += f" #{seen[key]}"
			result.append(mutant._replace(key=key))
		return result

	# tables, and structures at the top

	def table(self, begin, end):
		rows = self.split(begin, end)
		lists = []
		for first, last in rows:
			opening = next((i for i in range(first, last + 1)
					if self.tokens[i].text in "{("), None)
			if opening is None or self.pair[opening] != last:
				self.values(first, last)
				continue
			cells = self.split(opening, last)
			lists.append((first, last, cells))
		columns = collections.defaultdict(list)
		for _, _, cells in lists:
			for column, (first, last) in enumerate(cells):
				value = " ".join(self.span(first, last).split())
				if value not in columns[column]:
					columns[column].append(value)
		for first, last, cells in lists:
			self.add(first, last + (self.tokens[last + 1].text == ","), "",
				 "row dropped")
			for column, cell in enumerate(cells):
				self.cell(column, *cell, columns[column])

	def cell(self, column, first, last, values):
		value = " ".join(self.span(first, last).split())
		if self.tokens[first].text == ".":
			self.add(first, last + (self.tokens[last + 1].text == ","), "",
				 f"{value} dropped")
		elif len(values) > 1:
			new = values[(values.index(value) + 1) % len(values)]
			self.add(first, last, new, f"cell {column} {value} -> {new}")
		self.values(first, last)

	def values(self, first, last):
		for i in range(first, last + 1):
			if self.tokens[i].kind == "number":
				self.number(i)
			elif self.tokens[i].text in NAMES:
				self.swap(i, NAMES)

	# functions

	def function(self, begin, end):
		i = begin + 1
		while i < end:
			token = self.tokens[i]
			if token.text in ASSERTIONS:
				i = self.pair[i + 1]
			elif token.text == "[" and self.is_declared(i):
				i = self.pair[i]
			else:
				self.token(i, end)
			i += 1

	def is_declared(self, bracket):
		return self.tokens[bracket - 2].text in TYPES

	def token(self, i, end):
		token, text = self.tokens[i], self.tokens[i].text
		if token.kind == "number":
			self.number(i)
		elif text in RELATIONS:
			self.swap(i, RELATIONS)
		elif text in OPERATORS and self.is_binary(i):
			self.swap(i, OPERATORS)
			if text in ("&&", "||"):
				self.operands(i)
		elif text == "?":
			self.ternary(i)
		elif text in NAMES:
			self.swap(i, NAMES)
		elif re.match(r"(get|put)_unaligned_[bl]e", text):
			new = text.replace("_be", "_??").replace("_le", "_be").replace("_??", "_le")
			self.add(i, i, new, f"{text} -> {new}")
		elif text in ("if", "while"):
			self.condition(i)
		elif text == "sizeof" or self.is_length(i):
			self.length(i)
		elif text == "case":
			self.label(i)
		if self.begins_statement(i):
			self.statement(i, end)
		if self.is_call(i):
			self.call(i)
		if text == "." and self.tokens[i - 1].text in ("{", ","):
			self.designated(i)

	def begins_statement(self, i):
		before = self.tokens[i - 1].text
		if before in ("else", "do", "{", "}"):
			return self.is_block(self.outer[i]) or before in ("else", "do")
		if before == ";":
			return self.tokens[self.outer[i]].text == "{"
		if before == ":":
			return self.is_block(self.outer[i]) and self.is_label(i - 1)
		return before == ")" and self.tokens[self.pair[i - 1] - 1].text in (
			"if", "for", "while", "switch", "list_for_each_entry") and \
			self.tokens[i].text != ";"

	def is_label(self, i):
		while self.tokens[i].text not in ("case", "default", ";", "{", "}", "?"):
			i -= 1
			if i < 0:
				return False
		return self.tokens[i].text != "?"

	def is_block(self, brace):
		return brace is not None and self.tokens[brace].text == "{" and \
			self.tokens[brace - 1].text not in ("=", ",", "{") and \
			not self.is_cast(brace - 1)

	def statement(self, i, end):
		token = self.tokens[i]
		last = i
		while last < end and self.tokens[last].text != ";":
			last = self.pair[last] if self.tokens[last].text in CLOSING else last
			last += 1
		if token.text == "return":
			if last > i + 1:
				self.returned(i + 1, last - 1)
			return
		if token.text in ("break", "continue", "goto"):
			self.add(i, last, ";", f"{self.span(i, last)} dropped")
			return
		if token.kind == "name":
			if token.text in KEYWORDS or token.text in TYPES or \
			   token.text in ASSERTIONS or self.tokens[i + 1].kind == "name" or \
			   self.tokens[i + 1].text == ":" or self.tokens[i - 1].text == "do":
				return
		elif token.text != "*":
			return
		if self.tokens[i + 1].text == "*" and self.tokens[i + 2].kind == "name":
			return		# a declaration
		if self.tokens[self.pair.get(i + 1, i)].text == ")" and \
		   self.tokens[self.pair[i + 1] + 1].text != ";":
			return		# a loop of a macro's
		self.add(i, last, ";", "statement dropped")

	def returned(self, first, last):
		old = self.span(first, last)
		if old in ("true", "false"):
			return
		new = {"0": "-EIO", "NULL": "ERR_PTR(-EIO)"}.get(old)
		if old.startswith("NTDVD_STATUS_"):
			new = "NTDVD_STATUS_NO_DATA_DETECTED"
		elif old.startswith("-E"):
			new = "-EIO" if old != "-EIO" else "-EPERM"
		elif not new and "?" not in old:
			new = "0"
		if new:
			self.add(first, last, new, f"return {' '.join(old.split())} -> {new}")


def mutants_of(name, text):
	return Source(name, text).mutants()
