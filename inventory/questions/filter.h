/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filter expressions: what people write to say which assets they mean, read into a tree.
 *
 *     port = tcp/502 and (product ~ siemens or vendor ~ "Schneider Electric") and not exposed
 *
 * Fields, comparisons and values are docs/queries.md's. The tree is looked up leaf by leaf
 * (select.h); no text of it ever becomes SQL. Pure: no I/O.
 */
#ifndef INVENTORY_QUESTIONS_FILTER_H
#define INVENTORY_QUESTIONS_FILTER_H

#include "common/addr.h"
#include "common/arena.h"
#include "common/error.h"

#include <stdbool.h>
#include <stdint.h>

#define FILTER_BYTES_MAX 4096
#define FILTER_DEPTH_MAX 32
#define FILTER_LEAVES_MAX 64

/* What a field is compared with. */
enum filter_kind {
	FILTER_TEXT,    /* = != ~ !~ in; letter case does not count; ~ finds it anywhere */
	FILTER_PORT,    /* = != < <= > >= in; 443, tcp/443, udp/1-1023 */
	FILTER_NUMBER,  /* = != < <= > >= in */
	FILTER_ADDRESS, /* = != in; an address or a prefix */
	FILTER_TIME,    /* < <= > >= */
	FILTER_FLAG     /* stands alone */
};

enum filter_field {
	FIELD_ADDRESS,
	FIELD_CERTIFICATE,
	FIELD_CII,
	FIELD_EXPOSED,
	FIELD_FIRST_SEEN,
	FIELD_IMPORTANCE,
	FIELD_KEY,
	FIELD_LAST_SEEN,
	FIELD_MAC,
	FIELD_NAME,
	FIELD_ORGANISATION,
	FIELD_OS,
	FIELD_PORT,
	FIELD_PRODUCT,
	FIELD_PROTOCOL,
	FIELD_ROLE,
	FIELD_STATE,
	FIELD_SYSTEM,
	FIELD_TAG,
	FIELD_TEXT,
	FIELD_TIER,
	FIELD_VENDOR,
	FIELD_VERSION,
	FIELD_ZONE,
	FIELD_N
};

enum filter_node_kind { NODE_LEAF, NODE_NOT, NODE_AND, NODE_OR };

struct filter_node {
	enum filter_node_kind kind;
	struct filter_node *left, *right; /* NOT: left only */
	enum filter_field field;
	const char *pattern;  /* text: of LIKE, folded, escaped by backslash */
	int64_t low, high; /* port, number: both included; time: microseconds, both included */
	uint8_t transport;    /* port: IP protocol number, 0 any */
	struct cidr cidr;
};

/* NULL for a field that there is not. */
const char *filter_field_name(enum filter_field field);
enum filter_kind filter_field_kind(enum filter_field field);

/* Reads an expression into `arena`, whose it then is. ERROR_USAGE says at which character what
 * was expected. */
int filter_parse(struct arena *arena, const char *text, struct filter_node **ret_root,
	struct error *reterr);

/* One comparison, `field op value`, as if it stood in an expression. */
int filter_leaf(struct arena *arena, enum filter_field field, const char *op, const char *value,
	struct filter_node **ret_leaf, struct error *reterr);
/* left and right; one of them may be NULL. NULL without memory. */
struct filter_node *filter_and(
	struct arena *arena, struct filter_node *left, struct filter_node *right);

#endif
