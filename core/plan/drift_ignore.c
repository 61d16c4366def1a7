/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/drift_ignore.h"

#include <string.h>

#include "core/language/config.h"

const char *drift_not_left(const struct operator_policy *policy)
{
	return policy && policy->ignore_admin_drift
		       ? NULL
		       : "drift of an administrator right is ignored only where the operator's "
			 "policy.ignoreAdminDrift allows it";
}

const char *drift_not_ignorable(const struct drift_item *d, int32_t until, int32_t today,
				const struct operator_policy *policy)
{
	const char *why = d->admin ? drift_not_left(policy) : NULL;
	if (why)
		return why;
	if (until - today > DRIFT_IGNORE_DAYS)
		return "it is to be ignored for more than 90 days";
	return NULL;
}

static void ignore(struct drift_item *d, const struct drift_ignore *by)
{
	d->fate = DRIFT_IGNORED;
	d->ignore = by;
}

void drift_reopen(struct drift_item *d, const char *why)
{
	d->fate = DRIFT_LEFT;
	d->ignore = NULL;
	d->open_because = why;
}

static bool was_called(const struct drift_item *d, const char *name, const char *by)
{
	ARENA scratch = {0};
	char then[DRIFT_FINGERPRINT + 1];
	drift_fingerprint(&scratch, d, name, then);
	return !strcmp(then, by);
}

/* Whether a fingerprint is that of this drift, perhaps from before its account got its name. */
static bool is_named(const struct drift_item *d, const struct model_index *wanted, const char *by)
{
	bool renamed =
		d->before && d->after && strcmp(d->before->meta.name, d->after->meta.name) != 0;
	if (!strcmp(d->fingerprint, by))
		return true;
	if (d->principal->kind != PRINCIPAL_ACCOUNT || renamed)
		return false;
	if (d->base_name && was_called(d, d->base_name, by))
		return true;
	const struct account *a = model_find_account(wanted, d->principal->name);
	for (size_t i = 0; a && i < a->meta.previously.len; i++) {
		if (was_called(d, a->meta.previously.at[i].text, by))
			return true;
	}
	return false;
}

void drift_apply_ignores(struct drift_vec *drifts, const struct drift_ignore_vec *ignores,
			 const struct model_index *wanted, int32_t today,
			 const struct operator_policy *policy)
{
	for (size_t i = 0; i < ignores->len; i++) {
		const struct drift_ignore *by = &ignores->at[i];
		for (size_t k = 0; by->until >= today && k < drifts->len; k++) {
			struct drift_item *d = &drifts->at[k];
			if (!is_named(d, wanted, by->fingerprint))
				continue;
			const char *why = drift_not_ignorable(d, by->until, today, policy);
			if (!why)
				ignore(d, by);
			d->open_because = d->fate == DRIFT_IGNORED ? NULL : why;
		}
	}
}

void drift_leave(struct drift_vec *drifts, const struct drift_ignore_vec *left)
{
	for (size_t i = 0; i < left->len; i++) {
		for (size_t k = 0; k < drifts->len; k++) {
			if (!strcmp(drifts->at[k].fingerprint, left->at[i].fingerprint))
				ignore(&drifts->at[k], &left->at[i]);
		}
	}
}
