/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/judge.h"

bool judge_is_ahead(const struct judge *j, size_t i)
{
	return !j->in->settled || !j->in->settled[i];
}

bool judge_is_due(const struct judge *j, size_t i)
{
	return judge_is_ahead(j, i) && !j->out->withheld[i];
}

bool judge_has_ended(const struct judge *j, size_t i)
{
	return j->in->changes->at[i].reason == REASON_EXPIRED &&
	       (!j->in->unvouched || (j->in->passed && j->in->passed[i]));
}

void judge_add(struct judge *j, struct guard g)
{
	vec_push(j->arena, &j->out->guards, g);
}

bool judge_is_admin(const struct judge *j, const struct entitlement *e)
{
	return provider_is_admin(j->in->reader, j->in->session, e);
}
