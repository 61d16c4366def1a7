/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/adobe-emulator/server/faults.h"
#include "cmd/adobe-emulator/wire/json_fields.h"

#include <fnmatch.h>
#include <string.h>

static const struct fault_kind *find_kind(const struct faults *f, const char *name)
{
	for (const struct fault_kind *kind = f->kinds; name && kind->name; kind++) {
		if (!strcmp(kind->name, name))
			return kind;
	}
	return NULL;
}

static const char *check_order(const struct faults *f, const struct reply *order)
{
	const char *phase = reply_text(order, "phase");
	const struct reply *kind = reply_get(order, "kind");
	int64_t status = whole_at(order, "status", 200);
	if (!reply_is_object(order))
		return "a fault is an object";
	if (!find_kind(f, reply_own_text(kind)))
		return "no such kind of fault";
	if (phase && strcmp(phase, "before") != 0 && strcmp(phase, "after") != 0)
		return "phase is before or after";
	if (status < 200 || status > 599)
		return "status is 200 to 599";
	return NULL;
}

const char *faults_add(struct faults *f, struct reply *order, int64_t *out_id)
{
	const char *wrong = check_order(f, order);
	if (wrong) {
		reply_free(order);
		return wrong;
	}
	const char *phase = reply_text(order, "phase");
	struct fault *fault = arena_zalloc(&f->arena, sizeof(*fault));
	fault->order = order;
	fault->kind = find_kind(f, reply_text(order, "kind"));
	fault->id = ++f->given;
	fault->nth = whole_at(order, "nth", 1);
	fault->count = whole_at(order, "count", 1);
	fault->after = fault->kind->alters || (phase && !strcmp(phase, "after"));
	vec_push(&f->arena, &f->all, fault);
	*out_id = fault->id;
	return NULL;
}

void faults_clear(struct faults *f)
{
	for (size_t i = 0; i < f->all.len; i++)
		reply_free(f->all.at[i]->order);
	f->all.len = 0;
}

void faults_done(struct faults *f)
{
	faults_clear(f);
	arena_done(&f->arena);
}

struct tree *faults_tree(const struct faults *f)
{
	struct tree *all = tree_array();
	for (size_t i = 0; i < f->all.len; i++) {
		struct tree *item = tree_push(all, tree_of(f->all.at[i]->order));
		tree_int(item, "id", f->all.at[i]->id);
		tree_int(item, "seen", f->all.at[i]->seen);
		tree_int(item, "fired", f->all.at[i]->fired);
	}
	return all;
}

static bool matches(const struct fault *f, const struct request *r)
{
	const char *method = reply_text(f->order, "method");
	const char *path = reply_text(f->order, "path");
	const char *body = reply_text(f->order, "body_has");
	return (!method || !strcmp(method, r->method)) && (!path || !fnmatch(path, r->path, 0)) &&
	       (!body || memmem(r->body, r->body_len, body, strlen(body)));
}

struct fault *faults_find(struct faults *f, const struct request *r)
{
	struct fault *found = NULL;
	for (size_t i = 0; i < f->all.len; i++) {
		struct fault *fault = f->all.at[i];
		if (!matches(fault, r))
			continue;
		fault->seen++;
		bool due = fault->seen >= fault->nth &&
			   (fault->count == 0 || fault->seen < fault->nth + fault->count);
		if (due && !found) {
			found = fault;
			found->fired++;
		}
	}
	return found;
}
