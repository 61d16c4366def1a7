/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/organization_tables.h"

#include <string.h>

#include "core/render/escape.h"
#include "core/render/page.h"
#include "core/render/render.h"
#include "core/util/csv.h"
#include "core/util/ics.h"
#include "core/util/percent.h"

#define EVENT "BEGIN:VEVENT\r\n"
#define EVENT_END "END:VEVENT\r\n"

struct error *tables_check(const struct output *output)
{
	if (output->format != FORMAT_HTML || output->file)
		return NULL;
	return error_new(ERROR_USAGE,
			 "of several organisations each has a page of its own: give "
			 "them a name with --format html=FILE, or choose one with --org");
}

/* ---- tables ---- */

/* The table of this number among those that a member wrote. */
static struct json_span table_of(const struct organization_result *r, size_t number)
{
	struct json_span rest = r->result;
	for (;;) {
		const char *end = rest.len ? memchr(rest.at, TABLES_APART, rest.len) : NULL;
		size_t len = end ? (size_t)(end - rest.at) : rest.len;
		if (number-- == 0)
			return (struct json_span){rest.at, len};
		if (!end)
			return (struct json_span){0};
		rest = (struct json_span){end + 1, rest.len - len - 1};
	}
}

/* Adds a member's rows, each with the organisation's name in front; the titles are added once. A
 * cell has no line break. */
static void add_rows(struct str *out, const char *name, struct json_span table)
{
	const char *at = table.at, *end = table.at + table.len;
	for (bool titles = true; at < end; titles = false) {
		const char *line_end = memchr(at, '\n', (size_t)(end - at));
		size_t len = line_end ? (size_t)(line_end - at) + 1 : (size_t)(end - at);
		if (!titles || out->len == 0) {
			csv_add_cell(out, titles ? "organization" : name);
			str_addc(out, ',');
			str_addn(out, at, len);
		}
		at += len;
	}
}

static void add_table(struct str *out, const struct organization_result_vec *all, size_t number)
{
	for (size_t i = 0; i < all->len; i++) {
		struct json_span table = table_of(&all->at[i], number);
		if (table.len)
			add_rows(out, all->at[i].name, table);
	}
}

static struct error *write_tables(struct run *run, const struct output *output,
				  const struct organization_result_vec *all)
{
	struct output beside = *output;
	struct str first = STR(&run->arena), second = STR(&run->arena);
	add_table(&first, all, 0);
	TRY(output_write(output, str_text(&first), first.len));
	add_table(&second, all, 1);
	if (second.len == 0)
		return NULL;
	beside.file = output_file_beside(&run->arena, output->file, "changes");
	return output_write(&beside, str_text(&second), second.len);
}

/* ---- calendars ---- */

/* Adds a member's calendar events, and counts them. */
static size_t add_events(struct str *out, struct json_span calendar)
{
	size_t count = 0;
	const char *at = calendar.at, *end = calendar.at + calendar.len;
	while (at && (at = memmem(at, (size_t)(end - at), EVENT, strlen(EVENT)))) {
		const char *last = memmem(at, (size_t)(end - at), EVENT_END, strlen(EVENT_END));
		if (!last)
			break;
		last += strlen(EVENT_END);
		str_addn(out, at, (size_t)(last - at));
		at = last;
		count++;
	}
	return count;
}

static struct error *write_calendar(struct run *run, const struct output *output,
				    const struct organization_result_vec *all)
{
	struct str out = STR(&run->arena), names = STR(&run->arena);
	size_t count = 0;
	for (size_t i = 0; i < all->len; i++)
		str_printf(&names, "%s%s", i ? ", " : "", all->at[i].name);
	ics_begin(&out, arena_printf(&run->arena, "Grants of %s that end", str_text(&names)));
	for (size_t i = 0; i < all->len; i++)
		count += add_events(&out, all->at[i].result);
	ics_end(&out, count);
	return output_write(output, str_text(&out), out.len);
}

/* ---- pages ---- */

/* Adds a member's line to the list of pages, as a link where it has a page: that stands in the same
 * folder. */
static void add_entry(struct str *out, const struct organization_result *r, const char *file)
{
	const char *slash = file ? strrchr(file, '/') : NULL;
	str_add(out, r->status == EXIT_DONE ? "<li>" : "<li class=\"warning\">");
	if (file) {
		str_add(out, "<a href=\"./");
		percent_encode(out, slash ? slash + 1 : file, "");
		str_add(out, "\">");
	}
	escape_markup(out, r->name);
	str_printf(out, "%s <span class=\"mark\">%d, %s</span>", file ? "</a>" : "", r->status,
		   r->word);
	if (r->summary) {
		str_add(out, " <span class=\"why\">");
		escape_markup(out, render_shown(out->arena, r->summary));
		str_add(out, "</span>");
	}
	str_add(out, "</li>\n");
}

static struct error *write_page(struct run *run, const struct output *output,
				const struct organization_result *r, const char **out_file)
{
	struct output page = *output;
	*out_file = NULL;
	if (r->result.len == 0)
		return NULL;
	page.file = *out_file = output_file_beside(&run->arena, output->file, r->name);
	return output_write(&page, r->result.at, r->result.len);
}

static struct error *write_pages(struct run *run, const struct output *output,
				 const struct organization_result_vec *all)
{
	struct str out = STR(&run->arena);
	page_begin(&out, "Who has what", "", "");
	str_printf(&out, "<h1>Who has what, in %zu organisations</h1>\n<ul>\n", all->len);
	for (size_t i = 0; i < all->len; i++) {
		const char *file;
		TRY(write_page(run, output, &all->at[i], &file));
		add_entry(&out, &all->at[i], file);
	}
	str_add(&out, "</ul>\n");
	page_end(&out, "");
	return output_write(output, str_text(&out), out.len);
}

struct error *tables_write(struct run *run, const struct output *output,
			   const struct organization_result_vec *all)
{
	if (output->format == FORMAT_CSV)
		return write_tables(run, output, all);
	if (output->format == FORMAT_ICS)
		return write_calendar(run, output, all);
	return write_pages(run, output, all);
}
