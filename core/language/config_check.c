/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the configuration that no single field tells. */
#include <string.h>

#include "core/language/config_table.h"
#include "core/language/schema_fields.h"
#include "core/language/schema_finding.h"
#include "core/util/unicode.h"

/* How many of the keys are there; the last one found in *which. */
static size_t count_keys(const struct node *mapping, const char *const *keys, size_t *which)
{
	size_t count = 0;
	for (size_t i = 0; keys[i]; i++) {
		if (schema_find(mapping, keys[i])) {
			count++;
			*which = i;
		}
	}
	return count;
}

/* Whether one of the keys stands in it, or none and another one, of which it was told that nobody
 * knows it: it was likely meant for one of these. */
static bool has_one(const struct node *mapping, const char *const *keys, size_t *which)
{
	size_t count = count_keys(mapping, keys, which);
	return count == 1 || (count == 0 && mapping->first);
}

static const char *const source_keys[] = {"file", "env", "command", "fd", NULL};

void config_check_source(struct decode *d, const struct node *mapping, void *object)
{
	static const enum secret_kind kinds[] = {SECRET_FILE, SECRET_ENV, SECRET_COMMAND,
						 SECRET_FD};
	struct secret_source *source = object;
	size_t which = 0;
	if (!has_one(mapping, source_keys, &which))
		schema_finding(d, mapping, "E0803", "expected one of file, env, command, fd",
			       "a secret has one source");
	source->kind = kinds[which];
}

void config_check_sink(struct decode *d, const struct node *mapping, void *object UNUSED)
{
	static const char *const keys[] = {"directory", "command", NULL};
	size_t which = 0;
	if (!has_one(mapping, keys, &which))
		schema_finding(d, mapping, "E0803", "expected one of directory, command",
			       "new secrets go to one place");
}

void config_check_sign(struct decode *d, const struct node *mapping, void *object)
{
	static const char *const keys[] = {"key", "agent", NULL};
	struct signing *signing = object;
	size_t which = 0;
	if (!has_one(mapping, keys, &which))
		schema_finding(d, mapping, "E0803", "expected one of key, agent", "one key signs");
	signing->kind = which == 0 ? SIGN_FILE : SIGN_AGENT;
}

static const char *const ledger_keys[] = {"folder", "postgres", "git", "s3", NULL};

void config_check_ledger(struct decode *d, const struct node *mapping, void *object)
{
	static const enum ledger_kind kinds[] = {LEDGER_FOLDER, LEDGER_POSTGRES, LEDGER_GIT,
						 LEDGER_S3};
	struct ledger_settings *settings = object;
	size_t which = 0;
	if (count_keys(mapping, ledger_keys, &which) > 1)
		schema_finding(d, mapping, "E0803", "expected one place", "a ledger has one place");
	settings->kind = kinds[which];
}

void config_check_holder(struct decode *d, const struct node *mapping, void *object)
{
	const struct required_holder *holder = object;
	schema_check_scope(d, mapping, holder->role);
}

void config_check_principal(struct decode *d, const struct node *mapping, void *object UNUSED)
{
	static const char *const keys[] = {"account", "user", "group", NULL};
	size_t which = 0;
	if (!has_one(mapping, keys, &which))
		schema_finding(d, mapping, "E0418", "expected one of account, user, group",
			       "a holder is one principal");
}

static void check_accounts(struct decode *d, const struct node *list,
			   const struct account_credential_vec *accounts)
{
	const struct node *n = list ? list->first : NULL;
	for (size_t i = 0; n && i < accounts->len; i++, n = n->next) {
		for (size_t k = 0; accounts->at[i].name && k < i; k++) {
			if (accounts->at[k].name == accounts->at[i].name)
				schema_finding(d, n, "E0806", "one entry an account",
					       "account \"%s\" stands twice", accounts->at[i].name);
		}
	}
}

#define PIN "sha256//"
#define PIN_DIGITS 43 /* of 32 bytes in base64, before one "=" */

/* Digests of keys as libcurl takes them; never a file, which it would take too. */
static bool is_pin_list(const char *text)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789+/";
	for (;;) {
		if (strncmp(text, PIN, strlen(PIN)) != 0)
			return false;
		text += strlen(PIN);
		if (strspn(text, digits) != PIN_DIGITS || text[PIN_DIGITS] != '=')
			return false;
		text += PIN_DIGITS + 1;
		if (*text != ';')
			return !*text;
		text++;
	}
}

static void check_ledger_endpoint(struct decode *d, const struct node *mapping,
				  const struct organization_config *o)
{
	if (!o->allow_local && o->ledger.s3.endpoint && url_is_local(o->ledger.s3.endpoint))
		schema_finding(d, schema_find(mapping, "ledger"), "E0802",
			       "allowLocalEndpoints: true allows it", "an endpoint without https");
}

/* Whether zeros stand in it alone, up to an "@": `writ init --adobe` writes them. */
static bool is_blank_id(const char *id)
{
	size_t zeros = id ? strspn(id, "0") : 0;
	return zeros && (!id[zeros] || id[zeros] == '@');
}

static void check_filled_in(struct decode *d, const struct node *mapping,
			    const struct organization_config *o)
{
	const struct node *server = schema_find(mapping, "server");
	if (is_blank_id(o->org_id))
		schema_finding(d, schema_find(mapping, "orgId"), "E0809",
			       "write your organisation's there, and in the manifests",
			       "orgId is not filled in");
	if (is_blank_id(o->server.client_id))
		schema_finding(d, schema_find(server, "clientId"), "E0809",
			       "write that of your credential there", "clientId is not filled in");
}

static bool is_truth(const char *text)
{
	static const char *const words[] = {"true", "false", "yes", "no", "on", "off"};
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (!ascii_casecmp(words[i], text))
			return true;
	}
	return false;
}

/* "push: true" would push to a remote called true. */
static void check_push(struct decode *d, const struct node *mapping)
{
	const struct node *snapshot = schema_find(mapping, "snapshot");
	const struct node *push =
		snapshot && snapshot->type == NODE_MAPPING ? schema_find(snapshot, "push") : NULL;
	if (push && push->type == NODE_SCALAR && push->plain && is_truth(push->text))
		schema_finding(d, push, "E0405",
			       "expected the name of a remote, such as origin; without the key "
			       "nothing is pushed",
			       "%s is no remote", schema_quoted(d, push->text));
}

static void check_org_id(struct decode *d, const struct node *mapping,
			 const struct organization_config *o)
{
	bool serves_file = o->live && !o->server.client_id && !o->user.client_id;
	if (!serves_file && !schema_find(mapping, "orgId") && !schema_is_meant(d, mapping, "orgId"))
		schema_finding(d, mapping, "E0402",
			       "expected orgId: the organisation's id in the service, such as "
			       "\"0123456789ABCDEF01234567@AdobeOrg\"; or live, of an organisation "
			       "of provider file",
			       "missing key \"orgId\"");
}

void config_check_organization(struct decode *d, const struct node *mapping, void *object)
{
	const struct organization_config *o = object;
	const struct node *endpoints = schema_find(mapping, "endpoints");
	const struct node *key =
		endpoints && endpoints->type == NODE_MAPPING ? endpoints->first : NULL;
	for (; key && !o->allow_local; key = key->next->next) {
		if (key->next->type == NODE_SCALAR && url_is_local(key->next->text))
			schema_finding(d, key->next, "E0802", "allowLocalEndpoints: true allows it",
				       "an endpoint without https");
	}
	check_org_id(d, mapping, o);
	check_push(d, mapping);
	check_ledger_endpoint(d, mapping, o);
	check_filled_in(d, mapping, o);
	check_accounts(d, schema_find(mapping, "accounts"), &o->accounts);
	if (o->pinned_key && !is_pin_list(o->pinned_key))
		schema_finding(d, schema_find(mapping, "pinnedPublicKey"), "E0808",
			       "expected sha256//BASE64, several with \";\" between",
			       "no digest of a public key");
}

static bool same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

void config_check_document(struct decode *d, const struct node *mapping, void *object)
{
	const struct config *config = object;
	const struct organization_config_vec *all = &config->organizations;
	const struct node *list = schema_find(mapping, "organizations");
	const struct node *n = list ? list->first : NULL;
	for (size_t i = 0; n && i < all->len; i++, n = n->next) {
		for (size_t k = 0; k < i; k++) {
			if (same(all->at[k].name, all->at[i].name) ||
			    same(all->at[k].org_id, all->at[i].org_id))
				schema_finding(d, n, "E0806", "one entry an organisation",
					       "this organisation's name or orgId stands twice");
		}
	}
}
