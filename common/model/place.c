/* SPDX-License-Identifier: Apache-2.0 */
/* See place.h. place_text() and place_is_mac() of the schema say the same. */
#include "common/model/place.h"

#include <string.h>

enum { PREFIX_SIZE = 8, MAC_AT = 10 };

static const uint8_t prefix[PREFIX_SIZE] = {0x01};

struct addr place_of_mac(const struct mac *mac)
{
	struct addr place = {.family = 6};

	memcpy(place.bytes, prefix, sizeof(prefix));
	memcpy(place.bytes + MAC_AT, mac->bytes, sizeof(mac->bytes));
	return place;
}

bool place_is_mac(const struct addr *place)
{
	return place->family == 6 && memcmp(place->bytes, prefix, sizeof(prefix)) == 0;
}

const char *place_format(const struct addr *place, char *out)
{
	struct mac mac;

	if (!place_is_mac(place))
		return addr_format(place, out);
	memcpy(mac.bytes, place->bytes + MAC_AT, sizeof(mac.bytes));
	return mac_format(&mac, out);
}
