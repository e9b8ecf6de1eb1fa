/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which assets a filter means: each leaf is one question to the database that answers asset ids
 * in ascending order; and, or and not are merges of such lists. The most selective part of an
 * "and" is asked first and, if few assets are left, bounds the questions after it.
 */
#ifndef INVENTORY_QUESTIONS_SELECT_H
#define INVENTORY_QUESTIONS_SELECT_H

#include "common/cleanup.h"
#include "inventory/questions/filter.h"
#include "inventory/store/db.h"

#define SELECT_IDS_MAX 50000000 /* assets of one answer */

struct id_list {
	int64_t *ids; /* ascending, each once */
	size_t n;
};

void id_list_done(struct id_list *list);

/* ret_all: there is no filter, all are meant, and the list is empty. The caller frees it with
 * id_list_done(). */
int select_assets(struct db *db, const struct filter_node *root, const char *realm,
	bool *ret_all, struct id_list *ret, struct error *reterr);

/* Every asset. */
int select_all_assets(struct db *db, struct id_list *ret, struct error *reterr);

enum id_merge { MERGE_BOTH, MERGE_EITHER, MERGE_FIRST_ONLY };
/* What is in both lists, in either, or in `a` only. Both are freed, whatever comes of it. */
int id_list_merge(enum id_merge how, struct id_list *a, struct id_list *b, struct id_list *ret,
	struct error *reterr);

/* Appends "{1,2,3}", an array in PostgreSQL's text form; and the bytes that n take at most. */
#define ID_LIST_TEXT_MAX(n) ((size_t)(n) * 21 + 2)
void id_list_format(const int64_t *ids, size_t n, struct str *out);

#endif
