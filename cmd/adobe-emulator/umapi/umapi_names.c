/* SPDX-License-Identifier: Apache-2.0 */
/* How names are spelt in answers: the switches and the service itself alter them. */
#include <string.h>

#include "cmd/adobe-emulator/umapi/umapi_parts.h"
#include "core/util/unicode.h"

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
