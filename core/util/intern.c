/* SPDX-License-Identifier: Apache-2.0 */
#include "core/util/intern.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>
#include <sys/random.h>

#include "core/util/arena.h"
#include "core/util/process.h"

#define SHARD_BITS 6
#define SLOTS_MIN 64

struct interned_text {
	uint32_t len;
	char text[];
};

struct slot {
	struct interned_text *entry; /* NULL: free */
	uint32_t hash;
};

/* A shard has cache lines of its own, so that threads at neighbouring shards do not slow each other
 * down. */
struct shard {
	_Alignas(64) pthread_mutex_t lock;
	struct slot *slots;
	uint32_t used, mask;
	struct arena texts;
};

struct intern {
	uint64_t seed; /* secret, so that nobody can choose names that collide */
	struct shard shards[1 << SHARD_BITS];
};

static uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* After wyhash: a wide multiplication for every eight bytes. */
static uint64_t hash_of(uint64_t seed, const char *text, size_t len)
{
	uint64_t hash = seed ^ mix(len ^ 0x9e3779b97f4a7c15, 0xa0761d6478bd642f), word;

	for (; len > sizeof(word); text += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, text, sizeof(word));
		hash = mix(hash ^ word, 0xe7037ed1a0b428db);
	}
	word = 0;
	memcpy(&word, text, len);
	return mix(hash ^ word, 0x8ebc6af09c88c6e3);
}

struct intern *intern_new(void)
{
	struct intern *table = aligned_alloc(_Alignof(struct intern), sizeof(*table));
	if (!table)
		process_out_of_memory(0);
	memset(table, 0, sizeof(*table));
	if (getentropy(&table->seed, sizeof(table->seed)))
		table->seed = (uintptr_t)table;
	for (size_t i = 0; i < 1 << SHARD_BITS; i++)
		pthread_mutex_init(&table->shards[i].lock, NULL);
	return table;
}

void intern_free(struct intern *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < 1 << SHARD_BITS; i++) {
		struct shard *shard = &table->shards[i];
		pthread_mutex_destroy(&shard->lock);
		arena_done(&shard->texts);
		free(shard->slots);
	}
	free(table);
}

/* The slot that holds the text, or the free one where it belongs. */
static struct slot *find_slot(struct shard *shard, uint32_t hash, const char *text, size_t len)
{
	for (uint32_t i = hash & shard->mask;; i = (i + 1) & shard->mask) {
		struct slot *slot = &shard->slots[i];
		if (!slot->entry)
			return slot;
		if (slot->hash == hash && slot->entry->len == len &&
		    !memcmp(slot->entry->text, text, len))
			return slot;
	}
}

static struct slot *new_slots(uint32_t count)
{
	size_t size = count * sizeof(struct slot);
	return memset(xmalloc(size), 0, size);
}

static void grow(struct shard *shard)
{
	struct shard old = *shard;
	shard->mask = old.slots ? old.mask * 2 + 1 : SLOTS_MIN - 1;
	shard->slots = new_slots(shard->mask + 1);
	for (uint32_t i = 0; old.slots && i <= old.mask; i++) {
		uint32_t to = old.slots[i].hash & shard->mask;
		if (!old.slots[i].entry)
			continue;
		while (shard->slots[to].entry)
			to = (to + 1) & shard->mask;
		shard->slots[to] = old.slots[i];
	}
	free(old.slots);
}

static struct interned_text *new_entry(struct shard *shard, const char *text, size_t len)
{
	struct interned_text *entry = arena_alloc(&shard->texts, sizeof(*entry) + len + 1);
	entry->len = (uint32_t)len;
	memcpy(entry->text, text, len);
	entry->text[len] = '\0';
	return entry;
}

static const char *add(struct shard *shard, uint32_t hash, const char *text, size_t len)
{
	if (!shard->slots || shard->used > shard->mask - shard->mask / 4)
		grow(shard);
	struct slot *slot = find_slot(shard, hash, text, len);
	if (!slot->entry) {
		*slot = (struct slot){new_entry(shard, text, len), hash};
		shard->used++;
	}
	return slot->entry->text;
}

/* The shard of a hash: its top bits choose it, its bottom bits the slot. */
static struct shard *shard_of(struct intern *table, uint64_t hash)
{
	return &table->shards[hash >> (64 - SHARD_BITS)];
}

const char *intern(struct intern *table, const char *text)
{
	return intern_n(table, text, strlen(text));
}

static const char *intern_hashed(struct intern *table, uint64_t hash, const char *text, size_t len)
{
	struct shard *shard = shard_of(table, hash);
	assert(len < UINT32_MAX && !memchr(text, '\0', len));
	pthread_mutex_lock(&shard->lock);
	const char *found = add(shard, (uint32_t)hash, text, len);
	pthread_mutex_unlock(&shard->lock);
	return found;
}

const char *intern_n(struct intern *table, const char *text, size_t len)
{
	return intern_hashed(table, hash_of(table->seed, text, len), text, len);
}

const char *intern_through(struct intern *table, struct intern_recent *recent, const char *text,
			   size_t len)
{
	uint64_t hash = hash_of(table->seed, text, len);
	size_t at = hash & (INTERN_RECENT - 1);
	if (!recent)
		return intern_hashed(table, hash, text, len);
	const char *known = recent->at[at].text;
	if (!known || recent->at[at].hash != hash || intern_len(known) != len ||
	    memcmp(known, text, len) != 0) {
		known = intern_hashed(table, hash, text, len);
		recent->at[at].text = known;
		recent->at[at].hash = hash;
	}
	return known;
}

size_t intern_len(const char *interned)
{
	return ((const struct interned_text *)(const void *)(interned -
							     offsetof(struct interned_text, text)))
		->len;
}

uint64_t intern_hash(const char *interned)
{
	return mix((uintptr_t)interned ^ 0x9e3779b97f4a7c15, 0xe7037ed1a0b428db);
}
