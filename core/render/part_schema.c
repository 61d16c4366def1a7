/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/part_schema.h"

#include <string.h>

#include "core/util/json.h"

const struct part part_principal[] = {
	{"kind", "\"enum\": [\"technicalAccount\", \"user\", \"group\", \"project\"]",
	 "what it is"},
	{"name", TEXT, "its name or e-mail address, of a project its id"},
	{0},
};
const struct part part_entitlement[] = {
	{"kind", "\"enum\": [\"role\", \"product\", \"api\"]",
	 "an admin role, a product profile, or an API of an account's credential"},
	{"role", TEXT, "the role", .optional = true},
	{"product", TEXT_OR_NULL, "the product; not of an API", .optional = true},
	{"profile", TEXT_OR_NULL, "the profile; not of an API", .optional = true},
	{"group", TEXT_OR_NULL, "the user group of a role", .optional = true},
	{"api", TEXT, "the API, by catalogue name or code", .optional = true},
	{0},
};
const struct part part_location[] = {
	{"file", TEXT, "the manifest"},
	{"line", COUNT, "from 1"},
	{"column", COUNT, "from 1, in code points"},
	{0},
};

static const struct part position[] = {
	{"line", COUNT, "from 1"},
	{"column", COUNT, "from 1, in code points"},
	{0},
};
static const struct part range[] = {
	{"filename", TEXT, "the file; empty: none"},
	{"start", .help = "where it begins", .parts = position},
	{"end", .help = "just behind it", .parts = position},
	{0},
};
const struct part part_attested[] = {
	{"by", TEXT, "who says so, as claimed"},
	{"at", MOMENT, "when"},
	{"why", TEXT, "in their words"},
	{0},
};
const struct part part_diagnostic[] = {
	{"severity", "\"enum\": [\"error\", \"warning\"]", "how bad"},
	{"id", TEXT, "its id, which `writ validate --explain` tells"},
	{"summary", TEXT, "what is wrong"},
	{"detail", TEXT, "what to do; may be empty"},
	{"range", .help = "where", .parts = range},
	{0},
};

static void print_parts(struct str *out, const struct part *parts, bool nullable, size_t depth);

static void print_variants(struct str *out, const struct part *const *variants, size_t depth)
{
	str_add(out, "\"oneOf\": [");
	for (; *variants; variants++) {
		str_addc(out, '\n');
		str_fill(out, ' ', depth * 2);
		str_addc(out, '{');
		print_parts(out, *variants, false, depth + 1);
		str_add(out, variants[1] ? "}," : "}");
	}
	str_addc(out, ']');
}

static void print_part(struct str *out, const struct part *p, size_t depth)
{
	str_fill(out, ' ', depth * 2);
	json_add_key(out, p->key);
	str_add(out, "{");
	json_add_key(out, "description");
	json_add_text(out, p->help);
	str_add(out, p->list ? ", \"type\": \"array\", \"items\": {" : ", ");
	if (p->type)
		str_add(out, p->type);
	else if (p->variants)
		print_variants(out, p->variants, depth + 1);
	else
		print_parts(out, p->parts, p->nullable, depth + 1);
	str_add(out, p->list ? "}}" : "}");
}

static void print_parts(struct str *out, const struct part *parts, bool nullable, size_t depth)
{
	bool first = true;
	str_add(out, nullable ? "\"type\": [\"object\", \"null\"], " : "\"type\": \"object\", ");
	str_add(out, "\"required\": [");
	for (const struct part *p = parts; p->key; p++) {
		if (p->optional)
			continue;
		str_printf(out, "%s\"%s\"", first ? "" : ", ", p->key);
		first = false;
	}
	str_add(out, "], \"properties\": {\n");
	for (const struct part *p = parts; p->key; p++) {
		print_part(out, p, depth);
		str_add(out, p[1].key ? ",\n" : "}");
	}
}

void part_print_schema(struct str *out, const char *title, const struct part *parts)
{
	str_add(out, "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", ");
	json_add_key(out, "title");
	json_add_text(out, title);
	str_add(out, ",\n");
	print_parts(out, parts, false, 1);
	str_add(out, "}\n");
}

/* Finds the members of all parts in one walk over the object, however large its lists are. */
static void find_members(const struct part *parts, struct json_span object, struct arena *a,
			 struct json_span *out)
{
	struct json_cursor cursor = {0};
	struct json_span key, value;
	while (json_next_member(object, &cursor, &key, &value)) {
		const char *name = json_string(a, key);
		for (size_t i = 0; name && parts[i].key; i++) {
			if (!strcmp(parts[i].key, name))
				out[i] = value;
		}
	}
}

static const char *find_missing_in(const struct part *p, struct json_span value, struct arena *a)
{
	if (!p->parts || p->list || p->nullable)
		return NULL;
	const char *missing = part_find_missing(p->parts, value, a);
	return missing ? arena_printf(a, "%s.%s", p->key, missing) : NULL;
}

const char *part_find_missing(const struct part *parts, struct json_span object, struct arena *a)
{
	const char *missing = NULL;
	size_t count = 0;
	while (parts[count].key)
		count++;
	struct json_span *values = arena_zalloc(a, (count + 1) * sizeof(*values));
	find_members(parts, object, a, values);
	for (size_t i = 0; i < count && !missing; i++) {
		if (values[i].at)
			missing = find_missing_in(&parts[i], values[i], a);
		else if (!parts[i].optional)
			missing = parts[i].key;
	}
	return missing;
}
