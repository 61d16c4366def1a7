/* SPDX-License-Identifier: Apache-2.0 */
/* What answers of this API are made of: errors, pages, and names as the service spells them. */
#include "cmd/adobe-emulator/umapi/umapi_parts.h"

#include <inttypes.h>
#include <string.h>

#include "core/util/unicode.h"

void umapi_error(struct request *r, struct response *response, int status, const char *result,
		 const char *message)
{
	struct tree *body = tree_object();
	tree_text(body, "result", result);
	tree_text(body, "message", message);
	response_json(r, response, status, body);
}

static void header_number(struct request *r, struct response *response, const char *name,
			  int64_t value)
{
	response_header(r, response, name, arena_printf(r->arena, "%" PRId64, value));
}

bool umapi_is_lie(const struct server *s, const char *word)
{
	return switch_is(&s->switches, SWITCH_PAGE_HEADERS, word);
}

void umapi_page(const struct server *s, struct request *r, struct response *response, int64_t asked,
		int64_t size, int64_t total, bool last_again, struct page *out)
{
	if (size < 1)
		size = 1;
	*out = (struct page){.number = asked, .size = size, .total = total};
	out->count = total ? (total + size - 1) / size : 1;
	out->out_of_range = asked >= out->count;
	if (out->out_of_range && last_again)
		out->number = out->count - 1;
	if (out->number < out->count) {
		out->from = (size_t)(out->number * size);
		out->to = (size_t)(out->number * size + size < total ? out->number * size + size
								     : total);
	}
	bool more = umapi_is_lie(s, "more"), fewer = umapi_is_lie(s, "fewer");
	int64_t shown = (int64_t)(out->to - out->from);
	int64_t lie = umapi_is_lie(s, "high-total")  ? total * 3 + 1
		      : umapi_is_lie(s, "low-total") ? 0
						     : total;
	header_number(r, response, "X-Total-Count", lie);
	header_number(r, response, "X-Page-Count", more ? out->count + 1 : fewer ? 0 : out->count);
	header_number(r, response, "X-Current-Page", out->number + umapi_is_lie(s, "other"));
	header_number(r, response, "X-Page-Size", shown);
}

bool umapi_page_number(struct request *r, struct response *response, const char *text, int64_t *out)
{
	size_t len = strlen(text);
	*out = strtoll(text, NULL, 10);
	if (len < 10 && strspn(text, "0123456789") == len)
		return true;
	struct tree *body = tree_object();
	tree_text(body, "errorMessage", arena_printf(r->arena, "For input string: \"%s\"", text));
	response_json(r, response, 400, body);
	return false;
}

/* ---- names, which the switches and the service itself alter ---- */

const char *umapi_spell(const struct server *s, struct arena *a, const char *name)
{
	enum switch_id id = *name == '_' && !switch_is(&s->switches, SWITCH_ADMIN_NAME_CASE, "keep")
				    ? SWITCH_ADMIN_NAME_CASE
				    : SWITCH_NAME_CASE;
	if (switch_is(&s->switches, id, "keep"))
		return name;
	bool upper = switch_is(&s->switches, id, "upper");
	char *text = arena_strdup(a, name);
	for (char *at = text; *at; at++) {
		char lower = ascii_lower(*at);
		*at = upper && lower >= 'a' && lower <= 'z' ? (char)(lower - 32) : lower;
	}
	return text;
}

const char *umapi_adobe_id(struct arena *a, const char *email)
{
	return arena_printf(a, "%s:%s", user_type_names[USER_ADOBE_ID], email);
}

const char *umapi_spell_group(const struct server *s, struct arena *a, const char *name)
{
	const char *text = umapi_spell(s, a, name);
	bool admins = strncmp(name, "_admin_", 7) != 0 && *name == '_';
	return admins || switch_is(&s->switches, SWITCH_NAME_TAIL, "keep")
		       ? text
		       : arena_printf(a, "%s ", text);
}
