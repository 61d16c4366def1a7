/* SPDX-License-Identifier: Apache-2.0 */
/* Rules for names and texts of projects and workspaces (facts/developer-console.md, "Names"). */
#include <string.h>

#include "cmd/adobe-emulator/console/console_parts.h"
#include "core/util/unicode.h"

bool console_is_alphanumeric(const char *text, const char *also)
{
	for (; *text; text++) {
		char c = ascii_lower(*text);
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !strchr(also, *text))
			return false;
	}
	return true;
}

bool console_bad_input(struct request *r, struct response *response, const char *message)
{
	console_error(r, response, 400, "ERR_MSG_INVALID_INPUT", message);
	return false;
}

bool console_description_ok(struct request *r, struct response *response, const char *text)
{
	if (text && (strlen(text) > 1000 || !org_text_ok(text)))
		return console_bad_input(r, response,
					 "Description must not be longer than 1000 characters");
	return true;
}

bool console_workspace_name_ok(struct request *r, struct response *response, const char *name)
{
	if (!name || !*name || strlen(name) > 20 || !console_is_alphanumeric(name, "-"))
		return console_bad_input(r, response,
					 "Workspace name allows only alpha numeric values");
	return true;
}

bool console_workspace_taken(struct request *r, struct response *response)
{
	console_error(r, response, 409, "ERR_MSG_DUPLICATE_NAME",
		      "A workspace of this name exists");
	return false;
}
