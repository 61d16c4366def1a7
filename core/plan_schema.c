#include "core/plan_schema.h"

#include <stdbool.h>

#include "core/util/json.h"

/* One key; `type` is the inside of a JSON Schema, or NULL for an object of `parts`. */
struct part {
	const char *key, *type, *help;
	const struct part *parts; /* ends with a row without key */
	bool nullable, optional, list;
};

#define TEXT "\"type\": \"string\""
#define TEXT_OR_NULL "\"type\": [\"string\", \"null\"]"
#define COUNT "\"type\": \"integer\", \"minimum\": 0"
#define COUNT_OR_NULL "\"type\": [\"integer\", \"null\"], \"minimum\": 0"
#define DIGEST TEXT ", \"pattern\": \"^sha256:[0-9a-f]{64}$\""
#define MOMENT TEXT ", \"pattern\": \"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$\""

static const struct part principal[] = {
	{"kind", "\"enum\": [\"technicalAccount\", \"user\", \"group\"]", "what it is"},
	{"name", TEXT, "its name or e-mail address"},
	{0},
};
static const struct part entitlement[] = {
	{"kind", "\"enum\": [\"role\", \"product\"]", "an admin role or a product profile"},
	{"role", TEXT, "the role", .optional = true},
	{"product", TEXT_OR_NULL, "the product"},
	{"profile", TEXT_OR_NULL, "the profile"},
	{"group", TEXT_OR_NULL, "the user group of a role", .optional = true},
	{0},
};
static const struct part location[] = {
	{"file", TEXT, "the manifest"},
	{"line", COUNT, "from 1"},
	{"column", COUNT, "from 1, in code points"},
	{0},
};
static const struct part transition[] = {
	{"actions",
	 "\"type\": \"array\", \"items\": {\"enum\": [\"create\", \"update\", \"delete\"]}, "
	 "\"minItems\": 1, \"maxItems\": 1",
	 "what is done"},
	{"before", "\"type\": [\"object\", \"null\"]", "what there is; null for a create"},
	{"after", "\"type\": [\"object\", \"null\"]", "what there will be; null for a delete"},
	{0},
};
static const struct part lost[] = {
	{"roles", COUNT, "admin roles"}, {"products", COUNT, "product profiles"}, {0}};
static const struct part change[] = {
	{"id", TEXT ", \"pattern\": \"^c[1-9][0-9]*$\"", "in the order of execution"},
	{"address", TEXT, "what it is about"},
	{"type", "\"enum\": [\"grant\", \"technicalAccount\"]", "what is changed"},
	{"principal", NULL, "who", principal},
	{"entitlement", NULL, "what; null for an account", entitlement, .nullable = true},
	{"change", NULL, "from what to what", transition},
	{"action_reason", TEXT, "why"},
	{"risk",
	 "\"enum\": [\"admin-grant\", \"admin-removal\", \"account-delete\", \"removal\", "
	 "\"ordinary\"]",
	 "how much harm a mistake would do"},
	{"via", TEXT, "how it is made"},
	{"lost", NULL, "what goes with a deleted account", lost, .optional = true},
	{"withheld", "\"const\": true", "it needs consent that was not given", .optional = true},
	{"unknown", "\"const\": true", "no read shows whether it is there", .optional = true},
	{"location", NULL, "what asks for it", location, .nullable = true},
	{0},
};
static const struct part manifest[] = {
	{"digest", DIGEST, "of all files"}, {"commit", TEXT_OR_NULL, "of their checkout"}, {0}};
static const struct part live[] = {
	{"digest", DIGEST, "of what was read"},
	{"source", TEXT, "where from"},
	{"read_at", MOMENT, "when"},
	{0},
};
static const struct part policy[] = {
	{"digest", DIGEST, "of the limits"},	     {"max_removals", COUNT, "product grants"},
	{"max_removal_delta", COUNT, "percent"},     {"max_admin_grants", COUNT, "admin roles"},
	{"min_holders", COUNT, "holders of a role"}, {0},
};
static const struct part consent[] = {
	{"allow_remove", TEXT_OR_NULL, "--allow-remove"},
	{"allow_admin_grants", COUNT_OR_NULL, "--allow-admin-grants"},
	{0},
};
static const struct part summary[] = {
	{"add", COUNT, "created"},
	{"change", COUNT, "updated"},
	{"remove", COUNT, "deleted"},
	{"manual", COUNT, "made by a person"},
	{"withheld", COUNT, "not applied"},
	{"unlisted", COUNT, "left alone"},
	{0},
};
static const struct part guard[] = {
	{"name", TEXT, "which"},
	{"subject", TEXT, "the role it is about", .optional = true},
	{"limit", "\"type\": \"integer\"", "what would pass"},
	{"value", "\"type\": \"integer\"", "what the plan does"},
	{"verdict", "\"enum\": [\"pass\", \"allowed\", \"withheld\", \"refused\"]", "the verdict"},
	{"flag", TEXT_OR_NULL, "what would let it pass"},
	{0},
};
static const struct part manual[] = {
	{"id", TEXT, "of the change"},
	{"address", TEXT, "what it is about"},
	{"since", TEXT_OR_NULL, "how long it has waited"},
	{"steps", "\"type\": \"array\", \"items\": {\"type\": \"string\"}", "what to do"},
	{0},
};
static const struct part unlisted[] = {
	{"address", TEXT, "what it is"},
	{"principal", NULL, "who", principal},
	{"entitlement", NULL, "what; null for an account", entitlement, .nullable = true},
	{"location", NULL, "what leaves it alone", location, .nullable = true},
	{0},
};
static const struct part plan[] = {
	{"format_version", TEXT ", \"pattern\": \"^1[.]\"", "of this format"},
	{"writ_version", TEXT, "of the program"},
	{"organization", TEXT, "its name"},
	{"org_id", TEXT_OR_NULL, "its id in the service"},
	{"provider", TEXT, "the service"},
	{"created", MOMENT, "when it was made"},
	{"expires", MOMENT, "when it is too old to apply"},
	{"manifest", NULL, "what is wanted", manifest},
	{"live", NULL, "what there is", live},
	{"policy", NULL, "the limits", policy},
	{"consent", NULL, "what was agreed to", consent},
	{"summary", NULL, "counts of changes", summary},
	{"guards", NULL, "what the limits say", guard, .list = true},
	{"drift", "\"type\": \"array\"", "what moved since the last snapshot"},
	{"changes", NULL, "what apply does", change, .list = true},
	{"manual", NULL, "what a person does", manual, .list = true},
	{"unlisted", NULL, "what no list names", unlisted, .list = true},
	{"cost", "\"type\": \"object\"", "calls and minutes"},
	{0},
};

static void print_parts(struct str *out, const struct part *parts, bool nullable, size_t depth);

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

void plan_print_schema(struct str *out)
{
	str_add(out, "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"title\": "
		     "\"plan\",\n");
	print_parts(out, plan, false, 1);
	str_add(out, "}\n");
}
