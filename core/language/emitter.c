/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/emitter.h"

#include "core/language/schema_decode.h"
#include "core/util/clock.h"

void emitter_begin(struct emitter *e, enum kind kind, const char *name)
{
	if (!e->first)
		str_add(e->out, "---\n");
	e->first = false;
	str_printf(e->out, "apiVersion: %s\nkind: %s\nmetadata:\n", API_VERSION, kind_names[kind]);
	emit_field(e->out, "name", name);
	if (e->live->is_one_of_several && kind != KIND_ORGANIZATION)
		emit_field(e->out, "organization", e->live->organization);
}

void emitter_add_labels(struct str *out, const struct label_vec *labels)
{
	str_add(out, labels->len ? "  labels:\n" : "  labels: {}\n");
	for (size_t i = 0; i < labels->len; i++) {
		str_add(out, "    ");
		emit_scalar(out, labels->at[i].key);
		str_add(out, ": ");
		emit_scalar(out, labels->at[i].value);
		str_addc(out, '\n');
	}
}

void emitter_add_item(struct str *out, bool *first, const char *key, const char *text)
{
	if (!text)
		return;
	str_printf(out, "%s%s: ", *first ? "{" : ", ", key);
	emit_scalar(out, text);
	*first = false;
}

void emitter_add_words(struct str *out, bool *first, const struct words *w)
{
	char day[DATE_TEXT];
	if (!w)
		return;
	emitter_add_item(out, first, "reason", w->reason);
	emitter_add_item(out, first, "ticket", w->ticket);
	if (w->expires == DATE_NONE)
		return;
	date_format(w->expires, day);
	emitter_add_item(out, first, "expires", day);
}

void emitter_add_entitlement(struct str *out, const struct entitlement *e, const struct words *w)
{
	bool first = true;
	str_add(out, "    - ");
	if (!w && e->role && role_table[e->role].scope == SCOPE_ORGANIZATION) {
		str_printf(out, "%s\n", role_table[e->role].name);
		return;
	}
	if (!w && e->api) {
		emit_scalar(out, e->api);
		str_addc(out, '\n');
		return;
	}
	emitter_add_item(out, &first, "api", e->api);
	emitter_add_item(out, &first, "role", e->role ? role_table[e->role].name : NULL);
	emitter_add_item(out, &first, "product", e->product);
	emitter_add_item(out, &first, "profile", e->profile);
	emitter_add_item(out, &first, "group", e->group);
	emitter_add_words(out, &first, w);
	str_add(out, "}\n");
}

void emitter_add_unseen(struct str *out, const struct text_vec *roles)
{
	for (size_t i = 0; i < roles->len; i++)
		str_printf(out, "%s%s", i ? ", " : "  unseen: [", roles->at[i].text);
	str_add(out, roles->len ? "]\n" : "");
}
