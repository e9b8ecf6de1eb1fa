/* SPDX-License-Identifier: Apache-2.0 */
/* See known.h. Rows are as bytes in the journal what walk.h has as structures. */
#include "scanner/campaign/known.h"

#include "common/cursor.h"
#include "scanner/campaign/record.h"
#include "scanner/campaign/run.h"

#include <stdlib.h>
#include <string.h>

#define ROW_MAX 256	      /* bytes of one row */
#define CHUNK_MAX (32u << 10) /* of one record */

enum table { INTERFACES, ADDRESSES, ARPS, STATIONS, NEIGHBOURS, MEMBERS, TABLE_N };

/* That of a neighbour: its table, protocol and index, three names, a MAC and an address. */
_Static_assert(1 + 1 + 4 + 3 * (2 + WALK_NAME_MAX + 1) + 6 + 17 <= ROW_MAX, "a row fits");
_Static_assert(
	TABLE_N == ARRAY_SIZE(((struct known *)0)->rows.tables), "a list for each table");

static const size_t row_sizes[TABLE_N] = {sizeof(struct walk_interface),
	sizeof(struct walk_address), sizeof(struct walk_arp), sizeof(struct walk_station),
	sizeof(struct walk_neighbour), sizeof(struct walk_member)};

void *known_add(struct known_list *list, size_t size, size_t max)
{
	if (list->n == list->room) {
		size_t room = list->room ? 2 * list->room : 64;
		void *bigger = list->n < max ? reallocarray(list->rows, room, size) : NULL;

		if (!bigger)
			return NULL;
		list->rows = bigger;
		list->room = room;
	}
	return memset((uint8_t *)list->rows + size * list->n++, 0, size);
}

static int no_memory(struct run *run)
{
	return error_set(run->reterr, ERROR_SYSTEM, "no memory to go on with a scan");
}

static int damaged(struct run *run)
{
	return error_set(run->reterr, ERROR_INPUT,
		"the journal of this scan tells what cannot be; scan anew");
}

/* ---- rows as bytes ----------------------------------------------------------------------- */

static void get_name(struct cursor *c, char out[WALK_NAME_MAX + 1])
{
	const char *text = record_get_text(c);
	size_t size = text ? strlen(text) + 1 : 0;

	if (size == 0 || size > WALK_NAME_MAX + 1)
		cursor_fail(c);
	else
		memcpy(out, text, size);
}

static void put_row(struct packer *p, enum table table, const struct walk_tables *t, size_t i)
{
	const struct walk_neighbour *n = &t->neighbours[i];

	packer_u8(p, (uint8_t)table);
	if (table == INTERFACES) {
		packer_be32(p, t->interfaces[i].index);
		record_put_text(p, t->interfaces[i].name);
		record_put_mac(p, &t->interfaces[i].mac);
	} else if (table == ADDRESSES) {
		packer_be32(p, t->addresses[i].index);
		record_put_addr(p, &t->addresses[i].addr);
	} else if (table == ARPS) {
		packer_be32(p, t->arps[i].index);
		record_put_addr(p, &t->arps[i].addr);
		record_put_mac(p, &t->arps[i].mac);
	} else if (table == STATIONS) {
		packer_be32(p, t->stations[i].index);
		packer_be32(p, t->stations[i].vlan);
		record_put_mac(p, &t->stations[i].mac);
	} else if (table == NEIGHBOURS) {
		packer_u8(p, n->cdp);
		packer_be32(p, n->index);
		record_put_text(p, n->port);
		record_put_mac(p, &n->chassis);
		record_put_addr(p, &n->addr);
		record_put_text(p, n->name);
		record_put_text(p, n->peer_port);
	} else {
		packer_be32(p, t->members[i].index);
		packer_be32(p, t->members[i].aggregate);
	}
}

static void get_neighbour(struct cursor *c, struct walk_neighbour *n)
{
	n->cdp = cursor_u8(c) != 0;
	n->index = cursor_be32(c);
	get_name(c, n->port);
	record_get_mac(c, &n->chassis);
	n->addr = record_get_any_addr(c);
	get_name(c, n->name);
	get_name(c, n->peer_port);
}

static void get_row(struct cursor *c, enum table table, void *row)
{
	uint32_t index = table == NEIGHBOURS ? 0 : cursor_be32(c);

	if (table == INTERFACES) {
		struct walk_interface *interface = row;

		interface->index = index;
		get_name(c, interface->name);
		record_get_mac(c, &interface->mac);
	} else if (table == ADDRESSES) {
		struct walk_address *address = row;

		address->index = index;
		address->addr = record_get_any_addr(c);
	} else if (table == ARPS) {
		struct walk_arp *arp = row;

		arp->index = index;
		arp->addr = record_get_any_addr(c);
		record_get_mac(c, &arp->mac);
	} else if (table == STATIONS) {
		struct walk_station *station = row;

		station->index = index;
		station->vlan = cursor_be32(c);
		record_get_mac(c, &station->mac);
	} else if (table == NEIGHBOURS) {
		get_neighbour(c, row);
	} else {
		*(struct walk_member *)row = (struct walk_member){index, cursor_be32(c)};
	}
}

void known_note_tables(struct run *run, const struct addr *agent, const struct walk_tables *t)
{
	const size_t counts[TABLE_N] = {t->n_interfaces, t->n_addresses, t->n_arps,
		t->n_stations, t->n_neighbours, t->n_members};
	struct record record = {.kind = RECORD_ROWS, .addr = *agent};
	uint8_t chunk[CHUNK_MAX];
	struct packer p = packer_of(chunk, sizeof(chunk));

	if (!run->o->journal)
		return;
	run_note(run, &record); /* of none: it begins */
	record.told = chunk;
	for (int table = 0; table < TABLE_N; table++)
		for (size_t i = 0; i < counts[table]; i++) {
			put_row(&p, (enum table)table, t, i);
			record.told_size = p.pos;
			if (p.size - p.pos >= ROW_MAX)
				continue;
			run_note(run, &record);
			p = packer_of(chunk, sizeof(chunk));
			record.told_size = 0;
		}
	if (record.told_size)
		run_note(run, &record);
}

/* ---- agents ------------------------------------------------------------------------------ */

struct wiring *known_wiring(struct known *known)
{
	if (!known->wiring)
		known->wiring = wiring_new();
	return known->wiring;
}

static int take_rows(struct run *run, const struct record *record)
{
	struct known *known = &run->known;
	struct cursor c = cursor_of(record->told, record->told_size);

	for (int table = 0; !record->told_size && table < TABLE_N; table++)
		known->rows.tables[table].n = 0;
	while (cursor_left(&c)) {
		uint8_t table = cursor_u8(&c);
		void *row;

		if (table >= TABLE_N)
			return damaged(run);
		row = known_add(&known->rows.tables[table], row_sizes[table], KNOWN_ROWS_MAX);
		if (!row)
			return known->rows.tables[table].n < KNOWN_ROWS_MAX ? no_memory(run)
									    : damaged(run);
		get_row(&c, (enum table)table, row);
		if (!cursor_ok(&c))
			return damaged(run);
	}
	return 0;
}

static struct walk_tables tables_of(const struct known *known, uint8_t whole)
{
	const struct known_list *t = known->rows.tables;

	return (struct walk_tables){.fdb_whole = whole & AGENT_FDB_WHOLE,
		.lldp_whole = whole & AGENT_LLDP_WHOLE,
		.cdp_whole = whole & AGENT_CDP_WHOLE,
		.interfaces = t[INTERFACES].rows,
		.n_interfaces = t[INTERFACES].n,
		.addresses = t[ADDRESSES].rows,
		.n_addresses = t[ADDRESSES].n,
		.arps = t[ARPS].rows,
		.n_arps = t[ARPS].n,
		.stations = t[STATIONS].rows,
		.n_stations = t[STATIONS].n,
		.neighbours = t[NEIGHBOURS].rows,
		.n_neighbours = t[NEIGHBOURS].n,
		.members = t[MEMBERS].rows,
		.n_members = t[MEMBERS].n};
}

/* Which addresses an engine said are its own, so that it is not read there. */
static int take_own(
	struct run *run, const struct walk_end *end, const struct walk_tables *tables)
{
	for (size_t i = 0; end->engine_size && i < tables->n_addresses; i++) {
		struct walk_own *own = known_add(&run->known.own, sizeof(*own), WALK_OWN_MAX);

		if (!own)
			return run->known.own.n < WALK_OWN_MAX ? no_memory(run) : 0;
		own->addr = tables->addresses[i].addr;
		own->size = end->engine_size;
		memcpy(own->engine, end->engine, end->engine_size);
	}
	return 0;
}

static int take_agent(struct run *run, const struct record *record)
{
	struct known *known = &run->known;
	const struct walk_end *end = &record->agent.end;
	const struct walk_tables tables = tables_of(known, record->agent.whole);
	struct addr *addr = known_add(&known->agents, sizeof(*addr), HOSTS_MAX);
	int r = run_retell(run, record, &run->o->sink);

	if (r < 0)
		return r;
	if (!addr || !known_wiring(known))
		return no_memory(run);
	*addr = end->addr;
	walk_count(&known->walked, end);
	if (record->agent.spoke) {
		addr = known_add(&known->read, sizeof(*addr), HOSTS_MAX);
		if (!addr)
			return no_memory(run);
		*addr = end->addr;
		if (!wiring_add(known->wiring, &end->addr, record->agent.engine, &tables))
			known->full++;
		r = take_own(run, end, &tables);
	}
	for (int table = 0; table < TABLE_N; table++)
		known->rows.tables[table].n = 0;
	return r;
}

/* ---- aliases, names ---------------------------------------------------------------------- */

static int take_sample(struct run *run, const struct record *record)
{
	struct known_sample *sample =
		known_add(&run->known.samples, sizeof(*sample), KNOWN_SAMPLES_MAX);

	if (!sample)
		return run->known.samples.n < KNOWN_SAMPLES_MAX ? no_memory(run) : damaged(run);
	*sample = record->sample;
	return 0;
}

static int take_named(struct run *run, const struct record *record)
{
	struct reverse_asked *asked =
		known_add(&run->known.asked, sizeof(*asked), REVERSE_QUESTIONS_MAX);

	if (!asked)
		return run->known.asked.n < REVERSE_QUESTIONS_MAX ? no_memory(run)
								  : damaged(run);
	*asked = record->named;
	return run_retell(run, record, &run->o->sink);
}

bool known_take(struct run *run, const struct record *record, int *ret)
{
	if (record->kind == RECORD_SAMPLE)
		*ret = take_sample(run, record);
	else if (record->kind == RECORD_ROUND)
		run->known.round = record->round;
	else if (record->kind == RECORD_ROWS)
		*ret = take_rows(run, record);
	else if (record->kind == RECORD_AGENT)
		*ret = take_agent(run, record);
	else if (record->kind == RECORD_NAMED)
		*ret = take_named(run, record);
	else
		return false;
	return true;
}

void known_done(struct known *known)
{
	free(known->samples.rows);
	free(known->agents.rows);
	free(known->read.rows);
	free(known->own.rows);
	free(known->asked.rows);
	for (int table = 0; table < TABLE_N; table++)
		free(known->rows.tables[table].rows);
	wiring_free(known->wiring);
}
