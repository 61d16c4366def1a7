/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/render_organizations.h"

#include <string.h>

#include "core/model/version.h"
#include "core/render/part_schema.h"
#include "core/render/render.h"

#define NAME_TITLE "Organisation"
#define STATUS_TITLE "Exit status"

static const char *status_text(struct arena *a, const struct organization_result *r)
{
	return arena_printf(a, "%d, %s", r->status, r->word);
}

/* The larger of a column's width and that of a text. */
static size_t wider(size_t width, const char *text)
{
	size_t len = strlen(text);
	return len > width ? len : width;
}

static void add_padded(struct str *out, const char *text, size_t width)
{
	str_add(out, text);
	str_fill(out, ' ', width + 2 - strlen(text));
}

void render_organizations_text(struct str *out, const struct organization_result_vec *all,
			       int status)
{
	struct arena *a = out->arena;
	size_t name = strlen(NAME_TITLE), said = strlen(STATUS_TITLE);
	for (size_t i = 0; i < all->len; i++) {
		name = wider(name, all->at[i].name);
		said = wider(said, status_text(a, &all->at[i]));
	}
	add_padded(out, NAME_TITLE, name);
	add_padded(out, STATUS_TITLE, said);
	str_add(out, "Result\n");
	for (size_t i = 0; i < all->len; i++) {
		const struct organization_result *r = &all->at[i];
		add_padded(out, r->name, name);
		add_padded(out, status_text(a, r), said);
		str_printf(out, "%s\n", r->summary ? render_shown(a, r->summary) : "-");
	}
	str_printf(out, "%zu organisation%s, exit status %d.\n", all->len, all->len == 1 ? "" : "s",
		   status);
}

/* Adds a JSON document as a member of another one, without the line break at its end. */
static void put_document(struct str *out, const char *key, struct json_span document)
{
	json_put_key(out, key);
	while (document.len && document.at[document.len - 1] == '\n')
		document.len--;
	if (document.at && document.len)
		str_addn(out, document.at, document.len);
	else
		str_add(out, "null");
}

void render_organizations_json(struct str *out, const char *command,
			       const struct organization_result_vec *all, int status)
{
	str_addc(out, '{');
	json_put_text(out, "format_version", FORMAT_VERSION);
	json_put_text(out, "writ_version", WRIT_VERSION);
	json_put_text(out, "command", command);
	json_put_number(out, "status", status);
	json_put_key(out, "organizations");
	str_addc(out, '[');
	for (size_t i = 0; i < all->len; i++) {
		const struct organization_result *r = &all->at[i];
		str_add(out, i ? ",\n {" : "\n {");
		json_put_text(out, "organization", r->name);
		json_put_number(out, "status", r->status);
		json_put_text(out, "summary", r->summary);
		put_document(out, "result", r->result);
		put_document(out, "diagnostics", r->diagnostics);
		str_addc(out, '}');
	}
	str_add(out, "\n]}\n");
}

#define DOCUMENT "\"type\": [\"object\", \"null\"]"

static const struct part organization[] = {
	{"organization", TEXT, "its name"},
	{"status", COUNT, "the exit status of its part"},
	{"summary", TEXT_OR_NULL, "its result, or what went wrong, in a line"},
	{"result", DOCUMENT, "what the command prints of one organisation; null: nothing"},
	{"diagnostics", DOCUMENT, "errors, as `writ validate` prints them; null: none"},
	{0},
};
static const struct part organizations[] = {
	{"format_version", TEXT ", \"pattern\": \"^1[.]\"", "of this format"},
	{"writ_version", TEXT, "of the program"},
	{"command", TEXT, "the command, such as plan"},
	{"status", COUNT, "the exit status: the worst of all"},
	{"organizations", NULL, "each, by name", organization, .list = true},
	{0},
};

void organizations_print_schema(struct str *out)
{
	part_print_schema(out, "organizations", organizations);
}
