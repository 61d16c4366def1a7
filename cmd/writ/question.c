/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/question.h"

#include <string.h>

#include "core/render/render.h"
#include "core/util/nearest.h"

/* ---- names that nobody knows ---- */

static struct error *unknown(struct arena *a, const struct known_names *names, const char *where,
			     const char *what, const char *text, const struct spelling_vec *known)
{
	const char *near = nearest_word(text, known->at, known->len);
	for (size_t i = 0; i < known->len && !near; i++) {
		if (!strncmp(known->at[i], text, strlen(text)))
			near = known->at[i]; /* its beginning was given */
	}
	const char *hint = near ? NULL : names->elsewhere;
	return error_new(ERROR_INPUT, "%s name no %s \"%s\"%s%s%s%s%s", where, what,
			 render_shown(a, text), near ? "; did you mean \"" : "",
			 near ? render_shown(a, near) : "", near ? "\"?" : "", hint ? "; " : "",
			 hint ? hint : "");
}

static struct error *check_principal(const struct question *q, struct arena *a,
				     const struct known_names *known, const char *where)
{
	struct spelling_vec names = {0};
	for (size_t i = 0; i < known->principals.len; i++) {
		const struct principal *p = &known->principals.at[i];
		if (selector_takes_principal(&q->principal, p))
			return NULL;
		vec_push(a, &names, p->name);
	}
	return unknown(a, known, where, "account, user or group", q->principal.text, &names);
}

static struct error *check_entitlement(const struct question *q, struct arena *a,
				       const struct known_names *known, const char *where)
{
	struct spelling_vec names = {0};
	if (selector_is_role(&q->entitlement))
		return NULL;
	for (size_t i = 0; i < known->entitlements.len; i++) {
		const struct entitlement *e = &known->entitlements.at[i];
		if (selector_takes_entitlement(&q->entitlement, e))
			return NULL;
		selector_spell_entitlement(&q->entitlement, a, e, &names);
	}
	selector_spell_roles(&q->entitlement, a, &names);
	return unknown(a, known, where, "role, product or API", q->entitlement.text, &names);
}

struct error *question_check(const struct question *q, struct arena *a,
			     const struct known_names *known, const char *where)
{
	if (q->has_principal)
		TRY(check_principal(q, a, known, where));
	return q->has_entitlement ? check_entitlement(q, a, known, where) : NULL;
}

bool question_takes(const struct question *q, const struct principal *p,
		    const struct entitlement *e)
{
	return (!q->has_principal || selector_takes_principal(&q->principal, p)) &&
	       (!q->has_entitlement || selector_takes_entitlement(&q->entitlement, e));
}
