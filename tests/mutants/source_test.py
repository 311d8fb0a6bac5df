#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What is made of a source, and that a mutant is found again after a move."""
import unittest

import schema
import source

FUNCTION = """
/* a < b */
static int f(struct drive *drive, u32 n)
{
	const u8 *data = drive->data;
	u32 status = 0;

	lockdep_assert_held(&drive->lock);
	if (n < 4 && data)
		return -EINVAL;
	forget(drive);
	return status ? 0 : SIZE;
}
"""

TABLE = """
static const struct row rows[] = {
	{ ANY, 0x04, f },
	{ KEY, 0x05, f },
};
"""


def changes(text):
	return [mutant.change for mutant in source.mutants_of("a.c", text)]


def made(text, change):
	mutant = next(m for m in source.mutants_of("a.c", text) if m.change == change)
	return text[:mutant.start] + mutant.new + text[mutant.end:]


class FunctionTest(unittest.TestCase):
	def test_changes(self):
		for change in ("< -> <=", "4 -> 5", "4 -> 3", "&& -> ||", "if never",
			       "if always", "operand data of && dropped",
			       "operand n < 4 of && dropped", "return -EINVAL -> -EIO",
			       "statement dropped", "negated before ?",
			       "SIZE -> SIZE + 1", "SIZE -> SIZE - 1", "0 -> 1"):
			with self.subTest(change):
				self.assertIn(change, changes(FUNCTION))

	def test_what_they_make(self):
		self.assertIn("if (n < 4 || data)", made(FUNCTION, "&& -> ||"))
		self.assertIn("if (n < 4 && 1)", made(FUNCTION, "operand data of && dropped"))
		self.assertIn("\n\t;\n\treturn status", made(FUNCTION, "statement dropped"))
		self.assertIn("return !(status) ? 0", made(FUNCTION, "negated before ?"))

	def test_left_alone(self):
		"""comments, declarations, pointers and assertions"""
		text = "\n".join(made(FUNCTION, change) for change in changes(FUNCTION))
		for part in ("/* a < b */", "struct drive *drive", "const u8 *data =",
			     "lockdep_assert_held(&drive->lock);"):
			self.assertEqual(text.count(part), len(changes(FUNCTION)))

	def test_lines_stay(self):
		for mutant in source.mutants_of("a.c", FUNCTION):
			new = FUNCTION[:mutant.start] + mutant.new + FUNCTION[mutant.end:]
			self.assertEqual(FUNCTION.count("\n"), new.count("\n"), mutant.key)

	def test_where(self):
		mutants = source.mutants_of("a.c", FUNCTION)
		self.assertEqual({"f"}, {mutant.where for mutant in mutants})
		self.assertEqual({9}, {m.line for m in mutants if m.change == "< -> <="})


class TableTest(unittest.TestCase):
	def test_changes(self):
		self.assertEqual(2, changes(TABLE).count("row dropped"))
		self.assertIn("cell 0 ANY -> KEY", changes(TABLE))
		self.assertIn("0x05 -> 0x06", changes(TABLE))
		self.assertIn("{ KEY, 0x04, f },", made(TABLE, "cell 0 ANY -> KEY"))


class SchemaTest(unittest.TestCase):
	"""All mutants in one source"""

	@staticmethod
	def woven(text, change):
		mutant = next(m for m in source.mutants_of("a.c", text) if m.change == change)
		return schema.with_mutants(text, [(7, mutant)])

	def test_function(self):
		text = self.woven(FUNCTION, "< -> <=")
		self.assertIn("static noinline  int f__7(struct drive *drive, u32 n)\n{", text)
		self.assertEqual(1, text.count("if (n <= 4 && data)"))
		self.assertEqual(1, text.count("if (n < 4 && data)"))
		self.assertIn("{ switch (ntdvd_mutant) { case 7: return f__7(drive, n); }", text)

	def test_function_of_no_value(self):
		text = self.woven(FUNCTION.replace("int f", "void f"), "< -> <=")
		self.assertIn("case 7: f__7(drive, n); return;", text)

	def test_table(self):
		text = self.woven(TABLE, "0x05 -> 0x06")
		self.assertIn("struct row rows__0[] = {", text)
		self.assertIn("static typeof(rows__0) rows__7 = {\n\t{ ANY, 0x04, f },\n"
			      "\t{ KEY, 0x06, f },\n};", text)
		self.assertIn("case 7: return &rows__7;", text)
		self.assertIn("#define rows (*rows__pick())", text)

	def test_untouched(self):
		self.assertEqual(schema.DECLARE + FUNCTION, schema.with_mutants(FUNCTION, []))

	def test_refused(self):
		messages = """mutant-7:3:2: error: expected expression
mutant-8:3:2: warning: comparison
x.c: In function 'f__9':
include/x.h:1:2: error: call to '__compiletime_assert_1'
mutant-10: In function 'f__10':
mutant-10:1:1: warning: unused"""
		self.assertEqual({7, 9}, schema.refused(messages))
		self.assertEqual({8, 10}, schema.refused(messages, "warning"))


class KeyTest(unittest.TestCase):
	def test_unique(self):
		twice = FUNCTION.replace("\tforget(drive);\n", "\tforget(drive);\n" * 2)
		keys = [mutant.key for mutant in source.mutants_of("a.c", twice)]
		self.assertEqual(len(keys), len(set(keys)))

	def test_survives_a_move(self):
		moved = "static int g;\n\n" + FUNCTION
		self.assertEqual([mutant.key for mutant in source.mutants_of("a.c", FUNCTION)],
				 [mutant.key for mutant in source.mutants_of("a.c", moved)])


if __name__ == "__main__":
	unittest.main()
