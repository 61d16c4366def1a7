/* SPDX-License-Identifier: Apache-2.0 */
/* Projects, workspaces, credentials and their secrets, made and taken away; to which services
 * a credential is subscribed. */
#include <inttypes.h>
#include <string.h>

#include "cmd/adobe-emulator/org/org.h"
#include "cmd/adobe-emulator/wire/ids.h"
#include "core/util/unicode.h"

static const char *serial_text(struct org *s, struct arena *a)
{
	return s->loading ? "" : arena_printf(a, "%" PRIu64, ++s->serial);
}

struct workspace *make_workspace(struct org *s, struct project *p, const char *name,
				 const char *title, const char *description)
{
	ARENA scratch = {0};
	struct workspace *w = arena_zalloc(&s->arena, sizeof(*w));
	w->id = org_intern(s,
			   id_digits(&scratch, 19, "workspace", p->id, serial_text(s, &scratch)));
	w->name = org_intern(s, name);
	w->title = org_intern(s, title ? title : name);
	w->description = org_intern(s, description ? description : "");
	w->created = w->modified = s->now;
	vec_push(&s->arena, &p->workspaces, w);
	org_made(s, &w->life, "workspace.create", p->title, w->name);
	return w;
}

struct project *make_project(struct org *s, const char *name, const char *title,
			     const char *description, const char *type, const char *who)
{
	ARENA scratch = {0};
	struct project *p = arena_zalloc(&s->arena, sizeof(*p));
	p->id = org_intern(s, id_digits(&scratch, 19, "project", name, serial_text(s, &scratch)));
	p->name = org_intern(s, name);
	p->title = org_intern(s, title);
	p->description = org_intern(s, description ? description : "");
	p->type = org_intern(s, type);
	p->who = org_intern(s, who);
	p->created = p->modified = s->now;
	vec_push(&s->arena, &s->projects, p);
	org_made(s, &p->life, "project.create", p->title, p->name);
	return p;
}

struct secret_row *make_secret(struct org *s, struct org_credential *c)
{
	ARENA scratch = {0};
	const char *serial = serial_text(s, &scratch);
	struct secret_row *row = arena_zalloc(&s->arena, sizeof(*row));
	row->uuid = org_intern(s, id_hex(&scratch, 32, "secret id", c->client_id, serial));
	row->value =
		org_intern(s, arena_printf(&scratch, "p8e-%s",
					   id_hex(&scratch, 36, "secret", c->client_id, serial)));
	row->created = s->now;
	vec_push(&s->arena, &c->secrets, row);
	org_made(s, &row->life, "secret.create", c->name, row->uuid);
	return row;
}

/* A name for the account in the letters of metadata.name, from the credential's name; made unique.
 */
static const char *document_name(struct org *s, struct arena *a, const char *name)
{
	struct str out = STR(a);
	for (; *name && out.len < 58; name++) {
		char c = ascii_lower(*name);
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			str_addc(&out, c);
		else if (out.len && out.at[out.len - 1] != '-')
			str_addc(&out, '-');
	}
	while (out.len && out.at[out.len - 1] == '-')
		str_cut(&out, out.len - 1);
	const char *base = out.len ? str_text(&out) : "account", *unique = base;
	for (unsigned n = 2; find_account(s, unique, REVISION_LATEST); n++)
		unique = arena_printf(a, "%s-%u", base, n);
	return unique;
}

struct org_credential *make_credential(struct org *s, struct project *p, struct workspace *w,
				       const char *name, const char *description)
{
	ARENA scratch = {0};
	const char *serial = serial_text(s, &scratch);
	struct org_credential *c = arena_zalloc(&s->arena, sizeof(*c));
	c->account = org_intern(s, document_name(s, &scratch, name));
	c->project = p;
	c->workspace = w;
	c->name = org_intern(s, name);
	c->description = org_intern(s, description ? description : "");
	c->id = org_intern(s, id_digits(&scratch, 6, "credential", name, serial));
	while (find_credential(s, c->id, REVISION_LATEST))
		c->id = org_intern(s, id_digits(&scratch, 7, "credential", c->id, serial));
	c->client_id = org_intern(s, id_hex(&scratch, 32, "client", name, serial));
	c->tech_id =
		org_intern(s, arena_printf(&scratch, "%s@techacct.adobe.com",
					   id_hex_upper(&scratch, 24, "account", name, serial)));
	c->tech_email =
		org_intern(s, arena_printf(&scratch, "%s@techacct.adobe.com",
					   id_uuid(&scratch, "account e-mail", name, serial)));
	c->type = "oauth_server_to_server";
	c->migration = "NONE";
	c->created = c->modified = s->now;
	c->has_apis = true;
	c->document.meta.name = c->account;
	vec_push(&s->arena, &s->credentials, c);
	org_made(s, &c->life, "credential.create", c->name, p->title);
	make_secret(s, c);
	return c;
}

void drop_credential(struct org *s, struct org_credential *c)
{
	org_take_all(s, PRINCIPAL_ACCOUNT, c->account, ROLE_NONE);
	org_gone(s, &c->life, "credential.delete", c->name, c->project->title);
}

static void drop_credentials_of(struct org *s, const struct project *p, const struct workspace *w)
{
	for (size_t i = 0; i < s->credentials.len; i++) {
		struct org_credential *c = s->credentials.at[i];
		if (lives(&c->life, REVISION_LATEST) && c->project == p &&
		    (!w || c->workspace == w))
			drop_credential(s, c);
	}
}

void drop_workspace(struct org *s, struct project *p, struct workspace *w)
{
	drop_credentials_of(s, p, w);
	org_gone(s, &w->life, "workspace.delete", p->title, w->name);
}

void drop_project(struct org *s, struct project *p)
{
	drop_credentials_of(s, p, NULL);
	org_gone(s, &p->life, "project.delete", p->title, p->name);
}

void subscribe(struct org *s, struct org_credential *c, struct catalogue_service *service)
{
	if (find_subscription(c, service, REVISION_LATEST))
		return;
	struct org_subscription *row = arena_zalloc(&s->arena, sizeof(*row));
	row->service = service;
	row->spelling = service->name;
	vec_push(&s->arena, &c->subscriptions, row);
	c->has_apis = true;
	org_made(s, &row->life, "service.subscribe", c->name, service->code);
	row->fresh = true;
	row->before = s->revision - 1;
}

void unsubscribe(struct org *s, struct org_credential *c, struct org_subscription *row)
{
	org_gone(s, &row->life, "service.unsubscribe", c->name, row->service->code);
}

void credential_scopes(const struct org_credential *c, struct arena *a, uint64_t view,
		       struct words_vec *out)
{
	vec_push(a, out, "AdobeID");
	vec_push(a, out, "openid");
	for (size_t i = 0; i < c->subscriptions.len; i++) {
		const struct org_subscription *row = c->subscriptions.at[i];
		const struct words_vec *scopes = &row->service->scopes;
		for (size_t k = 0; lives(&row->life, view) && k < scopes->len; k++) {
			if (!words_have(out, scopes->at[k]))
				vec_push(a, out, scopes->at[k]);
		}
	}
}
