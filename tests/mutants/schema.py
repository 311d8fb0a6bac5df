# SPDX-License-Identifier: GPL-2.0-only
"""Puts all mutants of a source into it, so that one build has them all.

Each is a copy of its function or table beside the original; ntdvd_mutant, a parameter
of a module beside, says which is in use.
"""
import re

import tokens

DECLARE = "extern int ntdvd_mutant;\n"
# What a copy is not: it is only called in its place.
LINKAGE = re.compile(r"\b(VISIBLE_IF_KUNIT|static|inline|__always_inline)\b")


def copy_of(text, definition, number, mutant):
	"""A function or table with the change of a mutant, under a name of its own."""
	name = f"{definition.name}__{number}"
	body = text[definition.brace:mutant.start] + mutant.new + \
		text[mutant.end:definition.end]
	# the compiler's messages then tell whose they are
	line = f'#line 1 "mutant-{number}"\n'
	if definition.is_table:
		return f"{line}static typeof({definition.name}__0) {name} = {body}\n"
	after = definition.name_start + len(definition.name)
	head = LINKAGE.sub("", text[definition.start:definition.name_start]) + name + \
		text[after:definition.brace]
	return f"{line}static noinline {head}{body}\n"


def with_function(text, definition, numbered):
	copies = "".join(copy_of(text, definition, *item) for item in numbered)
	cases = ""
	for number, _ in numbered:
		call = f"{definition.name}__{number}({', '.join(definition.parameters)});"
		cases += f"case {number}: " + \
			(f"return {call} " if definition.returns else f"{call} return; ")
	brace = definition.brace + 1
	return f'{copies}#line 1 "original"\n' + text[definition.start:brace] + \
		f" switch (ntdvd_mutant) {{ {cases}}}" + text[brace:definition.end]


def with_table(text, definition, numbered):
	name = definition.name
	copies = "".join(copy_of(text, definition, *item) for item in numbered)
	cases = "".join(f"case {number}: return &{name}__{number}; "
			for number, _ in numbered)
	at = definition.name_start + len(name)
	return text[definition.start:at] + "__0" + text[at:definition.end] + \
		f'\n{copies}#line 1 "original"\n' \
		f"static typeof({name}__0) *{name}__pick(void)\n" \
		f"{{ switch (ntdvd_mutant) {{ {cases}}} return &{name}__0; }}\n" \
		f"#define {name} (*{name}__pick())\n"


def with_mutants(text, numbered):
	"""The source with the mutants, which are pairs of number and mutant."""
	result, at = DECLARE, 0
	for _, definition in tokens.Text(text).definitions():
		inside = [item for item in numbered
			  if definition.start <= item[1].start < definition.end]
		if not inside:
			continue
		weave = with_table if definition.is_table else with_function
		result += text[at:definition.start] + weave(text, definition, inside)
		at = definition.end
	return result + text[at:]


def refused(messages, kind="error"):
	"""The numbers of the mutants of which the compiler says something of that kind."""
	found, function = set(), None
	for line in messages.split("\n"):
		match = re.search(r"In function ['‘]\w+?(?:__(\d+))?['’]", line)
		if match:
			function = match.group(1)
		if f"{kind}:" in line:
			match = re.match(r"mutant-(\d+):", line)
			if match:
				found.add(int(match.group(1)))
			elif function:
				found.add(int(function))
	return found
