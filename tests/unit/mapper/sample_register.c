/* SPDX-License-Identifier: Apache-2.0 */
/* Fills the register's part of a sample; see sample_register.h. */
#include "tests/unit/mapper/sample_register.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR_US (3600LL * 1000000)

static void *records(struct estate *e, size_t n, size_t size)
{
	void *made = arena_alloc(e->arena, n * size);

	if (!made) {
		fputs("sample_register: no memory\n", stderr);
		exit(1);
	}
	return made;
}

static void add_organisations(struct estate *e)
{
	static const struct estate_organisation rows[] = {
		{"org-lanhe", "Lanhe Power", "energy.power", "440304"},
		{"org-grid", "Grid Automation Centre", "energy.power", "440305"},
		{"org-hosting", "Pearl Hosting", "information", "440306"},
	};

	e->n_organisations = 3;
	e->organisations = records(e, 3, sizeof(*e->organisations));
	memcpy(e->organisations, rows, sizeof(rows));
	e->n_businesses = 1;
	e->businesses = records(e, 1, sizeof(*e->businesses));
	e->businesses[0] = (struct estate_business){"biz-dispatch", "Distribution dispatch",
		"Lanhe Power", "energy.power", 1};
	if (e->n_systems == 0)
		return;
	e->systems[0].manages = "Lanhe Power";
	e->systems[0].operates = "Grid Automation Centre";
	e->systems[0].division = "440304";
	if (e->n_systems > 1)
		e->systems[1].operates = "Pearl Hosting";
}

static void add_relations(struct estate *e)
{
	uint32_t last = e->n_systems - 1;

	e->n_supports = e->n_dependencies = e->n_supplies = e->n_exits = 1;
	e->supports = records(e, 1, sizeof(*e->supports));
	e->supports[0] = (struct estate_support){0, 0, "total"};
	e->dependencies = records(e, 1, sizeof(*e->dependencies));
	e->dependencies[0] = (struct estate_dependency){0, last, "partial"};
	e->supplies = records(e, 1, sizeof(*e->supplies));
	e->supplies[0] = (struct estate_supply){0, "Delta Relay Works", "relay maintenance",
		"VPN to 198.18.40.20 port 22", 1};
	e->exits = records(e, 1, sizeof(*e->exits));
	e->exits[0] = (struct estate_exit){"exit-1", "Circuit East 100M", "Southern Telecom", 2,
		e->systems[0].id, e->systems[0].name};
}

static void add_zones(struct estate *e)
{
	static const struct estate_zone zones[] = {
		{"z-control", "control", ESTATE_NONE, "2", "computing-environment", 3},
		{"z-boundary", "boundary", ESTATE_NONE, "3.5", "area-boundary", 2},
		{"z-management", "management", ESTATE_NONE, "3", "management-centre", 2},
		{"z-office", "office", ESTATE_NONE, "4", "computing-environment", 1},
	};
	static const struct estate_conduit conduits[] = {
		{"c-1", "Control to office", 0, 3, "core", "https, sql"},
		{"c-2", "DMZ to management", 1, 2, "border", "ssh"},
		{"c-3", "Office to itself", 3, 3, "", ""},
	};

	e->n_zones = 4;
	e->zones = records(e, 4, sizeof(*e->zones));
	memcpy(e->zones, zones, sizeof(zones));
	e->n_conduits = 3;
	e->conduits = records(e, 3, sizeof(*e->conduits));
	memcpy(e->conduits, conduits, sizeof(conduits));
}

void sample_register(struct estate *e)
{
	static const int64_t hours[] = {2, 20, 30, 150, 200, 700, 900, 9000, 0};

	add_organisations(e);
	if (e->n_systems > 0)
		add_relations(e);
	add_zones(e);
	for (uint32_t i = 0; i < e->n_assets; i++) {
		struct estate_asset *a = &e->assets[i];
		int64_t ago = hours[i * 7 % (sizeof(hours) / sizeof(hours[0]))];

		a->seen_us = ago ? e->as_of_us - ago * HOUR_US : 0;
		a->n_findings = i % 5 == 1 ? 1 + i % 4 : 0;
		a->responsible = i % 7 == 3 ? "Pearl Hosting" : "";
	}
	for (uint32_t i = 0; i < e->n_services; i++)
		if (e->services[i].exposed)
			e->services[i].kind = "web";
}
