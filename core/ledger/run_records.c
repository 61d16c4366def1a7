/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/run_records.h"

#include <string.h>

#include "core/util/clock.h"
#include "core/util/json.h"
#include "core/util/str.h"

#define DIGEST_DIGITS 12 /* of the plan's digest, in the name of a run */
#define SERIALS 1000	 /* runs of one plan in one second */

struct error *run_records_read(struct ledger *l, struct arena *a, const struct open_run *run,
			       struct ledger_entry_vec *out)
{
	struct ledger_record_vec records = {0};
	TRY(ledger_read(l, a, run->first, ledger_number(l), &records));
	for (size_t i = 0; i < records.len; i++) {
		const struct ledger_entry_vec *entries = &records.at[i].entries;
		for (size_t k = 0; k < entries->len; k++) {
			const struct ledger_entry *e = &entries->at[k];
			if (e->run && !strcmp(e->run, run->name))
				vec_push(a, out, *e);
		}
	}
	return NULL;
}

/* ---- its plan ---- */

static bool is_part(struct arena *a, const struct ledger_entry *e, const char *run,
		    const char *what)
{
	const char *text = e->type == ENTRY_PLAN && e->run && !strcmp(e->run, run)
				   ? json_get_text(a, e->body, "of")
				   : NULL;
	return text && !strcmp(text, what);
}

/* False when a part is missing; without any, nothing is added. */
static bool join_parts(const struct ledger_entry_vec *entries, const char *run, const char *what,
		       struct str *out)
{
	int64_t seen = 0, parts = 0;
	for (size_t i = 0; i < entries->len; i++) {
		const struct ledger_entry *e = &entries->at[i];
		struct json_span text;
		if (!is_part(out->arena, e, run, what))
			continue;
		parts = json_get_number(e->body, "parts", 0);
		if (json_get_number(e->body, "part", 0) ==
		    1) { /* what was cut off before is no plan */
			seen = 0;
			str_cut(out, 0);
		}
		if (json_get_number(e->body, "part", 0) != ++seen ||
		    !json_member(e->body, "text", &text))
			return false;
		str_add(out, json_string(out->arena, text));
	}
	return seen == parts;
}

struct error *run_records_plan(const struct ledger_entry_vec *entries, const char *run,
			       struct arena *a, struct run_plan *out)
{
	struct str bytes = STR(a), signature = STR(a);
	if (!join_parts(entries, run, "plan", &bytes) || !bytes.len ||
	    !join_parts(entries, run, "signature", &signature))
		return error_new(ERROR_INPUT, "the ledger does not have all of the plan of run %s",
				 run);
	*out = (struct run_plan){bytes.at, bytes.len, signature.len ? signature.at : NULL};
	return NULL;
}

void run_records_add_plan(struct ledger *l, const char *run, const struct run_plan *plan)
{
	ledger_add_parts(l, ENTRY_PLAN, run, plan->bytes, plan->len, ", \"of\": \"plan\"");
	if (plan->signature)
		ledger_add_parts(l, ENTRY_PLAN, run, plan->signature, strlen(plan->signature),
				 ", \"of\": \"signature\"");
}

/* ---- its name ---- */

static bool is_known(const struct ledger_view *view, const char *name)
{
	for (size_t i = 0; i < view->used.len; i++) {
		if (!strcmp(view->used.at[i].run, name))
			return true;
	}
	return ledger_view_find(view, name) || (view->last.run && !strcmp(view->last.run, name));
}

const char *run_records_name(const struct ledger_view *view, struct arena *a, int64_t now,
			     const char *digest)
{
	char moment[TIME_TEXT];
	const char *name = "";
	time_format(now, moment);
	for (int serial = 0; serial < SERIALS; serial++) {
		name = arena_printf(a, "%.4s%.2s%.2sT%.2s%.2s%.2sZ-%.*s-%03d", moment, moment + 5,
				    moment + 8, moment + 11, moment + 14, moment + 17,
				    DIGEST_DIGITS, digest + strlen("sha256:"), serial);
		if (!is_known(view, name))
			break;
	}
	return name;
}
