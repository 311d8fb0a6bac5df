# SPDX-License-Identifier: GPL-2.0-only
"""Mutants of what is smaller than a statement."""
import collections
import re

from tokens import CLOSING, Text

RELATIONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
OPERATORS = {"&&": "||", "||": "&&", "+": "-", "-": "+", "&": "|", "|": "&",
	     "<<": ">>", ">>": "<<", "+=": "-=", "-=": "+=", "|=": "&=", "&=": "|="}
NAMES = {"true": "false", "false": "true", "min": "max", "max": "min",
	 "min_t": "max_t", "max_t": "min_t"}
TYPES = {"struct", "union", "enum", "const", "static", "unsigned", "int", "bool",
	 "char", "long", "short", "u8", "u16", "u32", "u64", "s64", "size_t", "void",
	 "typeof", "static_assert", "extern"}
KEYWORDS = {"if", "else", "for", "while", "do", "switch", "case", "default",
	    "return", "break", "continue", "goto", "sizeof", "typeof"}

Mutant = collections.namedtuple(
	"Mutant", "file line where start end new change text key")


class Expressions(Text):
	"""One source, and the mutants that are found of it."""

	def __init__(self, name, text):
		super().__init__(text)
		self.name = name
		self.found = []
		self.where = ""

	def add(self, first, last, new, change):
		"""A mutant: the tokens from @first to @last become @new."""
		start, end = self.tokens[first].start, self.tokens[last].end
		old = self.text[start:end]
		if old == new:
			return
		new += "\n" * (old.count("\n") - new.count("\n"))	# lines stay
		line = self.text.count("\n", 0, start) + 1
		text = " ".join(self.text.split("\n")[line - 1].split())
		self.found.append(Mutant(self.name, line, self.where, start, end, new,
					 change, text, None))

	def swap(self, i, table):
		old = self.tokens[i].text
		self.add(i, i, table[old], f"{old} -> {table[old]}")

	def number(self, i):
		old = self.tokens[i].text
		if re.match(r"0\d+$", old):		# a file's mode
			self.add(i, i, "0444", f"{old} -> 0444")
			return
		value = int(re.sub(r"[uUlL]+$", "", old), 0)
		shape = "0x{:02x}" if old.startswith("0x") else "{}"
		suffix = re.search(r"[uUlL]*$", old).group() if not old.startswith("0x") else ""
		for new in (value + 1, value - 1):
			if new >= 0:
				new = shape.format(new) + suffix
				self.add(i, i, new, f"{old} -> {new}")

	def is_binary(self, i):
		before = self.tokens[i - 1]
		return (before.kind in ("number", "char") or before.text in (")", "]") or
			(before.kind == "name" and before.text not in KEYWORDS)) and \
			not self.is_cast(i - 1) and not self.is_pointer(i)

	def is_cast(self, i):
		"""Does the bracket that ends there hold a type?"""
		if self.tokens[i].text != ")":
			return False
		opening = self.pair[i]
		before = self.tokens[opening - 1]
		if before.kind == "name" and before.text not in KEYWORDS:
			return False
		return self.tokens[opening + 1].text in TYPES or \
			self.tokens[i - 1].text == "*"

	def is_pointer(self, i):
		return self.tokens[i].text == "*"

	def operands(self, i):
		"""The operands of && and ||, each as if it were not there."""
		op = self.tokens[i].text
		neutral = "1" if op == "&&" else "0"
		stop = {"&&", "||", ",", ";", "?", ":", "=", "return", "|=", "&="}
		for step in (-1, 1):
			last = i + step
			while True:
				after = self.tokens[last]
				if after.text in (CLOSING.values() if step < 0 else CLOSING):
					last = self.pair[last]
				elif after.text in stop or after.text in "(){}[]":
					break
				last += step
			first, last = sorted((i + step, last - step))
			old = " ".join(self.span(first, last).split())
			self.add(first, last, neutral, f"operand {old} of {op} dropped")

	def ternary(self, i):
		first = i - 1
		while self.tokens[first].text not in ("=", "return", ",", ";", "{", "(", "?", ":"):
			if self.tokens[first].text in ")]":
				first = self.pair[first]
			first -= 1
		if self.tokens[i + 1].text == ":":	# the short form
			return
		old = self.span(first + 1, i - 1)
		self.add(first + 1, i - 1, f"!({old})", "negated before ?")

	def condition(self, i):
		"""if and while: never, and always."""
		if self.tokens[i + 1].text != "(":
			return
		opening, closing = i + 1, self.pair[i + 1]
		old = self.span(opening, closing)
		keyword = self.tokens[i].text
		self.add(opening, closing, f"(0 && {old})", f"{keyword} never")
		if keyword == "if":
			self.add(opening, closing, f"(1 || {old})", f"{keyword} always")

	def is_length(self, i):
		"""A constant that counts something"""
		token = self.tokens[i]
		return token.kind == "name" and token.text.isupper() and \
			bool(re.search(r"SIZE|AGIDS|TRIES|CLASSES|LEN|^HZ$|_MAX$", token.text))

	def length(self, i):
		last = i
		if self.tokens[i].text == "sizeof":
			if self.tokens[i + 1].text != "(":
				return
			last = self.pair[i + 1]
		old = self.span(i, last)
		for sign in "+-":
			self.add(i, last, f"({old} {sign} 1)", f"{old} -> {old} {sign} 1")

	def label(self, i):
		last = i
		while self.tokens[last].text != ":":
			last += 1
		self.add(i, last, "", f"{self.span(i, last)} dropped")

	def is_call(self, i):
		return self.tokens[i].kind == "name" and self.tokens[i + 1].text == "(" and \
			self.tokens[i].text not in KEYWORDS | {"likely", "unlikely"} | set(NAMES) and \
			not self.tokens[i].text.startswith("trace_")

	def call(self, i):
		"""Two arguments side by side change places."""
		parts = self.split(i + 1, self.pair[i + 1])
		for (a, b), (c, d) in zip(parts, parts[1:]):
			self.add(a, d, f"{self.span(c, d)}, {self.span(a, b)}",
				 f"{self.tokens[i].text}(): " +
				 " ".join(f"{self.span(a, b)} and {self.span(c, d)} swapped".split()))

	def designated(self, i):
		"""A member of an initializer is zero."""
		last, around = i, self.outer[i]
		while not (self.outer[last] == around and self.tokens[last].text == ",") and \
		      last < self.pair[around]:
			last += 1
		if self.tokens[last].text == ",":
			old = " ".join(self.span(i, last).split())
			self.add(i, last, "", f"{old} dropped")
