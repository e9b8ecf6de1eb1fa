/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A question that a second session answers in a thread, so that two cores of the server look at
 * the same time; see db.h. The second session is the thread's until db_beside_end() returns.
 */
#include "inventory/store/internal.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

#define KEYS_MAX 64 /* more than libpq has */

struct db_beside {
	struct db *db; /* the first session, of which the thread touches only `beside` */
	struct db_question question;
	struct db_result *result;
	pthread_t thread;
};

/* Where the first one is: of several servers that were named, that one and no other. */
static int open_second(struct db *db)
{
	PQconninfoOption *options = PQconninfo(db->conn);
	const char *keys[KEYS_MAX + 3] = {"host", "port"}, *values[KEYS_MAX + 3] = {0};
	size_t n = 2;
	int r;

	if (!options)
		return ERROR_SYSTEM;
	values[0] = PQhost(db->conn);
	values[1] = PQport(db->conn);
	for (PQconninfoOption *o = options; o->keyword && n < KEYS_MAX; o++)
		if (o->val && strcmp(o->keyword, "host") != 0 &&
			strcmp(o->keyword, "port") != 0 &&
			strcmp(o->keyword, "hostaddr") != 0) {
			keys[n] = o->keyword;
			values[n++] = o->val;
		}
	if (*PQhostaddr(db->conn)) {
		keys[n] = "hostaddr";
		values[n++] = PQhostaddr(db->conn);
	}
	r = db_open_by(keys, values, &db->beside, NULL);
	for (PQconninfoOption *o = options; o->keyword; o++)
		if (o->val)
			explicit_bzero(o->val, strlen(o->val));
	PQconninfoFree(options);
	return r;
}

static void *ask(void *context)
{
	struct db_beside *beside = context;
	struct db *db = beside->db;
	const struct db_question *q = &beside->question;

	if (db->beside && PQstatus(db->beside->conn) != CONNECTION_OK)
		db_free(STEAL(db->beside));
	if (db->beside || open_second(db) == 0)
		db_run(db->beside, q->query, q->values, q->n, &beside->result, NULL);
	return NULL;
}

/* Signals are for the thread that runs the program. */
struct db_beside *db_beside_ask(struct db *db, const struct db_question *question)
{
	struct db_beside *beside = calloc(1, sizeof(*beside));
	sigset_t all, before;
	int r;

	if (!beside)
		return NULL;
	*beside = (struct db_beside){.db = db, .question = *question};
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&beside->thread, NULL, ask, beside);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r != 0)
		free(STEAL(beside));
	return beside;
}

struct db_result *db_beside_end(struct db_beside *beside)
{
	struct db_result *result;

	if (!beside)
		return NULL;
	pthread_join(beside->thread, NULL);
	result = beside->result;
	free(beside);
	return result;
}
