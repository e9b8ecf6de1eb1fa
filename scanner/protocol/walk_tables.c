/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables that a walk reads, in this order, and what is kept of their rows. A row that says
 * what cannot be, or nothing that is of use, is passed over; nothing is kept beyond the bounds
 * of walk.h. Texts are cleaned on their way in.
 *
 * References: RFC 6933 (entPhysicalTable), RFC 2863 (ifTable, ifXTable), RFC 4293
 * (ipAddressTable, ipNetToPhysicalTable and those before them), RFC 4188 and RFC 4363
 * (forwarding), IEEE 802.1AB (LLDP-MIB, LLDP-V2-MIB), CISCO-CDP-MIB, CISCO-VTP-MIB.
 */
#include "scanner/protocol/walk_internal.h"

#include "common/text.h"
#include "scanner/wire/lldp.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

enum {
	ENTITY_CHASSIS = 3, /* PhysicalClass */
	ADDRESS_UNICAST = 1,
	ARP_INVALID = 2,
	STATE_INVALID = 5,
	STATE_INCOMPLETE = 7,
	LEARNT = 3,
	LLDP_PLACE = 3, /* numbers that say which neighbour it is; the last is never 0 */
	LLDP_V2_PLACE = 4,
	ID_INTERFACE_NAME = 5, /* LldpPortIdSubtype */
	ID_LOCAL = 7,
	VLAN_DEFAULT = 1,
	VLAN_RESERVED = 1002,
	VLAN_RESERVED_LAST = 1005,
	VLAN_MOST = 4094,
	VLAN_OPERATIONAL = 1, /* vtpVlanState */
	CDP_IPV4 = 1,
	CDP_IPV6 = 20,
	ID_TEXT_MAX = 255,
};

/* ---- what all of them use ---------------------------------------------------------------- */

/* Room for one more, of zeros; NULL if there is none. */
static void *add(struct walk_list *list, size_t size)
{
	uint8_t *thing;

	if (list->n == WALK_ROWS_MAX)
		return NULL;
	if (list->n == list->room) {
		size_t room = list->room ? list->room * 2 : 16;
		void *things = realloc(list->things, room * size);

		if (!things)
			return NULL;
		list->things = things;
		list->room = room;
	}
	thing = (uint8_t *)list->things + list->n++ * size;
	memset(thing, 0, size);
	return thing;
}

/* The thing whose first `n` numbers these are; NULL if there is none. They came in this
 * order. */
static const void *find(
	const struct walk_list *list, size_t size, const uint32_t *numbers, size_t n)
{
	const uint8_t *things = list->things;
	size_t low = 0, high = list->n;
	int order = 1;

	while (low < high && order != 0) {
		size_t middle = (low + high) / 2;

		order = snmp_oid_compare(
			(const uint32_t *)(things + middle * size), n, numbers, n);
		if (order == 0)
			low = middle;
		else if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return order == 0 ? things + low * size : NULL;
}

/* Clean text without white space at its ends; cut at `max` bytes. */
static void set_text(char *out, size_t max, const uint8_t *bytes, size_t size)
{
	_cleanup_(str_done) struct str text = STR_INIT(NEIGHBOUR_DESCRIPTION_MAX);

	while (size > 0 && (isspace(bytes[size - 1]) || !bytes[size - 1]))
		size--;
	for (; size > 0 && isspace(*bytes); size--)
		bytes++;
	text_clean(&text, bytes, size, max);
	memcpy(out, text.data, text.len + 1);
}

/* The same of a value that is text; false if nothing of it is left. */
static bool take_text(const struct snmp_binding *value, char *out, size_t max)
{
	*out = '\0';
	if (value && value->type == BER_OCTETS)
		set_text(out, max, cursor_rest(&value->value), cursor_left(&value->value));
	return *out != '\0';
}

static bool take_number(const struct snmp_binding *value, uint32_t *ret_number)
{
	return value && snmp_binding_number(value, ret_number);
}

static bool number_is(const struct snmp_binding *value, uint32_t wanted)
{
	uint32_t number;

	return take_number(value, &number) && number == wanted;
}

/* A MAC address of one station. */
static bool good_mac(const struct mac *mac)
{
	return !mac_is_zero(mac) && !mac_is_multicast(mac);
}

static bool take_mac(const struct snmp_binding *value, struct mac *ret_mac)
{
	struct cursor c = value ? value->value : (struct cursor){.failed = true};

	if (!value || value->type != BER_OCTETS || cursor_left(&c) != sizeof(ret_mac->bytes))
		return false;
	memcpy(ret_mac->bytes, cursor_rest(&c), sizeof(ret_mac->bytes));
	return good_mac(ret_mac);
}

/* Subidentifiers that are bytes. */
static bool index_bytes(const uint32_t *ids, size_t n, uint8_t *out)
{
	for (size_t i = 0; i < n; i++) {
		if (ids[i] > 255)
			return false;
		out[i] = (uint8_t)ids[i];
	}
	return true;
}

static bool index_mac(const uint32_t *ids, struct mac *ret_mac)
{
	return index_bytes(ids, sizeof(ret_mac->bytes), ret_mac->bytes) && good_mac(ret_mac);
}

/* An address that one host can have. */
static bool good_address(const struct addr *addr)
{
	static const struct addr none4 = {.family = 4}, none6 = {.family = 6};

	return addr->family && !addr_is_multicast(addr) && !addr_is_loopback(addr) &&
	       !addr_equal(addr, &none4) && !addr_equal(addr, &none6);
}

static bool index_v4(const uint32_t *ids, struct addr *ret_addr)
{
	uint8_t bytes[4];

	if (!index_bytes(ids, sizeof(bytes), bytes))
		return false;
	*ret_addr = addr_from_bytes(4, bytes);
	return good_address(ret_addr);
}

/* Kind, size and bytes (RFC 4001; IANA's address families of LLDP begin alike). With a zone,
 * the address before it. */
static bool index_address(const uint32_t *ids, size_t n, struct addr *ret_addr)
{
	static const struct {
		uint32_t size;
		uint8_t family;
	} kinds[] = {{0, 0}, {4, 4}, {16, 6}, {8, 4}, {20, 6}};
	uint8_t bytes[20];

	if (n < 2 || ids[0] == 0 || ids[0] >= ARRAY_SIZE(kinds) ||
		ids[1] != kinds[ids[0]].size || n != 2 + ids[1] ||
		!index_bytes(ids + 2, ids[1], bytes))
		return false;
	*ret_addr = addr_from_bytes(kinds[ids[0]].family, bytes);
	return good_address(ret_addr);
}

/* ---- the agent itself -------------------------------------------------------------------- */

static enum walk_row entity_row(struct walk *walk, const uint32_t *index, size_t n,
	const struct snmp_binding *const *values)
{
	(void)index, (void)n;
	if (!number_is(values[ENTITY_CLASS], ENTITY_CHASSIS))
		return ROW_NEXT;
	for (size_t i = 0; i < ENTITY_N; i++)
		if (i != ENTITY_CLASS)
			take_text(values[i], walk->entity[i], WALK_ENTITY_TEXT);
	walk->has_entity = true;
	return ROW_ENOUGH;
}

static enum walk_row keep_address(struct walk *walk, const struct addr *addr, uint32_t index)
{
	struct walk_address *address;

	if (addr_is_link_local(addr))
		return ROW_NEXT;
	address = add(&walk->addresses, sizeof(*address));
	if (!address)
		return ROW_FULL;
	*address = (struct walk_address){index, *addr};
	return ROW_NEXT;
}

static enum walk_row address_row(struct walk *walk, const uint32_t *index, size_t n,
	const struct snmp_binding *const *values)
{
	struct addr addr;
	uint32_t interface;

	if (!index_address(index, n, &addr) || !take_number(values[0], &interface) ||
		!number_is(values[1], ADDRESS_UNICAST))
		return ROW_NEXT;
	return keep_address(walk, &addr, interface);
}

static bool needs_old_addresses(const struct walk *walk)
{
	const struct walk_address *addresses = walk->addresses.things;

	for (size_t i = 0; i < walk->addresses.n; i++)
		if (addresses[i].addr.family == 4)
			return false;
	return true;
}

static enum walk_row old_address_row(struct walk *walk, const uint32_t *index, size_t n,
	const struct snmp_binding *const *values)
{
	struct addr addr;
	uint32_t interface;

	if (n != 4 || !index_v4(index, &addr) || !take_number(values[0], &interface))
		return ROW_NEXT;
	return keep_address(walk, &addr, interface);
}

/* ---- interfaces -------------------------------------------------------------------------- */

static enum walk_row interface_row(struct walk *walk, const uint32_t *index, size_t n,
	const struct snmp_binding *const *values)
{
	struct walk_interface *interface;

	if (n != 1)
		return ROW_NEXT;
	interface = add(&walk->interfaces, sizeof(*interface));
	if (!interface)
		return ROW_FULL;
	interface->index = index[0];
	if (!take_text(values[2], interface->name, WALK_NAME_MAX))
		take_text(values[0], interface->name, WALK_NAME_MAX);
	if (!take_mac(values[1], &interface->mac))
		interface->mac = (struct mac){0};
	return ROW_NEXT;
}

static const struct walk_interface *interface_at(const struct walk *walk, uint32_t index)
{
	return find(&walk->interfaces, sizeof(struct walk_interface), &index, 1);
}

static bool names_interface(const struct walk *walk, const char *name)
{
	const struct walk_interface *interfaces = walk->interfaces.things;

	for (size_t i = 0; *name && i < walk->interfaces.n; i++)
		if (strcmp(interfaces[i].name, name) == 0)
			return true;
	return false;
}

/* ---- ARP and neighbour discovery --------------------------------------------------------- */

static enum walk_row keep_arp(
	struct walk *walk, const struct addr *addr, uint32_t index, const struct mac *mac)
{
	struct walk_arp *arp = add(&walk->arps, sizeof(*arp));

	if (!arp)
		return ROW_FULL;
	*arp = (struct walk_arp){index, *addr, *mac};
	return ROW_NEXT;
}

static enum walk_row arp_row(struct walk *walk, const uint32_t *index, size_t n,
	const struct snmp_binding *const *values)
{
	struct addr addr;
	struct mac mac;

	if (n < 1 || !index_address(index + 1, n - 1, &addr) || !take_mac(values[0], &mac) ||
		number_is(values[1], ARP_INVALID) || number_is(values[2], STATE_INVALID) ||
		number_is(values[2], STATE_INCOMPLETE))
		return ROW_NEXT;
	return keep_arp(walk, &addr, index[0], &mac);
}

static bool needs_old_arps(const struct walk *walk)
{
	const struct walk_arp *arps = walk->arps.things;

	for (size_t i = 0; i < walk->arps.n; i++)
		if (arps[i].addr.family == 4)
			return false;
	return true;
}

static enum walk_row old_arp_row(struct walk *walk, const uint32_t *index, size_t n,
	const struct snmp_binding *const *values)
{
	struct addr addr;
	struct mac mac;

	if (n != 5 || !index_v4(index + 1, &addr) || !take_mac(values[0], &mac) ||
		number_is(values[1], ARP_INVALID))
		return ROW_NEXT;
	return keep_arp(walk, &addr, index[0], &mac);
}

/* ---- forwarding -------------------------------------------------------------------------- */

static enum walk_row port_row(struct walk *walk, const uint32_t *index, size_t n,
	const struct snmp_binding *const *values)
{
	struct walk_port *port;
	uint32_t interface;

	if (n != 1 || !take_number(values[0], &interface))
		return ROW_NEXT;
	port = add(&walk->ports, sizeof(*port));
	if (!port)
		return ROW_FULL;
	*port = (struct walk_port){index[0], interface};
	return ROW_NEXT;
}

/* Of one filtering database, or of the only one (0). Port 0 is none (RFC 4188,
 * dot1dTpFdbPort). */
static enum walk_row keep_station(struct walk *walk, uint32_t vlan, const uint32_t *address,
	const struct snmp_binding *const *values)
{
	const struct walk_port *port;
	struct walk_station *station;
	struct mac mac;
	uint32_t number;

	if (!index_mac(address, &mac) || !take_number(values[0], &number) || number == 0 ||
		!number_is(values[1], LEARNT))
		return ROW_NEXT;
	port = find(&walk->ports, sizeof(*port), &number, 1);
	station = add(&walk->stations, sizeof(*station));
	if (!station)
		return ROW_FULL;
	*station = (struct walk_station){port ? port->index : 0, vlan, mac};
	return ROW_NEXT;
}

static enum walk_row vlan_station_row(struct walk *walk, const uint32_t *index, size_t n,
	const struct snmp_binding *const *values)
{
	return n == 7 ? keep_station(walk, index[0], index + 1, values) : ROW_NEXT;
}

/* Only a bridge whose table knows no VLANs may tell them apart by being asked as each of
 * them. */
static bool needs_vlans(const struct walk *walk)
{
	return walk->stations.n == 0;
}

static int by_mac(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct mac));
}

/* Whom the table that knows VLANs has, in order. False without memory. */
static bool note_known(struct walk *walk)
{
	const struct walk_station *stations = walk->stations.things;

	walk->noted = true;
	for (size_t i = 0; i < walk->stations.n; i++) {
		struct mac *mac = add(&walk->known, sizeof(*mac));

		if (!mac)
			return false;
		*mac = stations[i].mac;
	}
	if (walk->known.n > 0)
		qsort(walk->known.things, walk->known.n, sizeof(struct mac), by_mac);
	return true;
}

/* Of a table that knows no VLANs, and then of those that the agent tells apart by being asked
 * as each of them. Beside a table that knows VLANs it should have nobody else (RFC 4363), but
 * some agents fill only one of the two with all that they have: who stands in both is in the
 * VLAN that the other one told. */
static enum walk_row station_row(struct walk *walk, const uint32_t *index, size_t n,
	const struct snmp_binding *const *values)
{
	struct mac mac;

	if (n != 6)
		return ROW_NEXT;
	if (!walk->vlan) {
		if (!walk->noted && !note_known(walk))
			return ROW_FULL;
		if (walk->known.n > 0 && index_mac(index, &mac) &&
			bsearch(&mac, walk->known.things, walk->known.n, sizeof(mac), by_mac))
			return ROW_NEXT;
	}
	return keep_station(walk, walk->vlan, index, values);
}

/* VLANs that are in use; as the first of them the agent was asked already, and those of Token
 * Ring and FDDI have no table. Index: the management domain, the VLAN. */
static enum walk_row vlan_row(struct walk *walk, const uint32_t *index, size_t n,
	const struct snmp_binding *const *values)
{
	uint32_t *vlan;

	if (n != 2 || index[1] <= VLAN_DEFAULT || index[1] > VLAN_MOST ||
		(index[1] >= VLAN_RESERVED && index[1] <= VLAN_RESERVED_LAST) ||
		!number_is(values[0], VLAN_OPERATIONAL))
		return ROW_NEXT;
	vlan = walk->vlans.n < WALK_VLANS_MAX ? add(&walk->vlans, sizeof(*vlan)) : NULL;
	if (!vlan)
		return ROW_FULL;
	*vlan = index[1];
	return ROW_NEXT;
}

static enum walk_row member_row(struct walk *walk, const uint32_t *index, size_t n,
	const struct snmp_binding *const *values)
{
	struct walk_member *member;
	uint32_t aggregate;

	if (n != 1 || !take_number(values[0], &aggregate) || aggregate == 0 ||
		aggregate == index[0])
		return ROW_NEXT;
	member = add(&walk->members, sizeof(*member));
	if (!member)
		return ROW_FULL;
	*member = (struct walk_member){index[0], aggregate};
	return ROW_NEXT;
}

/* ---- neighbours -------------------------------------------------------------------------- */

/* An id of LLDP: its kind stands in a column of its own. */
static struct lldp_id id_of(const struct snmp_binding *kind, const struct snmp_binding *value)
{
	struct lldp_id id = {0};
	uint32_t number;

	if (take_number(kind, &number) && number <= 255)
		id.subtype = (uint8_t)number;
	if (value && value->type == BER_OCTETS)
		id.value =
			(struct view){cursor_rest(&value->value), cursor_left(&value->value)};
	return id;
}

/* A port's id as a name: a MAC or IP address as such, else its text. */
static void port_text(const struct lldp_id *id, char out[WALK_NAME_MAX + 1])
{
	_cleanup_(str_done) struct str text = STR_INIT(4 * ID_TEXT_MAX);

	if (id->subtype == LLDP_PORT_MAC || id->subtype == LLDP_PORT_ADDRESS) {
		lldp_id_format(&text, id, LLDP_PORT_MAC, LLDP_PORT_ADDRESS);
		set_text(out, WALK_NAME_MAX, (const uint8_t *)text.data, text.len);
		return;
	}
	set_text(out, WALK_NAME_MAX, id->value.bytes, id->value.size);
}

/* The interface that an id or a description means: by its name, by that of its unit
 * ("ge-0/0/1.0" is said of "ge-0/0/1", or the other way round), or by its MAC. NULL: none
 * does. */
static const struct walk_interface *port_interface(
	const struct walk *walk, const char *text, const char *description)
{
	const struct walk_interface *interfaces = walk->interfaces.things;

	for (size_t i = 0; i < walk->interfaces.n; i++) {
		const char *name = interfaces[i].name;
		char mac[MAC_TEXT_MAX];
		size_t n = strcspn(name, ".");

		if (*name && (strcmp(name, text) == 0 || strcmp(name, description) == 0))
			return &interfaces[i];
		if (n > 0 && n == strcspn(text, ".") && memcmp(name, text, n) == 0)
			return &interfaces[i];
		if (!mac_is_zero(&interfaces[i].mac) &&
			strcmp(mac_format(&interfaces[i].mac, mac), text) == 0)
			return &interfaces[i];
	}
	return NULL;
}

/* A port of our agent's: the name of an interface where one is told, be it as the id, as the
 * description or by its number; else what it is described as. */
static enum walk_row local_row(struct walk *walk, const uint32_t *index, size_t n,
	const struct snmp_binding *const *values)
{
	const struct lldp_id id = id_of(values[0], values[1]);
	char text[WALK_NAME_MAX + 1], description[WALK_NAME_MAX + 1], *end;
	const struct walk_interface *interface = NULL;
	struct walk_local *local;
	const char *name;

	if (n != 1)
		return ROW_NEXT;
	local = add(&walk->locals, sizeof(*local));
	if (!local)
		return ROW_FULL;
	port_text(&id, text);
	take_text(values[2], description, WALK_NAME_MAX);
	if (id.subtype == ID_LOCAL && isdigit((unsigned char)*text)) {
		unsigned long number = strtoul(text, &end, 10);

		interface = *end || number > UINT32_MAX ? NULL
							: interface_at(walk, (uint32_t)number);
	}
	if (id.subtype == ID_INTERFACE_NAME || names_interface(walk, text))
		name = text;
	else if (names_interface(walk, description) || !interface || !*interface->name)
		name = *description ? description : text;
	else
		name = interface->name;
	local->number = index[0];
	if (!interface)
		interface = port_interface(walk, text, description);
	local->index = interface ? interface->index : 0;
	snprintf(local->name, sizeof(local->name), "%s", name);
	return ROW_NEXT;
}

static void number_name(char out[WALK_NAME_MAX + 1], uint32_t number)
{
	snprintf(out, WALK_NAME_MAX + 1, "%" PRIu32, number);
}

/* What a neighbour says of itself, once of all that say the same: its number, 0 if it says
 * nothing. */
static uint16_t keep_said(struct walk *walk, const struct snmp_binding *description,
	const struct snmp_binding *platform)
{
	const struct walk_said *known = walk->said.things;
	struct walk_said said = {0}, *place;
	bool says = take_text(description, said.description, NEIGHBOUR_DESCRIPTION_MAX);

	says |= take_text(platform, said.platform, WALK_NAME_MAX);
	if (!says)
		return 0;
	for (size_t i = 0; i < walk->said.n; i++)
		if (strcmp(known[i].description, said.description) == 0 &&
			strcmp(known[i].platform, said.platform) == 0)
			return (uint16_t)(i + 1);
	place = walk->said.n < WALK_SAID_MAX ? add(&walk->said, sizeof(*place)) : NULL;
	if (!place)
		return 0;
	*place = said;
	return (uint16_t)walk->said.n;
}

/* What both versions of the table say of a neighbour, at a port of ours; `name` NULL or empty:
 * the port's number is its name. */
static enum walk_row keep_neighbour(struct walk *walk, const uint32_t *index, size_t n,
	const struct snmp_binding *const *values, uint32_t interface, const char *name)
{
	const struct lldp_id chassis = id_of(values[0], values[1]),
			     port = id_of(values[2], values[3]);
	struct walk_neighbour *neighbour;
	struct walk_place *place;

	if (chassis.value.size == 0)
		return ROW_NEXT;
	neighbour = add(&walk->neighbours, sizeof(*neighbour));
	place = neighbour ? add(&walk->places, sizeof(*place)) : NULL;
	if (!place)
		return ROW_FULL;
	memcpy(place->ids, index, n * sizeof(*index));
	if (name && *name)
		snprintf(neighbour->port, sizeof(neighbour->port), "%s", name);
	else
		number_name(neighbour->port, index[1]);
	neighbour->index = interface;
	if (chassis.subtype == LLDP_CHASSIS_MAC && !take_mac(values[1], &neighbour->chassis))
		neighbour->chassis = (struct mac){0};
	take_text(values[5], neighbour->name, WALK_NAME_MAX);
	port_text(&port, neighbour->peer_port);
	if ((port.subtype == LLDP_PORT_MAC || !*neighbour->peer_port) && values[4])
		take_text(values[4], neighbour->peer_port, WALK_NAME_MAX);
	neighbour->said = keep_said(walk, values[6], NULL);
	return ROW_NEXT;
}

/* Index: when it came, the local port, a number. */
static enum walk_row lldp_row(struct walk *walk, const uint32_t *index, size_t n,
	const struct snmp_binding *const *values)
{
	const struct walk_local *local;

	if (n != LLDP_PLACE)
		return ROW_NEXT;
	local = find(&walk->locals, sizeof(*local), &index[1], 1);
	return keep_neighbour(walk, index, n, values, local ? local->index : 0,
		local ? local->name : NULL);
}

static bool needs_lldp_v2(const struct walk *walk)
{
	return walk->places.n == 0;
}

/* Index: when it came, the interface, the address that it was sent to, a number. */
static enum walk_row lldp_v2_row(struct walk *walk, const uint32_t *index, size_t n,
	const struct snmp_binding *const *values)
{
	const struct walk_interface *interface;

	if (n != LLDP_V2_PLACE)
		return ROW_NEXT;
	interface = interface_at(walk, index[1]);
	return keep_neighbour(
		walk, index, n, values, index[1], interface ? interface->name : NULL);
}

/* The address stands in the index, behind which neighbour it is of; that of IPv4 comes
 * first. */
static enum walk_row keep_management(
	struct walk *walk, const uint32_t *index, size_t n, size_t n_place)
{
	const struct walk_place *places = walk->places.things, *place;
	struct walk_neighbour *neighbours = walk->neighbours.things;
	struct addr addr, *known;

	if (n < n_place || !index_address(index + n_place, n - n_place, &addr))
		return ROW_NEXT;
	place = find(&walk->places, sizeof(*place), index, n_place);
	known = place ? &neighbours[place - places].addr : NULL;
	if (known && (!known->family || (known->family == 6 && addr.family == 4)))
		*known = addr;
	return ROW_NEXT;
}

static enum walk_row management_row(struct walk *walk, const uint32_t *index, size_t n,
	const struct snmp_binding *const *values)
{
	(void)values;
	return keep_management(walk, index, n, LLDP_PLACE);
}

/* Version 2 has told of neighbours, whose numbers are four. */
static bool has_lldp_v2(const struct walk *walk)
{
	const struct walk_place *places = walk->places.things;

	return walk->places.n > 0 && places[0].ids[LLDP_PLACE] != 0;
}

static enum walk_row management_v2_row(struct walk *walk, const uint32_t *index, size_t n,
	const struct snmp_binding *const *values)
{
	(void)values;
	return keep_management(walk, index, n, LLDP_V2_PLACE);
}

/* Index: the interface, a number. */
static enum walk_row cdp_row(struct walk *walk, const uint32_t *index, size_t n,
	const struct snmp_binding *const *values)
{
	const struct walk_interface *interface;
	struct walk_neighbour *neighbour;
	struct cursor bytes;

	if (n != 2)
		return ROW_NEXT;
	neighbour = add(&walk->neighbours, sizeof(*neighbour));
	if (!neighbour)
		return ROW_FULL;
	neighbour->cdp = true;
	neighbour->index = index[0];
	interface = interface_at(walk, index[0]);
	if (interface && *interface->name)
		snprintf(neighbour->port, sizeof(neighbour->port), "%s", interface->name);
	else
		number_name(neighbour->port, index[0]);
	if (values[1] && values[1]->type == BER_OCTETS) {
		bytes = values[1]->value;
		if (number_is(values[0], CDP_IPV4) && cursor_left(&bytes) == 4)
			neighbour->addr = addr_from_bytes(4, cursor_rest(&bytes));
		else if (number_is(values[0], CDP_IPV6) && cursor_left(&bytes) == 16)
			neighbour->addr = addr_from_bytes(6, cursor_rest(&bytes));
		if (!good_address(&neighbour->addr))
			neighbour->addr = (struct addr){0};
	}
	take_text(values[2], neighbour->name, WALK_NAME_MAX);
	take_text(values[3], neighbour->peer_port, WALK_NAME_MAX);
	neighbour->said = keep_said(walk, values[5], values[4]);
	return ROW_NEXT;
}

/* ---- the tables -------------------------------------------------------------------------- */

/* clang-format off */
#define COLUMN(...) {sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t), {__VA_ARGS__}}
#define MIB2 1, 3, 6, 1, 2, 1
#define ENTITY(n)     COLUMN(MIB2, 47, 1, 1, 1, 1, n)
#define INTERFACE(n)  COLUMN(MIB2, 2, 2, 1, n)
#define ADDRESS(n)    COLUMN(MIB2, 4, 34, 1, n)
#define PHYSICAL(n)   COLUMN(MIB2, 4, 35, 1, n)
#define MEDIA(n)      COLUMN(MIB2, 4, 22, 1, n)
#define FORWARD(n)    COLUMN(MIB2, 17, 4, 3, 1, n)
#define VLAN_FORWARD(n) COLUMN(MIB2, 17, 7, 1, 2, 2, 1, n)
#define LLDP(...)     COLUMN(1, 0, 8802, 1, 1, 2, 1, __VA_ARGS__)
#define LLDP_V2(...)  COLUMN(1, 3, 111, 2, 802, 1, 1, 13, 1, 4, __VA_ARGS__)
#define CDP(n)        COLUMN(1, 3, 6, 1, 4, 1, 9, 9, 23, 1, 2, 1, 1, n)

static const struct walk_table tables[] = {
	{.own = true, .rows_max = WALK_ENTITIES_MAX, .row = entity_row, .n_columns = ENTITY_N,
		.columns = {ENTITY(5), ENTITY(11), ENTITY(12), ENTITY(13), ENTITY(10),
			ENTITY(9), ENTITY(8), ENTITY(2)}},
	{.own = true, .row = address_row, .n_columns = 2, .columns = {ADDRESS(3), ADDRESS(4)}},
	{.own = true, .row = old_address_row, .needed = needs_old_addresses, .n_columns = 1,
		.columns = {COLUMN(MIB2, 4, 20, 1, 2)}},
	{.row = interface_row, .uses = USE_FDB | USE_LLDP | USE_CDP, .n_columns = 3,
		/* ifDescr, ifPhysAddress, ifName */
		.columns = {INTERFACE(2), INTERFACE(6), COLUMN(MIB2, 31, 1, 1, 1, 1)}},
	{.row = arp_row, .n_columns = 3, .columns = {PHYSICAL(4), PHYSICAL(6), PHYSICAL(7)}},
	{.row = old_arp_row, .needed = needs_old_arps, .n_columns = 2,
		.columns = {MEDIA(2), MEDIA(4)}},
	{.row = member_row, .n_columns = 1, /* dot3adAggPortAttachedAggID */
		.columns = {COLUMN(1, 2, 840, 10006, 300, 43, 1, 2, 1, 1, 13)}},
	{.row = port_row, .by_vlan = true, .uses = USE_FDB, .n_columns = 1,
		.columns = {COLUMN(MIB2, 17, 1, 4, 1, 2)}},
	{.row = vlan_station_row, .uses = USE_FDB, .n_columns = 2,
		.columns = {VLAN_FORWARD(2), VLAN_FORWARD(3)}},
	{.row = vlan_row, .uses = USE_FDB, .needed = needs_vlans, .n_columns = 1,
		.columns = /* vtpVlanState */
		 {COLUMN(1, 3, 6, 1, 4, 1, 9, 9, 46, 1, 3, 1, 1, 2)}},
	{.row = station_row, .by_vlan = true, .uses = USE_FDB, .n_columns = 2,
		.columns = {FORWARD(2), FORWARD(3)}},
	{.row = local_row, .uses = USE_LLDP, .n_columns = 3,
		.columns = {LLDP(3, 7, 1, 2), LLDP(3, 7, 1, 3), LLDP(3, 7, 1, 4)}},
	{.row = lldp_row, .uses = USE_LLDP, .n_columns = 7, .n_spare = 1,
		.columns = {LLDP(4, 1, 1, 4), LLDP(4, 1, 1, 5), LLDP(4, 1, 1, 6),
			LLDP(4, 1, 1, 7), LLDP(4, 1, 1, 8), LLDP(4, 1, 1, 9),
			LLDP(4, 1, 1, 10)}},
	{.row = management_row, .uses = USE_LLDP, .n_columns = 1,
		.columns = {LLDP(4, 2, 1, 3)}},
	{.row = lldp_v2_row, .uses = USE_LLDP, .needed = needs_lldp_v2, .n_columns = 7,
		.n_spare = 1,
		.columns = {LLDP_V2(1, 1, 5), LLDP_V2(1, 1, 6), LLDP_V2(1, 1, 7),
			LLDP_V2(1, 1, 8), LLDP_V2(1, 1, 9), LLDP_V2(1, 1, 10),
			LLDP_V2(1, 1, 11)}},
	{.row = management_v2_row, .uses = USE_LLDP, .needed = has_lldp_v2, .n_columns = 1,
		.columns = {LLDP_V2(2, 1, 3)}},
	{.row = cdp_row, .uses = USE_CDP, .n_columns = 6, .n_spare = 2,
		.columns = {CDP(3), CDP(4), CDP(6), CDP(7), CDP(8), CDP(5)}},
};
/* clang-format on */

const struct walk_table *walk_table_at(size_t i)
{
	return i < ARRAY_SIZE(tables) ? &tables[i] : NULL;
}

/* Nothing is missing of what the tables of a use have. VLANs are asked last. */
static bool is_whole(const struct walk *walk, unsigned int use)
{
	bool asking = !walk->finished && !walk->vlan;

	if (!walk->finished && walk->vlan && use & USE_FDB)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		if (tables[i].uses & use &&
			(walk->cut_tables & 1u << i || (asking && i >= walk->table)))
			return false;
	return walk->everything && walk->stage == WALK_TABLES;
}

struct walk_tables walk_tables(const struct walk *walk)
{
	return (struct walk_tables){
		.fdb_whole = is_whole(walk, USE_FDB),
		.lldp_whole = is_whole(walk, USE_LLDP),
		.cdp_whole = is_whole(walk, USE_CDP),
		.interfaces = walk->interfaces.things,
		.n_interfaces = walk->interfaces.n,
		.addresses = walk->addresses.things,
		.n_addresses = walk->addresses.n,
		.arps = walk->arps.things,
		.n_arps = walk->arps.n,
		.stations = walk->stations.things,
		.n_stations = walk->stations.n,
		.neighbours = walk->neighbours.things,
		.n_neighbours = walk->neighbours.n,
		.members = walk->members.things,
		.n_members = walk->members.n,
		.said = walk->said.things,
		.n_said = walk->said.n,
	};
}
