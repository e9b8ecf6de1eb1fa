/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing with linear steps, at most half full; see hosts.h. */
#include "scanner/campaign/hosts.h"

#include <stdlib.h>
#include <string.h>

void host_table_init(struct hosts *hosts, const struct siphash_key *key)
{
	memset(hosts, 0, sizeof(*hosts));
	hosts->key = *key;
}

void host_table_done(struct hosts *hosts)
{
	free(hosts->rows);
	free(hosts->table);
}

static uint32_t home(const struct hosts *hosts, const struct addr *addr)
{
	return (uint32_t)siphash(&hosts->key, addr->bytes, addr->family == 4 ? 4 : 16) &
	       hosts->mask;
}

/* The place of the address in the table, or the free place where it belongs. */
static uint32_t place(const struct hosts *hosts, const struct addr *addr)
{
	uint32_t at = home(hosts, addr);

	while (hosts->table[at] != HOST_NONE &&
		!addr_equal(&hosts->rows[hosts->table[at]].addr, addr))
		at = (at + 1) & hosts->mask;
	return at;
}

uint32_t host_table_find(const struct hosts *hosts, const struct addr *addr)
{
	return hosts->mask ? hosts->table[place(hosts, addr)] : HOST_NONE;
}

static bool grow(struct hosts *hosts)
{
	uint32_t max = hosts->max ? hosts->max * 2 : 64;
	struct host *rows;
	uint32_t *table;

	if (max > HOSTS_MAX)
		return false;
	rows = reallocarray(hosts->rows, max, sizeof(*rows));
	if (!rows)
		return false;
	hosts->rows = rows;
	table = malloc(sizeof(*table) * max * 2);
	if (!table)
		return false;
	memset(table, 0xff, sizeof(*table) * max * 2);
	free(hosts->table);
	hosts->table = table;
	hosts->max = max;
	hosts->mask = max * 2 - 1;
	for (uint32_t i = 0; i < hosts->n; i++)
		table[place(hosts, &rows[i].addr)] = i;
	return true;
}

uint32_t host_table_add(struct hosts *hosts, const struct addr *addr)
{
	uint32_t known = host_table_find(hosts, addr);

	if (known != HOST_NONE)
		return known;
	if (hosts->n == hosts->max && !grow(hosts))
		return HOST_NONE;
	hosts->rows[hosts->n] = (struct host){.addr = *addr, .slot = HOST_NONE};
	hosts->table[place(hosts, addr)] = hosts->n;
	return hosts->n++;
}
