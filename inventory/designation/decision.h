/* SPDX-License-Identifier: Apache-2.0 */
/* One decision while it is made: what the files of this room share. */
#ifndef INVENTORY_DESIGNATION_DECISION_H
#define INVENTORY_DESIGNATION_DECISION_H

#include "inventory/notice/notice.h"
#include "inventory/scope/day.h"
#include "inventory/store/db.h"

#define DECISION_EVIDENCE_MAX (64 * 1024)

/* The proposal that a decision rests on. */
struct decided_proposal {
	int64_t eval;
	struct str pack, version, sha256, outcome, authority;
};

/* What stands decided of a system. */
struct standing {
	int64_t id; /* 0: nothing */
	int64_t eval, valid_from_us;
	struct str outcome, list_no, pack, sha256, official, decision_no, decided;
};

/* One system of a decision. */
struct decided_system {
	const char *id;
	int64_t realm;
	struct str realm_name, name;
	struct notice_party operator;
	int64_t seen; /* what stood decided before anybody was locked out */
	int64_t case_id; /* the open one by which it is identified again; 0: none */
	bool case_received;
	struct standing standing;
	struct decided_proposal proposal;
	struct str list_no, evidence;
	const char *reason;
	int64_t valid_from_us;
	struct designated_row result;
};

struct decision {
	struct inventory *inv;
	enum designate_act act;
	const struct designate_order *order;
	struct str official, number, words;
	struct notice_party authority, ministry;
	char day[DAY_SIZE];
	int64_t now_us; /* when it is recorded: after all that is */
	struct decided_system *systems;
	struct error *reterr;
};

/* Finds the system; of what is withdrawn among those on the list, else among the registered. */
int decision_find_system(struct decision *d, struct decided_system *s);
/* Finds the proposal that the decision rests on, and checks that it may be decided so. */
int decision_find_proposal(struct decision *d, struct decided_system *s);
/* Drafts what the operator and the Ministry are told. */
int decision_notify(struct decision *d, struct decided_system *s);

#endif
