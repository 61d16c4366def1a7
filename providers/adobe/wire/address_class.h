/* SPDX-License-Identifier: Apache-2.0 */
/* address_class.h - what kind of network an address is in.
 *
 * No service of Adobe is in a private network: a name that leads there was forged, or is a trap. */
#ifndef ADOBE_ADDRESS_CLASS_H
#define ADOBE_ADDRESS_CLASS_H

enum peer { PEER_NONE /* no address */, PEER_OWN, PEER_PRIVATE, PEER_PUBLIC };

/* The network of a numeric address; one of IPv4 that is written as IPv6 counts as the IPv4
 * address. */
enum peer address_class_of(const char *address);

#endif
