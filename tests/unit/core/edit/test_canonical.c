/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/edit/canonical.h"
#include "core/language/manifest.h"
#include "core/util/intern.h"
#include "tests/unit/check.h"
#include "tests/unit/model_text.h"

/* The canonical text, or what is wrong. */
static const char *formatted(struct arena *a, const char *file, const char *text)
{
	struct str out = STR(a);
	struct report report = {.arena = a};
	struct error *error = canonical_text(file, text, strlen(text), &report, &out);
	if (report.errors) {
		assert_null(error);
		return arena_printf(a, "%u: %s", report.items.at[0].at.line, report.items.at[0].id);
	}
	if (!error)
		return str_text(&out);
	const char *message = arena_printf(a, "%u: %s", error->where.line, error->message);
	error_free(error);
	return message;
}

struct row {
	const char *text, *canonical; /* NULL: as it is */
};

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		ARENA a = {0};
		assert_string_equal(formatted(&a, "t.yaml", rows[i].text),
				    rows[i].canonical ? rows[i].canonical : rows[i].text);
	}
}

#define ROLE "kind: AdminRole\n"

static void keys_stand_in_the_order_of_the_tables(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"spec: {members: [a], role: r}\nmetadata: {labels: {b: x, a: y}, name: n}\n"
		 "kind: AdminRole\napiVersion: writ/v1\n",
		 "apiVersion: writ/v1\nkind: AdminRole\nmetadata: {name: n, labels: {b: x, a: "
		 "y}}\nspec: {role: r, members: [a]}\n"},
		{ROLE "spec:\n  members:\n    - reason: x\n      account: b\n    - a\n  role: r\n",
		 ROLE "spec:\n  role: r\n  members:\n    - account: b\n      reason: x\n    - a\n"},
		/* What is no key stands behind all that are, as it stood. */
		{"z: 1\n" ROLE "y: 2\n", ROLE "z: 1\ny: 2\n"},
		{"b: 1\na: 2\n", NULL},
		/* A document may have none. */
		{" {}", "{}\n"},
		{"# a\n\n{ } # b\n---\n{}\n", "# a\n\n{}\n\n# b\n---\n{}\n"},
	};
	check_rows(rows, COUNT(rows));
}

static void blanks_and_quotes_are_the_same_everywhere(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"", NULL},
		{"a:   1   \nb: [ x,y ,{c: 1,d: 2} ]\r\n\r\n\r\n\nc: {}\n\n",
		 "a: 1\nb: [x, y, {c: 1, d: 2}]\n\nc: {}\n"},
		{"a:\n      b:\n           - c\n", "a:\n  b:\n    - c\n"},
		{"a:\n- b\n- c: d\n  e: f\n-\n  g: h\n",
		 "a:\n  - b\n  - c: d\n    e: f\n  - g: h\n"},
		{"a: 'b'\nc: \"d\"\ne: 'it''s'\n\"f\": 'yes'\ng: '1'\nh: \"\\u0041\"\n",
		 "a: b\nc: d\ne: \"it's\"\nf: \"yes\"\ng: \"1\"\nh: \"\\u0041\"\n"},
		{"a: [ ]\nb: { }\nc: [\n]\nd:\ne: ~\n", "a: []\nb: {}\nc: []\nd:\ne: ~\n"},
		{"a: [\n  b, {c: d},\n  {e: f,\n   g: h}]\n",
		 "a:\n  - b\n  - {c: d}\n  - e: f\n    g: h\n"},
		{"a: [b: c]\n", "a: [{b: c}]\n"},
		{"{a: {b: c}}\n", "a: {b: c}\n"},
		{"a: b", "a: b\n"},
		{"? a\n: b\n", "a: b\n"},
	};
	check_rows(rows, COUNT(rows));
}

static void long_values_are_broken_where_they_were(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"a: >-\n      one\n      two\nb: |-\n three\n",
		 "a: >-\n  one\n  two\nb: |-\n  three\n"},
		{"a:\n      b: one\n          two\n", "a:\n  b: one\n    two\n"},
		{"a:\n- 'one\n\n  two'\n", "2: E0208"},
		{"a: \"one \n     two\\ \n  three \\\n    four\"\n",
		 "a: \"one\n  two\\ \n  three \\\n  four\"\n"},
		{"a: >2-\n  one\n",
		 "1: write the value without a number or a comment behind \"|\" or \">\""},
		{"a: >- # why\n  one\n",
		 "1: write the value without a number or a comment behind \"|\" or \">\""},
	};
	check_rows(rows, COUNT(rows));
}

static void comments_stay_with_what_they_are_about(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"# head\n\n\n\n# second\n" ROLE "# tail", "# head\n\n# second\n" ROLE "# tail\n"},
		{"#a\n---\n#b\na: 1 #c\n---\n# d\n---\n---\nb: 2\n",
		 "#a\n---\n#b\na: 1 #c\n---\n# d\n---\nb: 2\n"},
		{"---   # a\n" ROLE, "# a\n" ROLE},
		{"# head\nspec: # spec\n    # members\n    members: # here\n    # first\n    - a   "
		 "# "
		 "one\n      # deeper\n    # role\n    role: r\n  # end of spec\n# end\n" ROLE,
		 "# head\n# end\n" ROLE
		 "spec: # spec\n  # role\n  role: r\n  # members\n  members: # here\n"
		 "    # first\n    - a   # one\n    # deeper\n  # end of spec\n"},
		{ROLE "spec:\n  members:\n    - # dash\n      reason: x # why\n      # who\n      "
		      "account: b\n      # end\n",
		 ROLE "spec:\n  members:\n    # dash\n    # who\n    - account: b\n      reason: x "
		      "# why\n      # end\n"},
		{"a: [ # open\n  b, # one\n  # two\n  c\n  # last\n] # close\nd: 1\n",
		 "a: # open\n  - b # one\n  # two\n  - c\n  # last\n  # close\nd: 1\n"},
		{"a: [ # none\n]\nb:\n  # value\n  c\n", "# none\na: []\n# value\nb: c\n"},
		{"a: 1#2\nb: \"# no\"\nc: >-\n  # no\n", NULL},
	};
	check_rows(rows, COUNT(rows));
}

static void what_has_no_canonical_form_is_told(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"a: [\n", "2: E0301"},
		{"\xEF\xBB\xBF"
		 "a: 1\n",
		 "1: E0201"},
		{"a: 1\n...\n", "2: \"...\" ends the document; leave it out, and begin the next "
				"one with \"---\""},
		{"a: 1\n...\nb: 1\n", "3: E0301"},
		{"a: 1\n---\n\na:\n  - - b\n", "5: a list stands in a list"},
		{"? \"a\n  b\"\n: c\n", "1: the key stands on more than one line"},
	};
	check_rows(rows, COUNT(rows));
	ARENA a = {0};
	assert_string_equal(formatted(&a, "t.json", "{ \"a\":1}"), "{ \"a\":1}");
}

/* ---- generated files ---- */

struct dice {
	uint64_t seed;
	struct str *out;
	bool flow; /* within braces: one line */
};

static uint32_t roll(struct dice *d, uint32_t sides)
{
	d->seed = d->seed * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(d->seed >> 33) % sides;
}

static void add_blanks(struct dice *d, int indent)
{
	for (int i = 0; i < indent; i++)
		str_addc(d->out, ' ');
}

/* The rest of a line, and what may stand between it and the next. */
static void end_line(struct dice *d)
{
	static const char *const ends[] = {"", " # said", "\t# tab", "   #", "  "};
	static const char *const between[] = {
		"", "\n", "\n\n  \n", "# zero\n", "      # six\n", "  # two\n\n"};
	if (d->flow)
		return;
	str_add(d->out, roll(d, 3) ? "" : ends[roll(d, COUNT(ends))]);
	str_add(d->out, roll(d, 8) ? "\n" : "\r\n");
	str_add(d->out, roll(d, 4) ? "" : between[roll(d, COUNT(between))]);
}

/* A value in one of the spellings that it has. */
static void add_word(struct dice *d, const char *word)
{
	bool plain = !strpbrk(word, ":#,'\"") && word[0] && !strchr(" -0123456789", word[0]);
	switch (roll(d, plain ? 4 : 2)) {
	case 0:
		str_addc(d->out, '"');
		for (; *word; word++)
			str_printf(d->out, *word == '"' ? "\\%c" : "%c", *word);
		str_addc(d->out, '"');
		break;
	case 1:
		str_addc(d->out, '\'');
		for (; *word; word++)
			str_printf(d->out, *word == '\'' ? "'%c" : "%c", *word);
		str_addc(d->out, '\'');
		break;
	default:
		str_add(d->out, word);
	}
}

static const char *any_word(struct dice *d)
{
	static const char *const words[] = {"moves files",
					    "it's: so",
					    "# no comment",
					    "a \"quote\"",
					    "yes",
					    "x, y",
					    "Grüße",
					    "12",
					    "- dash",
					    "no more than",
					    "adobe@example.com"};
	return words[roll(d, COUNT(words))];
}

enum { FIELDS = 6 };
struct written_pair {
	const char *key;
	void (*add)(struct dice *d, int indent);
	const char *word; /* NULL: `add` writes the value, "" any word */
};

/* The pairs in any order and style, each with even chances to be there unless it is due. */
static void add_mapping(struct dice *d, const struct written_pair *pairs, unsigned due, int indent,
			bool dashed)
{
	unsigned order[FIELDS], count = 0;
	for (unsigned i = 0; i < FIELDS && pairs[i].key; i++) {
		if ((due >> i & 1) || roll(d, 2))
			order[count++] = i;
	}
	for (unsigned i = count; i > 1; i--) {
		unsigned k = roll(d, i), other = order[k];
		order[k] = order[i - 1];
		order[i - 1] = other;
	}
	bool flow = d->flow;
	str_add(d->out, flow ? "{ " : "");
	for (unsigned i = 0; i < count; i++) {
		const struct written_pair *p = &pairs[order[i]];
		if (!flow)
			add_blanks(d, i || !dashed ? indent : 0);
		str_printf(d->out, "%s%s:", flow && i ? "," : "", p->key);
		if (p->word) {
			str_addc(d->out, ' ');
			add_word(d, *p->word ? p->word : any_word(d));
			end_line(d);
		} else {
			p->add(d, indent);
		}
	}
	str_add(d->out, flow ? " }" : "");
}

/* Items on lines or in brackets, also over several lines. */
static void add_items(struct dice *d, int indent, void (*add)(struct dice *d, int indent))
{
	uint32_t count = roll(d, 4), style = d->flow ? 0 : roll(d, 4);
	bool flow = d->flow;
	if (count == 0 || style < 2) {
		d->flow = true;
		str_add(d->out, " [");
		for (uint32_t i = 0; i < count; i++) {
			str_add(d->out, i ? "," : "");
			if (style == 1) {
				str_add(d->out, roll(d, 2) ? " # in brackets\n" : "\n\n");
				add_blanks(d, indent + 1 + (int)roll(d, 4));
			}
			add(d, indent);
		}
		str_add(d->out, " ]");
		d->flow = flow;
		end_line(d);
		return;
	}
	int deeper = indent + 2 * (int)roll(d, 3);
	end_line(d);
	for (uint32_t i = 0; i < count; i++) {
		d->flow = false;
		add_blanks(d, deeper);
		str_add(d->out, "- ");
		d->flow = roll(d, 2);
		bool line = d->flow;
		add(d, deeper + 2);
		d->flow = false;
		if (line)
			end_line(d);
	}
	d->flow = flow;
}

static void add_role(struct dice *d, int indent)
{
	static const struct written_pair pairs[FIELDS] = {{"role", NULL, "support-administrator"},
							  {"reason", NULL, ""},
							  {"ticket", NULL, "OPS-1"},
							  {"expires", NULL, "2027-03-31"}};
	add_mapping(d, pairs, 1, indent, true);
}

static void add_product(struct dice *d, int indent)
{
	static const struct written_pair pairs[FIELDS] = {{"product", NULL, "Adobe Express"},
							  {"profile", NULL, "Default"},
							  {"reason", NULL, ""},
							  {"ticket", NULL, "OPS-1"}};
	add_mapping(d, pairs, 3, indent, true);
}

static void add_member(struct dice *d, int indent)
{
	static const struct written_pair user[FIELDS] = {{"user", NULL, "jane@example.com"},
							 {"type", NULL, "federatedID"},
							 {"reason", NULL, ""}};
	static const struct written_pair group[FIELDS] = {{"group", NULL, "Group: one"},
							  {"reason", NULL, ""}};
	add_mapping(d, roll(d, 2) ? user : group, 1, indent, true);
}

static void add_roles(struct dice *d, int indent)
{
	add_items(d, indent, add_role);
}

static void add_products(struct dice *d, int indent)
{
	add_items(d, indent, add_product);
}

static void add_members(struct dice *d, int indent)
{
	add_items(d, indent, add_member);
}

static void add_below(struct dice *d, const struct written_pair *pairs, unsigned due, int indent)
{
	bool flow = d->flow;
	if (!flow && roll(d, 3) == 0) {
		str_addc(d->out, ' ');
		d->flow = true;
		add_mapping(d, pairs, due, 0, true);
		d->flow = false;
	} else if (flow) {
		str_addc(d->out, ' ');
		add_mapping(d, pairs, due, 0, true);
		return;
	} else {
		end_line(d);
		add_mapping(d, pairs, due, indent + 1 + (int)roll(d, 4), false);
		return;
	}
	end_line(d);
}

static void add_labels(struct dice *d, int indent)
{
	static const struct written_pair pairs[FIELDS] = {
		{"team", NULL, ""}, {"b", NULL, "2"}, {"a", NULL, "yes"}};
	add_below(d, pairs, 1, indent);
}

static void add_metadata(struct dice *d, int indent)
{
	static const struct written_pair pairs[FIELDS] = {{"name", NULL, "some-name"},
							  {"labels", add_labels, NULL}};
	add_below(d, pairs, 1, indent);
}

static void add_account(struct dice *d, int indent)
{
	static const struct written_pair pairs[FIELDS] = {
		{"description", NULL, ""},	 {"owner", NULL, "team@example.com"},
		{"adminRoles", add_roles, NULL}, {"products", add_products, NULL},
		{"unlisted", NULL, "report"},
	};
	add_below(d, pairs, 1, indent);
}

static void add_assignment(struct dice *d, int indent)
{
	static const struct written_pair pairs[FIELDS] = {{"role", NULL, "support-administrator"},
							  {"members", add_members, NULL},
							  {"unlisted", NULL, "keep"}};
	add_below(d, pairs, 3, indent);
}

/* One or more documents, in the arena. */
static const char *generate(struct arena *a, uint64_t seed)
{
	struct str out = STR(a);
	struct dice d = {seed, &out, false};
	for (uint32_t i = 0; i == 0 || (i < 4 && roll(&d, 2)); i++) {
		bool account = roll(&d, 2);
		const struct written_pair pairs[FIELDS] = {
			{"apiVersion", NULL, "writ/v1"},
			{"kind", NULL, account ? "TechnicalAccount" : "AdminRole"},
			{"metadata", add_metadata, NULL},
			{"spec", account ? add_account : add_assignment, NULL}};
		str_add(&out, i || roll(&d, 2) ? "---" : "");
		str_add(&out, i && roll(&d, 2) ? " # next\n" : "\n");
		add_mapping(&d, pairs, 15, 0, false);
	}
	return str_text(&out);
}

/* What a file says, or its first error. */
static const char *meaning(struct arena *a, const char *text)
{
	struct report report = {.arena = a};
	struct intern *strings = intern_new();
	struct stored_file_vec files = {0};
	struct model model = {0};
	const struct manifest_reader reader = {.strings = strings, .arena = a, .report = &report};
	vec_push(a, &files,
		 (struct stored_file){.path = "t.yaml", .bytes = text, .len = strlen(text)});
	manifest_parse(&reader, NULL, &files, &model);
	if (report.errors)
		print_error("%s%u: %s\n", text, report.items.at[0].at.line,
			    report.items.at[0].summary);
	assert_int_equal(report.errors, 0);
	const char *out = model_text(a, &model);
	intern_free(strings);
	return out;
}

/* CANONICAL_FILES in the environment is how many. */
static void generated_files_keep_their_meaning(void **state)
{
	(void)state;
	const char *many = getenv("CANONICAL_FILES");
	unsigned long count = many ? strtoul(many, NULL, 10) : 300, changed = 0;
	for (unsigned long seed = 1; seed <= count; seed++) {
		ARENA a = {0};
		const char *text = generate(&a, seed), *canonical = formatted(&a, "t.yaml", text);
		if (strncmp(canonical, "apiVersion: ", 12) != 0 && canonical[0] != '#')
			print_error("seed %lu: %s\n%s", seed, canonical, text);
		assert_true(!strncmp(canonical, "apiVersion: ", 12) || canonical[0] == '#');
		assert_string_equal(formatted(&a, "t.yaml", canonical), canonical);
		assert_string_equal(meaning(&a, text), meaning(&a, canonical));
		changed += strcmp(text, canonical) != 0;
	}
	assert_true(changed > count / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_stand_in_the_order_of_the_tables),
		cmocka_unit_test(blanks_and_quotes_are_the_same_everywhere),
		cmocka_unit_test(long_values_are_broken_where_they_were),
		cmocka_unit_test(comments_stay_with_what_they_are_about),
		cmocka_unit_test(what_has_no_canonical_form_is_told),
		cmocka_unit_test(generated_files_keep_their_meaning),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
