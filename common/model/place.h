/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a thing is met: at an address, or at the MAC of a station that has none, as far as was
 * heard. Staging and identity go by addresses, so such a MAC stands there as an IPv6 address of
 * 100::/64, the prefix of which packets are discarded (RFC 6666): nothing answers there, and no
 * observation is taken that says so. It is never shown, exported or looked for as an address
 * (adr/0016).
 */
#ifndef COMMON_MODEL_PLACE_H
#define COMMON_MODEL_PLACE_H

#include "common/addr.h"

struct addr place_of_mac(const struct mac *mac);
/* True of any address of the prefix. */
bool place_is_mac(const struct addr *place);
/* The address, or the MAC; in `out` of ADDR_TEXT_MAX bytes, which is returned. */
const char *place_format(const struct addr *place, char *out);

#endif
