/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/wire/address_class.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const struct network {
	const char *address;
	unsigned bits;
} own_networks[] =
	{
		{"127.0.0.0", 8},
		{"::1", 128},
},
  private_networks[] = {
	  {"0.0.0.0", 8},     {"10.0.0.0", 8},	   {"100.64.0.0", 10}, {"169.254.0.0", 16},
	  {"172.16.0.0", 12}, {"192.168.0.0", 16}, {"224.0.0.0", 3},   {"::", 128},
	  {"fc00::", 7},      {"fe80::", 10},	   {"ff00::", 8},
};

/* Parses an address into 16 bytes, IPv4 as ::ffff:a.b.c.d, so that a mapped address counts as the
 * IPv4 one. */
static bool parse_address(const char *text, unsigned char out[static 16])
{
	static const unsigned char mapped[12] = {[10] = 0xFF, [11] = 0xFF};
	memcpy(out, mapped, sizeof(mapped));
	return inet_pton(AF_INET, text, out + 12) == 1 || inet_pton(AF_INET6, text, out) == 1;
}

static bool is_in(const unsigned char address[static 16], const struct network *n)
{
	unsigned char base[16];
	if (!parse_address(n->address, base))
		return false;
	unsigned bits = n->bits + (strchr(n->address, ':') ? 0 : 96);
	unsigned char mask = (unsigned char)(0xFF00 >> (bits % 8));
	return !memcmp(address, base, bits / 8) &&
	       (bits % 8 == 0 || ((address[bits / 8] ^ base[bits / 8]) & mask) == 0);
}

static bool is_among(const unsigned char address[static 16], const struct network *networks,
		     size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (is_in(address, &networks[i]))
			return true;
	}
	return false;
}

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

enum peer address_class_of(const char *text)
{
	unsigned char address[16];
	if (!parse_address(text, address))
		return PEER_NONE;
	if (is_among(address, own_networks, COUNT(own_networks)))
		return PEER_OWN;
	return is_among(address, private_networks, COUNT(private_networks)) ? PEER_PRIVATE
									    : PEER_PUBLIC;
}
