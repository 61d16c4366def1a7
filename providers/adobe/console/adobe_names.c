/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/console/adobe_names.h"

#include <string.h>
#include <strings.h>

#include "core/util/report.h"
#include "core/util/str.h"
#include "core/util/unicode.h"

#define SLUG_MAX 63 /* writ-manifest(5), "YAML" */

bool names_equal(const char *a, const char *b)
{
	return a == b || (a && b && strcasecmp(a, b) == 0);
}

static bool is_alphanumeric(char c)
{
	char lower = ascii_lower(c);
	return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9');
}

const char *account_slug(struct arena *a, const char *credential)
{
	struct str out = STR(a);
	for (const char *at = credential; *at && out.len < SLUG_MAX; at++) {
		if (is_alphanumeric(*at))
			str_addc(&out, ascii_lower(*at));
		else if (out.len && out.at[out.len - 1] != '-')
			str_addc(&out, '-');
	}
	while (out.len && out.at[out.len - 1] == '-')
		str_cut(&out, out.len - 1);
	return out.len ? str_text(&out) : "account";
}

const char *project_name(struct arena *a, const char *title, unsigned serial)
{
	struct str out = STR(a);
	const char *tail = serial ? arena_printf(a, "%u", serial) : "";
	size_t room = PROJECT_NAME_MAX - strlen(tail);
	for (; *title && out.len < room; title++) {
		if (is_alphanumeric(*title))
			str_addc(&out, *title);
	}
	if (out.len == 0)
		str_add(&out, "project");
	str_add(&out, tail);
	return str_text(&out);
}

const char *project_title(struct arena *a, const struct account *account)
{
	if (account->project)
		return account->project;
	struct str out = STR(a);
	for (const char *at = account_credential(account); *at; at++) {
		if (is_alphanumeric(*at))
			str_addc(&out, *at);
		else if (out.len && out.at[out.len - 1] != ' ')
			str_addc(&out, ' ');
	}
	while (out.len && out.at[out.len - 1] == ' ') /* the console drops blanks at the end, and
							 projects are looked up by title */
		str_cut(&out, out.len - 1);
	return out.len ? str_text(&out) : "Project";
}

static void check_credential(struct arena *a, const struct account *account,
			     struct refusal_vec *out)
{
	const char *name = account_credential(account);
	size_t len = text_length(name, strlen(name));
	if (len >= CREDENTIAL_NAME_MIN && len <= CREDENTIAL_NAME_MAX)
		return;
	const char *why = arena_printf(a,
				       "credential %s has %zu character%s; at Adobe it has %d to "
				       "%d: say another with `credential`",
				       quoted(a, name), len, len == 1 ? "" : "s",
				       CREDENTIAL_NAME_MIN, CREDENTIAL_NAME_MAX);
	vec_push(a, out,
		 (struct refusal){ATTRIBUTE_CREDENTIAL, why,
				  "expected 6 to 25 characters such as asset-archiver"});
}

static void check_description(struct arena *a, const struct account *account,
			      struct refusal_vec *out)
{
	const char *text = account->description ? account->description : "";
	if (text_length(text, strlen(text)) <= DESCRIPTION_MAX)
		return;
	const char *why =
		arena_printf(a, "the description has more than %d characters", DESCRIPTION_MAX);
	vec_push(a, out,
		 (struct refusal){ATTRIBUTE_DESCRIPTION, why,
				  "expected at most 1000 characters such as Moves files"});
}

static void check_title(struct arena *a, const struct account *account, struct refusal_vec *out)
{
	const char *title = account->project ? account->project : "Project";
	size_t len = strlen(title);
	bool fits = len >= 1 && len <= PROJECT_TITLE_MAX;
	for (size_t i = 0; i < len; i++)
		fits &= is_alphanumeric(title[i]) || title[i] == ' ';
	if (fits)
		return;
	const char *why = arena_printf(
		a, "project %s: a title has 1 to %d letters, digits and blanks at Adobe",
		quote(a, title, len), PROJECT_TITLE_MAX);
	vec_push(a, out,
		 (struct refusal){ATTRIBUTE_PROJECT, why,
				  "expected letters, digits and blanks such as Asset Archiver"});
}

void names_check(struct arena *a, const struct account *account, struct refusal_vec *out)
{
	check_credential(a, account, out);
	check_description(a, account, out);
	check_title(a, account, out);
}
