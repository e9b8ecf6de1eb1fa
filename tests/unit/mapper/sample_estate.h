/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Estates for the mapper's tests: a small utility as the lab has it, a hostile one, degenerate
 * ones, and a synthetic one of 2,000 assets. All text is clean, as the estate promises. The
 * same sample has the same content every time.
 */
#ifndef TESTS_UNIT_MAPPER_SAMPLE_ESTATE_H
#define TESTS_UNIT_MAPPER_SAMPLE_ESTATE_H

#include "common/model/estate.h"

enum sample {
	SAMPLE_LAB,	   /* 9 networks (5 also IPv6), 39 assets, 4 routers, 4 systems and one
			      outside, 1 CII */
	SAMPLE_HOSTILE,	   /* names of 10,000 characters, RTL, emoji, markup, quotes, escapes */
	SAMPLE_EMPTY,	   /* nothing at all */
	SAMPLE_ONE_HOST,   /* this machine on its loopback network */
	SAMPLE_NO_LINKS,   /* three networks, nothing between them */
	SAMPLE_STAR,	   /* one router, 5,000 hosts linked to it */
	SAMPLE_SINGLETONS, /* 1,000 assets, each alone, without network or system */
	SAMPLE_NETWORKS,   /* 400 networks behind 20 routers: more than a sheet can show */
	SAMPLE_CITY,	   /* 2,000 assets, 5 sectors, 60 systems, 150 networks */
	SAMPLE_METROPOLIS, /* 10,000 assets, 5 sectors, 300 systems, 500 networks */
	SAMPLE_PROVINCE,   /* 16 organisations over 10 provinces, 48 systems, businesses,
			      suppliers */
	SAMPLE_SPARSE,	   /* addresses far apart in IPv4, a /8, and no subnets for some */
	SAMPLE_SIX,	   /* IPv6 alone: 90 prefixes */
	SAMPLE_N
};

#define SAMPLE_ARENA_MAX (64u << 20)

const char *sample_name(enum sample which);
/* In the arena; exits the test program without memory. */
struct estate *sample_estate(struct arena *arena, enum sample which);

#endif
