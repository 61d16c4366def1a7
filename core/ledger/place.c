/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/place.h"

#include <string.h>

#include "core/ledger/state_folder.h"
#include "core/ledger/stores/stores.h"

#define KEY_BYTES 4 /* of the digest of an identity: tells organisations of one name apart */

const char *ledger_key(struct arena *a, const char *organization, const char *identity)
{
	unsigned char digest[SHA256_SIZE];
	char text[2 * KEY_BYTES + 1];
	sha256_of(identity, strlen(identity), digest);
	sha256_hex(digest, KEY_BYTES, text);
	return arena_printf(a, "%s-%s", organization, text);
}

/* Below a folder of the operator's the organisation has one of its own. */
static struct error *open_folder(struct ledger_place *place, struct store **out)
{
	ARENA a = {0};
	const char *folder = place->settings ? place->settings->folder : NULL;
	if (folder)
		return folder_store_open(arena_printf(&a, "%s/%s", folder, place->key), out);
	TRY(state_folder(&a, place->key, &folder));
	return folder_store_open(arena_printf(&a, "%s/ledger", folder), out);
}

static struct error *need_secret(struct ledger_place *place, size_t i,
				 const struct secret_source *source)
{
	return place->secrets[i] ? NULL : secret_read(source, &place->secrets[i]);
}

static struct error *open_postgres(struct ledger_place *place, struct store **out)
{
	TRY(need_secret(place, 0, &place->settings->postgres));
	return postgres_store_open(place->secrets[0], place->key, out);
}

static struct error *open_git(struct ledger_place *place, struct store **out)
{
	const struct ledger_settings *s = place->settings;
	return git_store_open(
		&(struct git_ledger){.key = place->key,
				     .ref = s->git_ref,
				     .remote = s->git_remote ? s->git_remote : place->remote,
				     .repository = s->git_repository ? s->git_repository
								     : place->repository},
		out);
}

static struct error *open_s3(struct ledger_place *place, struct store **out)
{
	const struct s3_settings *settings = &place->settings->s3;
	TRY(need_secret(place, 0, &settings->key_id));
	TRY(need_secret(place, 1, &settings->secret));
	if (settings->token.kind != SECRET_NONE)
		TRY(need_secret(place, 2, &settings->token));
	const struct s3_keys keys = {place->secrets[0], place->secrets[1], place->secrets[2]};
	return s3_store_open(settings, &keys, place->key, out);
}

static const struct {
	struct error *(*open)(struct ledger_place *place, struct store **out);
	bool shared;
} kinds[] = {
	[LEDGER_FOLDER] = {open_folder, false},
	[LEDGER_POSTGRES] = {open_postgres, true},
	[LEDGER_GIT] = {open_git, true},
	[LEDGER_S3] = {open_s3, true},
};

static enum ledger_kind kind_of(const struct ledger_place *place)
{
	return place->settings ? place->settings->kind : LEDGER_FOLDER;
}

struct error *ledger_place_open(struct ledger_place *place, struct store **out)
{
	return kinds[kind_of(place)].open(place, out);
}

void ledger_place_done(struct ledger_place *place)
{
	for (size_t i = 0; i < LEDGER_SECRETS; i++) {
		secret_free(place->secrets[i]);
		place->secrets[i] = NULL;
	}
}

/* A folder that the operator names is taken to be where all machines see it. */
bool ledger_place_is_shared(const struct ledger_place *place)
{
	return kinds[kind_of(place)].shared || (place->settings && place->settings->folder);
}
