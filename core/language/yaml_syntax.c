/* SPDX-License-Identifier: Apache-2.0 */
/* What libyaml refuses, in words for who wrote it. */
#include <string.h>

#include "core/language/yaml_syntax.h"

/* What libyaml finds most often when people write, in words of ours. */
struct syntax {
	const char *problem, *context; /* libyaml's; context NULL: any */
	const char *what, *remedy;
	bool at_beginning;    /* the error is where libyaml's context began, not where it ended */
	const char *unclosed; /* the same, and what is said, where that is never closed; or NULL */
};

#define MARK_OF_YAML "a value begins with a mark of YAML's own", "put the value in double quotes"
#define COLON "mapping values are not allowed in this context"
static const struct syntax syntaxes[] = {
	{COLON, "", "a colon and a blank stand in a value", "put the value in double quotes"},
	{COLON, NULL, "a key is indented below a value",
	 "begin it in the column of the keys that it belongs to"},
	{"did not find expected key", "while parsing a block mapping",
	 "something else stands where a key is due",
	 "all keys of a mapping begin in the same column, and a value ends with its line"},
	{"did not find expected '-' indicator", NULL, "something else stands where an item is due",
	 "all items of a list begin with \"- \" in the same column"},
	{"could not find expected ':'", NULL, "a line is neither a key nor an item",
	 "write \"key: value\", or indent it when it goes on with the value above", true},
	{"did not find expected ',' or ']'", NULL, "a list in brackets goes wrong here",
	 "separate items with commas, close it with \"]\", and quote what has brackets",
	 .unclosed = "a list in brackets is not closed"},
	{"did not find expected ',' or '}'", NULL, "a mapping in braces goes wrong here",
	 "separate \"key: value\" with commas, close it with \"}\", and quote what has braces",
	 .unclosed = "a mapping in braces is not closed"},
	{"found character that cannot start any token", NULL, MARK_OF_YAML},
	{NULL, "while scanning an alias", MARK_OF_YAML},
	{NULL, "while scanning an anchor", MARK_OF_YAML},
	{NULL, "while scanning a block scalar", MARK_OF_YAML},
	{"mapping keys are not allowed in this context", NULL, MARK_OF_YAML},
	{"block sequence entries are not allowed in this context", NULL,
	 "a dash and a blank stand where a value begins",
	 "put the value in double quotes, or begin a list on the next line"},
	{"did not find expected node content", NULL, "no value stands where one is due",
	 "take out the mark that is too many, or put the value in double quotes"},
	{"found unexpected end of stream", "while scanning a quoted scalar",
	 "a quote is not closed", "close it on its line", true},
	{"found unexpected document indicator", "while scanning a quoted scalar",
	 "a quote is not closed", "close it on its line", true},
	{"found unknown escape character", NULL,
	 "a backslash in double quotes begins an escape that YAML does not have", "write it twice"},
};

/* Where a line of the source begins; NULL: it has no such line. */
static const char *line_start(const struct yaml_source *s, size_t line)
{
	const char *at = s->text, *end = s->text + s->len;
	while (line-- && (at = memchr(at, '\n', (size_t)(end - at))))
		at++;
	return at;
}

/* Whether the line has more than one colon that could end a key. */
static bool has_two_colons(const struct yaml_source *s, size_t line)
{
	const char *at = line_start(s, line), *end = s->text + s->len;
	unsigned count = 0;
	for (; at && at < end && *at != '\n'; at++)
		count += *at == ':' && (at + 1 == end || strchr(" \r\n", at[1]));
	return count > 1;
}

static const struct syntax *find_syntax(const struct yaml_reader *r, const yaml_parser_t *y)
{
	for (size_t i = 0; y->problem && i < sizeof(syntaxes) / sizeof(*syntaxes); i++) {
		const struct syntax *x = &syntaxes[i];
		bool fits = !x->problem || !strcmp(x->problem, y->problem);
		if (x->context && *x->context)
			fits = fits && y->context && !strcmp(x->context, y->context);
		else if (x->context)
			fits = fits && has_two_colons(r->source, y->problem_mark.line);
		if (fits)
			return x;
	}
	return NULL;
}

static size_t indentation(const struct yaml_source *s, size_t line)
{
	const char *at = line_start(s, line), *end = s->text + s->len;
	size_t blanks = 0;
	while (at && at + blanks < end && at[blanks] == ' ')
		blanks++;
	return blanks;
}

/* Whether what libyaml read from its context mark on was never closed: the text has come to its
 * end, or to a line that belongs to what stands around. */
static bool is_unclosed(const struct yaml_reader *r, const yaml_parser_t *y)
{
	const struct yaml_source *s = r->source;
	size_t line = y->problem_mark.line, begins = y->context_mark.line;
	const char *at = line_start(s, line);
	if (!at || at == s->text + s->len)
		return true;
	return line > begins && indentation(s, line) <= indentation(s, begins);
}

/* libyaml's own words stand behind ours, for who looks for them. */
void yaml_report_syntax(struct yaml_reader *r, const yaml_parser_t *y)
{
	const struct syntax *x = find_syntax(r, y);
	bool unclosed = x && x->unclosed && is_unclosed(r, y);
	bool begins = y->context && (unclosed || (x && x->at_beginning));
	struct location at = yaml_mark_place(r, begins ? &y->context_mark : &y->problem_mark);
	const char *problem = y->problem ? y->problem : "cannot be read";
	const char *context = y->context ? arena_printf(r->report->arena, "%s", y->context) : NULL;
	if (!x) {
		report_add(r->report, SEVERITY_ERROR, "E0301", at, 1, context, "YAML: %s", problem);
		return;
	}
	const char *detail = arena_printf(r->report->arena, "%s (YAML: %s%s%s)", x->remedy, problem,
					  context ? "; " : "", context ? context : "");
	report_add(r->report, SEVERITY_ERROR, "E0301", at, 1, detail, "%s",
		   unclosed ? x->unclosed : x->what);
}
