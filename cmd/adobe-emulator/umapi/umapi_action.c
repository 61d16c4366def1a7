/* SPDX-License-Identifier: Apache-2.0 */
/* The action call: a batch of entries, and one answer that counts them. */
#include "cmd/adobe-emulator/umapi/umapi_action.h"

static void respond_result(struct action_entry *a, struct response *response, int64_t good,
			   int64_t bad)
{
	struct tree *body = tree_object();
	tree_int(body, "completed", a->test ? 0 : good);
	tree_int(body, "notCompleted", bad);
	tree_int(body, "completedInTestMode", a->test ? good : 0);
	if (!tree_is_empty(a->errors))
		tree_add(body, "errors", a->errors);
	else
		tree_free(a->errors);
	if (!tree_is_empty(a->warnings))
		tree_add(body, "warnings", a->warnings);
	else
		tree_free(a->warnings);
	tree_text(body, "result", !bad ? "success" : good ? "partial" : "error");
	response_json(a->r, response, 200, body);
}

void umapi_action(struct server *s, struct request *r, struct response *response)
{
	CLEANUP(reply_free) struct reply *body = request_json(r);
	int count = (int)reply_count(body);
	int64_t good = 0, bad = 0;
	if (!reply_is_array(body) || count == 0 ||
	    (int64_t)r->body_len > switch_number(&s->switches, SWITCH_BODY_LIMIT) ||
	    count > switch_number(&s->switches, SWITCH_ENTRIES_LIMIT)) {
		umapi_error(r, response, 400, "error.command.malformed",
			    "Command array is malformed, empty or too long");
		return;
	}
	struct action_entry a = {.s = s,
				 .r = r,
				 .test = request_flag(r, "testOnly", false),
				 .errors = tree_array(),
				 .warnings = tree_array()};
	action_regroup(&a);
	for (const struct reply *entry = reply_first(body); entry; entry = reply_after(entry)) {
		action_run_entry(&a, entry, (int)(good + bad));
		good += !a.failed;
		bad += a.failed;
	}
	respond_result(&a, response, good, bad);
}
