/* SPDX-License-Identifier: Apache-2.0 */
/* What speaks against an account before anything is sent: another project, or a title that several
 * have. */
#include <string.h>

#include "core/util/report.h"
#include "providers/adobe/console/adobe_names.h"
#include "providers/adobe/console/provision.h"

const char *provision_offers(const struct provider *p, struct arena *a, const char *product,
			     const char *profile)
{
	struct str out = STR(a);
	for (size_t i = 0; i < p->apis.len; i++) {
		if (!api_find_licence(&p->apis.at[i], product, profile))
			continue;
		str_add(&out, out.len ? " or " : "");
		str_add(&out, quoted(a, p->apis.at[i].name));
	}
	return out.len ? str_text(&out) : NULL;
}

static const char *check_project(struct provider *p, struct arena *a, const struct credential *c,
				 const struct account *account)
{
	const char *title = project_title(a, account);
	if (c && account->project && c->project && strcmp(c->project, account->project) != 0)
		return arena_printf(a,
				    "credential %s is in project %s: Adobe cannot move it to %s; "
				    "say the project that it is in, or another `credential`",
				    quoted(a, c->name), quoted(a, c->project),
				    quoted(a, account->project));
	size_t count = c ? 1 : console_count_projects(p, title);
	if (count > 1)
		return arena_printf(a,
				    "%zu projects have the title %s; rename the others, or say "
				    "another `project`",
				    count, quoted(a, title));
	return NULL;
}

/* The credential that has the account's present name, else one with an earlier name. */
static struct credential *find_present(struct provider *p, const struct account *account)
{
	struct credential *c = session_find(p, account->meta.name);
	for (size_t i = 0; !c && i < account->meta.previously.len; i++)
		c = session_find(p, account->meta.previously.at[i].text);
	return c && c->detailed ? c : NULL;
}

const char *provision_check(struct provider *p, struct arena *a, const struct account *account)
{
	const struct credential *c = find_present(p, account);
	return check_project(p, a, c, account);
}
