/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/schema_decode.h"

#include <string.h>

#include "core/language/schema_fields.h"
#include "core/language/schema_finding.h"
#include "core/util/digest.h"
#include "core/util/nearest.h"

/* As `plan --out` writes one. */
static bool is_plan(const struct node *root)
{
	return schema_find(root, "format_version") && schema_find(root, "changes") &&
	       !schema_find(root, "kind");
}

/* The operator's, which has a table of its own. */
static bool is_configuration(const struct node *root)
{
	const struct node *kind = schema_find(root, "kind");
	return kind && kind->type == NODE_SCALAR && !strcmp(kind->text, "Configuration");
}

/* What is written in this language, or by writ, and is no manifest; false: none of that. */
static bool is_no_manifest(struct decode *d, const struct node *root)
{
	if (is_plan(root))
		schema_finding(d, root, "E0423", "carry it out with `writ apply --plan FILE`",
			       "this is a saved plan, not a manifest");
	else if (is_configuration(root))
		schema_finding(d, root, "E0424",
			       "keep it where only operators may write, and name it with "
			       "--config FILE",
			       "this is an operator's configuration, not a manifest");
	else
		return false;
	return true;
}

static enum kind kind_named(const char *name)
{
	for (int i = 0; name && i < KIND_COUNT; i++) {
		if (!strcmp(name, kind_names[i]))
			return i;
	}
	return KIND_COUNT;
}

/* The kind that is said, or the one that must be meant, which is reported and read as that.
 * KIND_COUNT when it is none; a missing or empty one is reported with the other keys. */
static enum kind find_kind(struct decode *d, const struct node *root)
{
	const struct node *n = schema_find(root, "kind");
	if (!n || n->type != NODE_SCALAR || n->missing || n->alias)
		return KIND_COUNT;
	enum kind said = kind_named(n->text);
	if (said != KIND_COUNT)
		return said;
	const char *near = nearest_word(n->text, kind_names, KIND_OPEN_DRIFT);
	schema_finding(d, n, "E0419",
		       near ? arena_printf(d->to->report->arena, "did you mean %s?", near)
			    : schema_listed(d, kind_names, KIND_OPEN_DRIFT),
		       "unknown kind %s", schema_quoted(d, n->text));
	return kind_named(near);
}

/* Comments, spelling and places are no part of what a document says. */
static void hash_node(struct sha256 *s, const struct node *n)
{
	const unsigned char head[] = {(unsigned char)n->type, n->plain};
	sha256_add(s, head, sizeof(head));
	if (n->type == NODE_SCALAR)
		sha256_add_text(s, n->text);
	for (const struct node *child = n->first; child; child = child->next)
		hash_node(s, child);
	sha256_add(s, "", 1);
}

static const unsigned char *hash_document(const struct decode *d, const struct node *root)
{
	unsigned char *out = arena_alloc(d->to->arena, SHA256_SIZE);
	struct sha256 *s = sha256_new();
	sha256_add_text(s, d->to->below ? d->to->below : "");
	hash_node(s, root);
	sha256_end(s, out);
	return out;
}

/* Whether the model can hold it: what has no name cannot be looked up or compared. */
static bool is_named(struct decode *d, const struct node *root, enum kind kind,
		     struct metadata *meta)
{
	if (meta->organization)
		meta->digest = hash_document(d, root);
	if (!meta->name)
		d->to->model->dropped |= DROPPED(kind);
	return meta->name;
}

static void decode_organization(struct decode *d, const struct node *root)
{
	struct organization o = {.at = schema_place(d, root),
				 .guards = GUARDS_UNSAID,
				 .snapshot.policy = GUARDS_UNSAID};
	schema_read_fields(d, &schema_documents[KIND_ORGANIZATION], root, &o);
	o.meta.digest = hash_document(d, root);
	if (is_named(d, root, KIND_ORGANIZATION, &o.meta))
		vec_push(d->to->lists, &d->to->model->organizations, o);
}

static void decode_bundle(struct decode *d, const struct node *root)
{
	struct bundle b = {.at = schema_place(d, root)};
	schema_read_fields(d, &schema_documents[KIND_ACCESS_BUNDLE], root, &b);
	if (is_named(d, root, KIND_ACCESS_BUNDLE, &b.meta))
		vec_push(d->to->lists, &d->to->model->bundles, b);
}

static void decode_account(struct decode *d, const struct node *root)
{
	struct account a = {.at = schema_place(d, root)};
	schema_read_fields(d, &schema_documents[KIND_TECHNICAL_ACCOUNT], root, &a);
	if (is_named(d, root, KIND_TECHNICAL_ACCOUNT, &a.meta))
		vec_push(d->to->lists, &d->to->model->accounts, a);
}

static void decode_assignment(struct decode *d, const struct node *root, enum kind kind,
			      struct assignment_vec *out)
{
	struct assignment a = {.at = schema_place(d, root)};
	schema_read_fields(d, &schema_documents[kind], root, &a);
	if (is_named(d, root, kind, &a.meta))
		vec_push(d->to->lists, out, a);
}

static void decode_drift(struct decode *d, const struct node *root)
{
	struct open_drift o = {.at = schema_place(d, root), .words.expires = DATE_NONE};
	schema_read_fields(d, &schema_documents[KIND_OPEN_DRIFT], root, &o);
	if (is_named(d, root, KIND_OPEN_DRIFT, &o.meta) && o.principal)
		vec_push(d->to->lists, &d->to->model->drifts, o);
}

/* Its kind is not known, but what every document has is. */
static void decode_nothing(struct decode *d, const struct node *root)
{
	struct metadata meta = {0};
	schema_read_fields(d, &schema_any_document, root, &meta);
	d->to->model->dropped |= DROPPED_ANY;
}

void schema_decode(struct decoder *to, const struct node *root)
{
	struct decode d = {.to = to, .sound = true};
	if (is_no_manifest(&d, root)) {
		to->model->dropped |=
			DROPPED_ANY; /* nothing is said of what a set lacks without it */
		return;
	}
	switch (find_kind(&d, root)) {
	case KIND_ORGANIZATION:
		decode_organization(&d, root);
		break;
	case KIND_ACCESS_BUNDLE:
		decode_bundle(&d, root);
		break;
	case KIND_TECHNICAL_ACCOUNT:
		decode_account(&d, root);
		break;
	case KIND_ADMIN_ROLE:
		decode_assignment(&d, root, KIND_ADMIN_ROLE, &to->model->roles);
		break;
	case KIND_PRODUCT_ASSIGNMENT:
		decode_assignment(&d, root, KIND_PRODUCT_ASSIGNMENT, &to->model->products);
		break;
	case KIND_OPEN_DRIFT:
		decode_drift(&d, root);
		break;
	case KIND_COUNT:
		decode_nothing(&d, root);
		break;
	}
}

/* ---- for those who write documents ---- */

const struct table *schema_document_fields(const struct node *root)
{
	const struct node *n = schema_find(root, "kind");
	enum kind kind = kind_named(n && n->type == NODE_SCALAR ? n->text : NULL);
	return kind == KIND_COUNT ? NULL : &schema_documents[kind];
}
