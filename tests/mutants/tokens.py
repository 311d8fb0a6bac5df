# SPDX-License-Identifier: GPL-2.0-only
"""C in the kernel's style as tokens, with the nesting of their brackets."""
import collections
import re

TOKEN = re.compile(r"""
	(?P<comment>/\*.*?\*/|//[^\n]*)
	|(?P<string>"(?:\\.|[^"\\])*")
	|(?P<char>'(?:\\.|[^'\\])*')
	|(?P<number>(?:0x[0-9a-fA-F]+|\d+)[uUlL]*)
	|(?P<name>[A-Za-z_]\w*)
	|(?P<op>->|\+\+|--|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||\+=|-=|\*=|/=|&=|\|=|\^=|
		\.\.\.|[-+*/%&|^~!<>=?:;,.(){}\[\]\#])
	""", re.X | re.S)
CLOSING = {"(": ")", "[": "]", "{": "}"}

Token = collections.namedtuple("Token", "kind text start end")
# At the top of a file: the offsets of a function or an initialized variable, of its
# brace, and of what comes after it
Definition = collections.namedtuple(
	"Definition", "name is_table start brace end name_start returns parameters")


def tokenize(text):
	"""The tokens but for comments and preprocessor lines."""
	blank = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*",
		       lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.M)
	return [Token(m.lastgroup, m.group(), m.start(), m.end())
		for m in TOKEN.finditer(blank) if m.lastgroup != "comment"]


class Text:
	"""One source: its tokens, and which bracket belongs to which."""

	def __init__(self, text):
		self.text = text
		self.tokens = tokenize(text)
		self.pair = {}
		self.outer = []		# index of the bracket around each token
		stack = []
		for i, token in enumerate(self.tokens):
			if token.text in CLOSING.values() and token.kind == "op" and stack:
				self.pair[stack[-1]] = i
				self.pair[i] = stack.pop()
			self.outer.append(stack[-1] if stack else None)
			if token.text in CLOSING and token.kind == "op":
				stack.append(i)

	def span(self, first, last):
		return self.text[self.tokens[first].start:self.tokens[last].end]

	def split(self, opening, closing):
		"""The parts between the commas of a bracket, as first and last token."""
		parts, first = [], opening + 1
		for i in range(opening + 1, closing + 1):
			if i == closing or (self.tokens[i].text == "," and
					    self.outer[i] == opening):
				if i > first:
					parts.append((first, i - 1))
				first = i + 1
		return parts

	def definitions(self):
		"""Each with the index of its brace."""
		head = i = 0
		while i < len(self.tokens):
			text = self.tokens[i].text
			if text == ";":
				head = i + 1
			elif text == "{":
				before = self.tokens[i - 1].text
				if before == ")":
					yield i, self.function_definition(head, i)
					head = self.pair[i] + 1
				elif before == "=":
					yield i, self.table_definition(head, i)
				i = self.pair[i]
			elif text in CLOSING:
				i = self.pair[i]
			i += 1

	def function_definition(self, head, brace):
		opening = self.pair[brace - 1]
		name = opening - 1
		parameters = [self.tokens[last].text
			      for _, last in self.split(opening, brace - 1)]
		return Definition(self.tokens[name].text, False, self.tokens[head].start,
				  self.tokens[brace].start,
				  self.tokens[self.pair[brace]].end, self.tokens[name].start,
				  self.tokens[name - 1].text != "void",
				  [word for word in parameters if word != "void"])

	def table_definition(self, head, brace):
		name = brace - 2
		while self.tokens[name].text == "]":
			name = self.pair[name] - 1
		return Definition(self.tokens[name].text, True, self.tokens[head].start,
				  self.tokens[brace].start,
				  self.tokens[self.pair[brace] + 1].end,
				  self.tokens[name].start, True, [])
