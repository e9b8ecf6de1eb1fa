/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notices to other organisations, for the acts that make them: drafted with their text
 * in the transaction of the act, sent under a number, acknowledged. None is ever overwritten:
 * each state is a version of its own with the time from which the register knew it.
 */
#ifndef INVENTORY_NOTICE_NOTICE_H
#define INVENTORY_NOTICE_NOTICE_H

#include "inventory/inventory.h"
#include "inventory/notice/template.h"

/* Whom a notice is from or to: by id in the register, or by name alone (`id` ""). */
struct notice_party {
	struct str id, name;
};
#define NOTICE_PARTY_MAX 1200
#define NOTICE_PARTY_INIT                                                                      \
	((struct notice_party){STR_INIT(NOTICE_PARTY_MAX), STR_INIT(NOTICE_PARTY_MAX)})
void notice_party_done(struct notice_party *party);

/* Fills `party` with whom `given` names, by the id of an organisation of the realm or as it
 * is; if it is NULL with the one organisation that has one of the roles on that day, the
 * first role first. Stays empty if nobody has, or several do. ERROR_USAGE if the name is
 * blank or too long. */
int notice_party_find(struct inventory *inv, int64_t realm, const char *given,
	const char *const *roles, size_t n_roles, const char *day, const char *needer,
	struct notice_party *party, struct error *reterr);

struct notice_request {
	const char *letter; /* the template: "identification-entered" */
	int64_t realm;
	const char *system; /* or "" */
	int64_t designation_id; /* that it tells of */
	int64_t case_id;        /* that is ended by it; 0: none */
	const struct notice_party *from;
	const struct notice_party *to; /* an empty name: as the template says */
	const char *day;	       /* of what it tells of: it is not sent before */
	int64_t recorded_us;	       /* that of the act */
	const struct notice_field *fields; /* besides {to} and {from} */
	size_t n_fields;
};
#define NOTICE_FIELDS_MAX 64

/* Drafts a notice in the caller's transaction and gives its number. */
int notice_draft(struct inventory *inv, const struct notice_request *request, int64_t *ret_id,
	struct error *reterr);

#endif
