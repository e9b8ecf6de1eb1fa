/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of a walk share: walk.c asks and opens answers, walk_rows.c puts the columns
 * of an answer together as rows, walk_tables.c knows the tables and keeps what their rows say,
 * walk_describe.c tells what was learnt of the agent. Included by these alone.
 */
#ifndef SCANNER_PROTOCOL_WALK_INTERNAL_H
#define SCANNER_PROTOCOL_WALK_INTERNAL_H

#include "common/siphash.h"
#include "scanner/protocol/snmp.h"
#include "scanner/protocol/usm.h"
#include "scanner/protocol/walk.h"
#include "scanner/wire/snmp.h"

#define WALK_COLUMNS_MAX 8
#define WALK_PREFIX_MAX 14   /* subidentifiers of a column */
#define WALK_BINDINGS 24     /* of one answer, as asked for: some forty bytes each */
#define WALK_ENTITY_TEXT 100

enum walk_stage { WALK_DISCOVERY, WALK_SYSTEM, WALK_TABLES };

/* What is read of the chassis, in the order of its columns: the last are those that are done
 * without first. */
enum walk_entity {
	ENTITY_CLASS,
	ENTITY_SERIAL,
	ENTITY_VENDOR,
	ENTITY_MODEL,
	ENTITY_SOFTWARE,
	ENTITY_FIRMWARE,
	ENTITY_HARDWARE,
	ENTITY_DESCRIPTION,
	ENTITY_N
};

/* A bridge port and its interface. */
struct walk_port {
	uint32_t number, index;
};

/* A port by the number that LLDP has for it. */
struct walk_local {
	uint32_t number;
	uint32_t index; /* ifIndex; 0: not known */
	char name[WALK_NAME_MAX + 1];
};

/* How LLDP's tables call a neighbour: three numbers, four of version 2. */
struct walk_place {
	uint32_t ids[4];
};

/* Room that grows; at most WALK_ROWS_MAX things of one size. */
struct walk_list {
	void *things;
	size_t n, room;
};

struct walk {
	const struct login *login;
	bool everything;
	uint64_t seed, counter, salt;
	struct siphash_key key;
	enum walk_state state;
	enum walk_stage stage;
	bool answered; /* something that the login opens was read */
	bool cut, finished; /* some of it is missing; all tables were asked for */
	unsigned int cut_tables; /* of which some is missing, as bits */
	bool resynchronised;
	unsigned int requests, tries;
	/* the request that is due */
	uint8_t request[WALK_DATAGRAM_MAX];
	size_t request_size;
	uint32_t message_id, request_id;
	/* version 3 */
	uint8_t engine_id[SNMP_ENGINE_MOST];
	struct snmp_engine engine;
	struct usm *usm;
	/* the answers that are told of the agent itself */
	uint8_t discovery[WALK_DATAGRAM_MAX], raw[WALK_DATAGRAM_MAX], system[WALK_SYSTEM_MAX];
	size_t discovery_size, raw_size, system_size;
	unsigned int system_at, system_count;
	/* the table that is asked for */
	size_t table;
	struct snmp_oid last; /* index of the last row */
	unsigned int ended;   /* columns, as bits */
	bool over;
	uint32_t repetitions, rows;
	uint32_t vlan; /* as whose part the agent is asked; 0: as itself */
	size_t next_vlan;
	bool noted; /* `known` has whom the table that knows VLANs has */
	/* what was read */
	bool has_entity;
	char entity[ENTITY_N][WALK_ENTITY_TEXT + 1];
	struct walk_list interfaces, addresses, arps, stations, neighbours, ports, locals,
		places, members, vlans, known, said;
};

/* Some of what is asked for just now is missing. */
static inline void walk_cut(struct walk *walk)
{
	walk->cut = true;
	if (walk->stage == WALK_TABLES)
		walk->cut_tables |= 1u << walk->table;
}

struct walk_column {
	size_t n;
	uint32_t ids[WALK_PREFIX_MAX];
};

enum walk_row { ROW_NEXT, ROW_ENOUGH, ROW_FULL };

/* What a table is needed for, as bits. */
enum walk_use { USE_FDB = 1, USE_LLDP = 2, USE_CDP = 4 };

/* Columns with one index. */
struct walk_table {
	bool own; /* asked for where everything is not */
	bool by_vlan; /* asked for of each VLAN again */
	unsigned int uses;
	uint32_t rows_max; /* where it ends without being cut; 0: nowhere */
	size_t n_columns;
	size_t n_spare; /* of them the last, which are done without: nothing of the table is
			   then missing */
	struct walk_column columns[WALK_COLUMNS_MAX];
	bool (*needed)(const struct walk *walk); /* NULL: always */
	/* `values`: one for each column, NULL where the row has none. */
	enum walk_row (*row)(struct walk *walk, const uint32_t *index, size_t n,
		const struct snmp_binding *const *values);
};

/* walk_tables.c; NULL behind the last. */
const struct walk_table *walk_table_at(size_t i);

/* Port numbers of an agent's part are that part's own. */
static inline void walk_begin_vlan(struct walk *walk)
{
	walk->vlan = ((const uint32_t *)walk->vlans.things)[walk->next_vlan++];
	walk->ports.n = 0;
}

/* walk_rows.c: goes to the next table that is needed, of the agent, then of its VLANs; false if
 * there is none. */
bool walk_rows_next(struct walk *walk, bool first);
/* The names that go on with it, at most WALK_COLUMNS_MAX; 0: it is over. */
size_t walk_rows_names(struct walk *walk, struct snmp_oid *names);
/* Does without the columns that can be spared, as answers may come without them; false if there
 * are none left. */
bool walk_rows_spare(struct walk *walk);
/* The bindings of an answer to them. */
void walk_rows_take(struct walk *walk, struct cursor bindings);

/* walk_describe.c: keeps an answer as it may be told. */
void walk_keep_raw(struct walk *walk, const uint8_t *bytes, size_t size);

#endif
