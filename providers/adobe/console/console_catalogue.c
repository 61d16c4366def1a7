/* SPDX-License-Identifier: Apache-2.0 */
/* The APIs that the console offers with their licences, and the projects: read and found. */
#include <string.h>

#include "core/util/unicode.h"
#include "providers/adobe/console/adobe_names.h"
#include "providers/adobe/console/console.h"
#include "providers/adobe/console/console_reader.h"
#include "providers/adobe/session/console_calls.h"

/* Its code is not public: facts/cloud-storage.md */
#define STORAGE_API "Cloud Storage and Collaboration"

const struct licence *licences_find_id(const struct licence_vec *all, const char *id)
{
	for (size_t i = 0; i < all->len; i++) {
		if (!strcmp(all->at[i].id, id))
			return &all->at[i];
	}
	return NULL;
}

/* The console says what a profile is called, but of its product only a number and, when one is
 * lucky, words. */
bool console_read_licence(struct provider *p, const struct reply *item, struct licence *out)
{
	const char *id = reply_id(item, "id", &p->arena);
	const char *name = reply_text(item, "name"), *product = reply_text(item, "description");
	if (!id || !name || !*name)
		return false;
	out->id = session_keep(p, id);
	out->profile = intern(p->strings, name);
	out->product_id = session_keep(p, reply_text(item, "productId"));
	if (product && *product)
		out->product = intern(p->strings, product);
	else
		out->product = out->product_id ? out->product_id : out->profile;
	out->unnameable = !object_name_is_live(out->profile) || !object_name_is_live(out->product);
	if (!object_name_is_live(out->profile))
		session_leave_out(p, "product profile", out->profile);
	else if (out->unnameable)
		session_leave_out(p, "product", out->product);
	return true;
}

static void read_licences(struct provider *p, const struct reply *array, struct licence_vec *out)
{
	for (const struct reply *i = reply_first(array); i; i = reply_after(i)) {
		struct licence l;
		if (console_read_licence(p, i, &l) && !licences_find_id(out, l.id))
			vec_push(&p->arena, out, l);
	}
}

static const char *disabled_reason(struct provider *p, const struct reply *item)
{
	const struct reply *first = reply_first(reply_get(item, "disabledReasons"));
	const char *why = reply_own_text(first);
	if (reply_bool(item, "enabled", true))
		return NULL;
	return why ? session_keep(p, why) : "DISABLED";
}

struct api *console_find_code(struct provider *p, const char *code)
{
	for (size_t i = 0; i < p->apis.len; i++) {
		if (!strcmp(p->apis.at[i].code, code))
			return &p->apis.at[i];
	}
	return NULL;
}

/* Reads an API of the catalogue. One code may have several rows, of which the one of type "entp" is
 * for credentials of accounts. */
static void read_api(struct provider *p, const struct reply *item)
{
	const char *type = reply_text(item, "type"), *code = reply_text(item, "code");
	const char *name = session_keep_live(p, reply_text(item, "name"));
	if (!type || strcmp(type, "entp") != 0 || !code || console_find_code(p, code))
		return;
	struct api api = {.name = name ? name : session_keep(p, code),
			  .code = session_keep(p, code)};
	api.disabled = disabled_reason(p, item);
	api.storage = strcasestr(api.name, STORAGE_API) != NULL;
	read_licences(p, reply_get(reply_get(item, "properties"), "licenseConfigs"), &api.licences);
	vec_push(&p->arena, &p->apis, api);
}

/* Whether an answer has no licences at all, as the first one of a day may while a cache behind it
 * is empty. */
static bool lacks_licences(const struct reply *body)
{
	size_t could = 0, has = 0;
	for (const struct reply *i = reply_first(body); i; i = reply_after(i)) {
		const struct reply *all = reply_get(reply_get(i, "properties"), "licenseConfigs");
		could += reply_is_array(all);
		has += reply_count(all) > 0;
	}
	return could > 0 && has == 0;
}

struct error *console_read_catalogue(struct provider *p, const struct reply *body)
{
	CALLS_DONE struct calls c = CALLS(p);
	if (lacks_licences(body)) {
		struct http_request *again = calls_add(&c, "GET", "/organizations/{org}/services",
						       "organizations/%s/services", p->org_number);
		TRY(calls_read(&c, 0));
		body = again->json;
	}
	for (const struct reply *i = reply_first(body); i; i = reply_after(i))
		read_api(p, i);
	return NULL;
}

const struct api *console_find_api(const struct provider *p, const char *name)
{
	for (size_t i = 0; i < p->apis.len; i++) {
		if (names_equal(p->apis.at[i].name, name) || names_equal(p->apis.at[i].code, name))
			return &p->apis.at[i];
	}
	return NULL;
}

const struct licence *api_find_licence(const struct api *api, const char *product,
				       const char *profile)
{
	for (size_t i = 0; i < api->licences.len; i++) {
		const struct licence *l = &api->licences.at[i];
		if (names_equal(l->product, product) && names_equal(l->profile, profile))
			return l;
	}
	return NULL;
}

/* ---- projects ---- */

void console_read_projects(struct provider *p, const struct reply *body)
{
	for (const struct reply *i = reply_first(body); i; i = reply_after(i)) {
		struct console_project row = {
			.id = session_keep(p, reply_id(i, "id", &p->arena)),
			.title = session_keep_live(p, reply_text(i, "title")),
			.name = session_keep(p, reply_text(i, "name")),
		};
		if (row.id && row.title && !reply_bool(i, "deleted", false))
			vec_push(&p->arena, &p->projects, row);
	}
}

const struct console_project *console_find_project(const struct provider *p, const char *title)
{
	for (size_t i = 0; i < p->projects.len; i++) {
		if (!strcmp(p->projects.at[i].title, title))
			return &p->projects.at[i];
	}
	return NULL;
}

size_t console_count_projects(const struct provider *p, const char *title)
{
	size_t count = 0;
	for (size_t i = 0; i < p->projects.len; i++)
		count += !strcmp(p->projects.at[i].title, title);
	return count;
}

const char *console_find_title(const struct provider *p, const char *id)
{
	for (size_t i = 0; i < p->projects.len; i++) {
		if (!strcmp(p->projects.at[i].id, id))
			return p->projects.at[i].title;
	}
	return NULL;
}
