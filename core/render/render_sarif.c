/* SPDX-License-Identifier: Apache-2.0 */
/* A review as SARIF 2.1.0, for code scanning: each result on the line that causes it. */
#include <string.h>

#include "core/model/version.h"
#include "core/render/escape.h"
#include "core/render/format.h"
#include "core/util/json.h"
#include "core/util/percent.h"

#define RESULTS_MAX 5000 /* GitHub shows so many of a run */

VEC(rule_vec, const char *);

static size_t find_rule(const struct rule_vec *rules, const char *rule)
{
	size_t i = 0;
	while (i < rules->len && strcmp(rules->at[i], rule) != 0)
		i++;
	return i;
}

static void collect_rules(const struct review *r, struct arena *a, struct rule_vec *rules)
{
	for (size_t i = 0; i < r->sections.len; i++) {
		const struct review_section *s = &r->sections.at[i];
		for (size_t k = 0; k < s->items.len && !s->again; k++) {
			if (find_rule(rules, s->items.at[k].rule) == rules->len)
				vec_push(a, rules, s->items.at[k].rule);
		}
	}
}

static void add_message(struct str *out, const char *name, const char *text)
{
	json_put_key(out, name);
	str_add(out, "{\"text\": ");
	escape_sarif(out, text);
	str_addc(out, '}');
}

static void add_rules(struct str *out, const struct rule_vec *rules)
{
	json_put_key(out, "rules");
	str_addc(out, '[');
	for (size_t i = 0; i < rules->len; i++) {
		str_add(out, i ? ",\n  {" : "\n  {");
		json_put_text(out, "id", rules->at[i]);
		add_message(out, "shortDescription", review_rule_text(rules->at[i]));
		str_addc(out, '}');
	}
	str_addc(out, ']');
}

static void add_region(struct str *out, struct location at, const struct review_item *item)
{
	bool ends = item->end_line && item->at.file;
	json_put_key(out, "region");
	str_printf(out, "{\"startLine\": %u", at.line ? at.line : 1);
	if (at.line && at.column)
		str_printf(out, ", \"startColumn\": %u", at.column);
	if (ends && at.line && item->end_line >= at.line)
		str_printf(out, ", \"endLine\": %u", item->end_line);
	if (ends && at.column && item->end_line == at.line && item->end_column > at.column)
		str_printf(out, ", \"endColumn\": %u", item->end_column);
	str_addc(out, '}');
}

static void add_place(struct str *out, struct location at, const struct review_item *item)
{
	struct str uri = STR(out->arena);
	percent_encode(&uri, at.file, "/");
	json_put_key(out, "locations");
	str_add(out, "[{\"physicalLocation\": {\"artifactLocation\": {");
	json_put_text(out, "uri", str_text(&uri));
	str_addc(out, '}');
	add_region(out, at, item);
	str_add(out, "}}]");
}

static void add_result(struct str *out, const struct review *r, const struct review_item *item,
		       const struct rule_vec *rules)
{
	struct location at = review_at(r, item);
	str_addc(out, '{');
	json_put_text(out, "ruleId", item->rule);
	json_put_number(out, "ruleIndex", (int64_t)find_rule(rules, item->rule));
	json_put_text(out, "level", review_level_name(item->level));
	add_message(out, "message", review_sentence(out->arena, item));
	if (at.file)
		add_place(out, at, item);
	json_put_key(out, "partialFingerprints");
	str_addc(out, '{');
	json_put_text(out, "writFinding/v1", review_fingerprint(out->arena, item));
	str_addc(out, '}');
	if (item->of) {
		json_put_key(out, "properties");
		str_addc(out, '{');
		json_put_text(out, "organization", item->of);
		str_addc(out, '}');
	}
	str_addc(out, '}');
}

/* Adds the results; returns how many of them there was no room for. */
static size_t add_results(struct str *out, const struct review *r, const struct rule_vec *rules)
{
	size_t count = 0, over = 0;
	json_put_key(out, "results");
	str_addc(out, '[');
	for (size_t i = 0; i < r->sections.len; i++) {
		const struct review_section *s = &r->sections.at[i];
		for (size_t k = 0; k < s->shown && !s->again; k++) {
			if (count == RESULTS_MAX) {
				over++;
				continue;
			}
			str_add(out, count++ ? ",\n  " : "\n  ");
			add_result(out, r, &s->items.at[k], rules);
		}
	}
	str_addc(out, ']');
	return over;
}

static void add_notification(struct str *out, enum review_level level, const char *text)
{
	str_addc(out, '{');
	json_put_text(out, "level", review_level_name(level));
	add_message(out, "message", text);
	str_addc(out, '}');
}

/* Adds the invocation, which says the headline and what was left out. */
static void add_invocation(struct str *out, const struct review *r, size_t over)
{
	struct arena *a = out->arena;
	const char *left_out = review_left_out(r, a);
	json_put_key(out, "invocations");
	str_add(out, "[{\"executionSuccessful\": true, \"toolExecutionNotifications\": [");
	add_notification(out, LEVEL_NOTE,
			 arena_printf(a, "%s. %s", r->alarm ? r->alarm : r->calm, r->headline));
	if (left_out) {
		str_add(out, ", ");
		add_notification(out, LEVEL_WARNING,
				 arena_printf(a, "Left out to stay within %zu bytes: %s.",
					      r->budget, left_out));
	}
	if (over) {
		str_add(out, ", ");
		add_notification(out, LEVEL_WARNING,
				 arena_printf(a, "Left out: %zu result%s beyond the first %d.",
					      over, over == 1 ? "" : "s", RESULTS_MAX));
	}
	str_add(out, "]}]");
}

static void add_properties(struct str *out, const struct review *r)
{
	json_put_key(out, "properties");
	str_addc(out, '{');
	for (size_t i = 0; i < r->outputs.len; i++)
		json_put_text(out, r->outputs.at[i].name, r->outputs.at[i].value);
	str_addc(out, '}');
}

void render_sarif(struct str *out, const struct review *r)
{
	struct rule_vec rules = {0};
	collect_rules(r, out->arena, &rules);
	str_add(out, "{\"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\", "
		     "\"version\": \"2.1.0\", \"runs\": [{\"tool\": {\"driver\": {");
	json_put_text(out, "name", "writ");
	json_put_text(out, "version", WRIT_VERSION);
	add_rules(out, &rules);
	str_add(out, "}}");
	json_put_key(out, "automationDetails");
	str_addc(out, '{');
	/* The text up to the last slash is the category: a site keeps the newest run of each
	 * category. */
	json_put_text(out, "id",
		      arena_printf(out->arena, "writ/%s/%s%s", r->subject,
				   r->organization ? r->organization : "",
				   r->organization ? "/" : ""));
	str_addc(out, '}');
	/* Columns are counted in code points, as everywhere in writ. */
	json_put_text(out, "columnKind", "unicodeCodePoints");
	size_t over = add_results(out, r, &rules);
	add_invocation(out, r, over);
	add_properties(out, r);
	str_add(out, "}]}\n");
}
