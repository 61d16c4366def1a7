/* SPDX-License-Identifier: Apache-2.0 */
/* The services catalogue: what there is, and what of it a credential has. */
#include <string.h>

#include "cmd/adobe-emulator/console/console_parts.h"
#include "core/util/unicode.h"

static const char *drifted(struct server *s, struct request *r, const char *name)
{
	char *text = arena_strdup(r->arena, name);
	bool upper = switch_is(&s->switches, SWITCH_CONSOLE_NAME_CASE, "upper");
	if (switch_is(&s->switches, SWITCH_CONSOLE_NAME_CASE, "keep"))
		return text;
	for (char *at = text; *at; at++) {
		char lower = ascii_lower(*at);
		*at = upper && lower >= 'a' && lower <= 'z' ? (char)(lower - 32) : lower;
	}
	return text;
}

static struct tree *describe_profile(struct server *s, struct request *r, const struct profile *p,
				     struct tree *array)
{
	struct tree *item = tree_push_object(array);
	tree_int_text(item, "id", p->id);
	tree_text(item, "name", drifted(s, r, p->name));
	tree_text(item, "productId", p->product->id);
	tree_text(item, "description", p->product->name);
	return item;
}

static void describe_reasons(struct server *s, const struct catalogue_service *row,
			     struct tree *item)
{
	struct tree *reasons = tree_add_array(item, "disabledReasons");
	bool usable = row->offers.len == 0;
	for (size_t i = 0; i < row->offers.len; i++)
		usable |= console_may_use(s, row->offers.at[i]);
	if (row->needs_profile && row->offers.len == 0)
		tree_push_text(reasons, "ORG_MISSING_PRODUCT_PROFILES");
	if (!usable)
		tree_push_text(reasons, "USER_MISSING_PRODUCT_PROFILES");
	if (row->admin_only && !switch_is(&s->switches, SWITCH_CONSOLE_ROLE, "admin"))
		tree_push_text(reasons, "USER_MISSING_ADMIN_ROLE");
}

static void describe_service(struct server *s, struct request *r,
			     const struct catalogue_service *row, bool licences, struct tree *body)
{
	struct tree *item = tree_push_object(body);
	tree_text(item, "name", row->name);
	tree_text(item, "code", row->code);
	tree_text(item, "type", row->type);
	tree_bool(item, "enabled", row->enabled);
	tree_null(item, "platformList");
	tree_text(item, "docsUrl", "");
	tree_text(item, "learnMoreUrl", "");
	tree_text(item, "description", row->description);
	tree_bool(item, "deprecated", false);
	tree_bool(item, "requiresApproval", false);
	tree_bool(item, "canRequestAccess", false);
	tree_bool(item, "entitledForOrg", !row->needs_profile || row->offers.len > 0);
	tree_null(item, "accessPlatformAppId");
	describe_reasons(s, row, item);
	if (row->offers.len == 0) {
		tree_null(item, "properties");
		return;
	}
	struct tree *properties = tree_add_object(item, "properties");
	tree_add_array(properties, "roles");
	struct tree *all = tree_add_array(properties, "licenseConfigs");
	for (size_t i = 0; licences && i < row->offers.len; i++) {
		if (lives(&row->offers.at[i]->life, r->view))
			describe_profile(s, r, row->offers.at[i], all);
	}
}

/* Whether the list "a,b" has the code; NULL has all. */
static bool is_asked(const char *codes, const char *code)
{
	size_t len = strlen(code);
	if (!codes || !*codes)
		return true;
	for (const char *at = codes; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
		if (strcspn(at, ",") == len && !strncmp(at, code, len))
			return true;
	}
	return false;
}

static struct tree *describe_catalogue(struct server *s, struct request *r)
{
	const char *codes = request_query(r, "sdkCodes");
	bool licences = s->org->catalogue_read ||
			switch_is(&s->switches, SWITCH_CATALOGUE_LICENCES, "full");
	struct tree *body = tree_array();
	for (size_t i = 0; i < s->org->services.len; i++) {
		if (is_asked(codes, s->org->services.at[i]->code))
			describe_service(s, r, s->org->services.at[i], licences, body);
	}
	s->org->catalogue_read = true;
	return body;
}

void services_list(struct server *s, struct request *r, struct response *response)
{
	response_json(r, response, 200, describe_catalogue(s, r));
}

void services_list_v2(struct server *s, struct request *r, struct response *response)
{
	struct tree *body = tree_object();
	const char *codes = request_query(r, "sdkCodes");
	tree_text(body, "orgCode", s->org->ims_org);
	tree_text(body, "sdkCodes", codes ? codes : "");
	tree_add(body, "services", describe_catalogue(s, r));
	response_json(r, response, 200, body);
}

/* The profiles of one service that the account holds; with the switch licence-leak, those of all
 * services of the credential. */
static void describe_held(struct server *s, struct request *r, const struct org_credential *c,
			  const struct catalogue_service *row, struct tree *all)
{
	bool leak = switch_on(&s->switches, SWITCH_LICENCE_LEAK);
	for (size_t i = 0; i < s->org->profiles.len; i++) {
		const struct profile *p = s->org->profiles.at[i];
		bool fits = false;
		for (size_t k = 0; k < row->offers.len; k++)
			fits |= row->offers.at[k] == p;
		for (size_t k = 0; leak && k < c->subscriptions.len; k++) {
			const struct org_subscription *other = c->subscriptions.at[k];
			for (size_t m = 0; m < other->service->offers.len; m++)
				fits |= lives(&other->life, r->view) &&
					other->service->offers.at[m] == p;
		}
		if (fits && console_holds(s, r->view, c, p))
			describe_profile(s, r, p, all);
	}
}

void services_describe(struct server *s, struct request *r, const struct org_credential *c,
		       struct tree *integration)
{
	bool licences = c->cached || switch_is(&s->switches, SWITCH_INTEGRATION_LICENCES, "full");
	struct tree *codes = tree_add_array(integration, "sdkList");
	struct tree *properties = tree_add_array(integration, "serviceProperties");
	for (size_t i = 0; i < c->subscriptions.len; i++) {
		const struct org_subscription *row = c->subscriptions.at[i];
		if (!lives(&row->life, r->view))
			continue;
		tree_push_text(codes, row->service->code);
		struct tree *item = tree_push_object(properties);
		tree_text(item, "sdkCode", row->service->code);
		tree_text(item, "name", row->service->name);
		tree_add_array(item, "roles");
		tree_texts(item, "scopes", &row->service->scopes);
		struct tree *all = tree_add_array(item, "licenseConfigs");
		if (licences)
			describe_held(s, r, c, row->service, all);
	}
}

void service_properties(struct server *s, struct request *r, struct response *response)
{
	struct org_credential *c = console_credential(s, r, response, 1);
	if (!c)
		return;
	struct catalogue_service *service = find_service(s->org, r->args[2], "entp");
	struct org_subscription *row = service ? find_subscription(c, service, r->view) : NULL;
	if (!row) {
		console_error(r, response, 404, "ERR_MSG_ENTITY_NOT_FOUND", "Service not found");
		return;
	}
	bool lag = row->fresh && switch_is(&s->switches, SWITCH_SELECTED, "lagging");
	uint64_t view = lag ? row->before : r->view;
	row->fresh = false;
	c->cached = true;
	struct tree *body = tree_object();
	tree_text(body, "sdkCode", service->code);
	tree_text(body, "name", service->name);
	tree_add_array(body, "sdkList");
	struct tree *all = tree_add_array(body, "licenseConfigs");
	for (size_t i = 0; i < service->offers.len; i++) {
		if (!lives(&service->offers.at[i]->life, r->view))
			continue;
		struct tree *item = describe_profile(s, r, service->offers.at[i], all);
		tree_bool(item, "selected", console_holds(s, view, c, service->offers.at[i]));
	}
	response_json(r, response, 200, body);
}
