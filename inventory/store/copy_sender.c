/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sends full buffers of rows to the server in a thread of its own, so that a reader can go on
 * meanwhile; see db.h. The connection is the thread's from db_sender_new() until
 * db_sender_wait() or db_sender_free() returns. Never holds more than its spare buffers.
 */
#include "inventory/store/internal.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

#define SPARE_BUFFERS 2

struct load {
	const struct query *query;
	uint8_t *buffer;
	size_t size;
};

struct db_sender {
	struct db *db;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* Under the lock: */
	struct load loads[SPARE_BUFFERS];
	size_t n_loads;
	uint8_t *spare[SPARE_BUFFERS];
	size_t n_spare;
	bool busy, stop;
	struct error error;
	int failed; /* code of the first failure; what comes after it is dropped */
};

static void *send_all(void *context)
{
	struct db_sender *sender = context;

	pthread_mutex_lock(&sender->lock);
	for (;;) {
		struct error error = {0};
		struct load load;
		int r = 0;

		while (sender->n_loads == 0 && !sender->stop)
			pthread_cond_wait(&sender->changed, &sender->lock);
		if (sender->n_loads == 0)
			break;
		load = sender->loads[0];
		sender->n_loads--;
		memmove(sender->loads, sender->loads + 1,
			sender->n_loads * sizeof(sender->loads[0]));
		sender->busy = true;
		if (!sender->failed && !sender->stop) {
			pthread_mutex_unlock(&sender->lock);
			r = db_copy_send(
				sender->db, load.query, load.buffer, load.size, &error);
			pthread_mutex_lock(&sender->lock);
		}
		if (r < 0) {
			sender->failed = r;
			sender->error = error;
		}
		sender->spare[sender->n_spare++] = load.buffer;
		sender->busy = false;
		pthread_cond_broadcast(&sender->changed);
	}
	pthread_mutex_unlock(&sender->lock);
	return NULL;
}

/* Signals are for the thread that runs the program. */
static int start(struct db_sender *sender)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&sender->thread, NULL, send_all, sender);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r;
}

static void release(struct db_sender *sender)
{
	pthread_cond_destroy(&sender->changed);
	pthread_mutex_destroy(&sender->lock);
	for (size_t i = 0; i < sender->n_spare; i++)
		free(sender->spare[i]);
	free(sender);
}

int db_sender_new(struct db *db, struct db_sender **ret_sender, struct error *reterr)
{
	struct db_sender *sender = calloc(1, sizeof(*sender));
	bool room = sender;

	for (size_t i = 0; room && i < SPARE_BUFFERS; i++) {
		sender->spare[i] = malloc(DB_COPY_BUFFER);
		room = sender->spare[i];
		sender->n_spare += room;
	}
	if (!sender)
		return error_set(reterr, ERROR_SYSTEM, "no memory for copy buffers");
	sender->db = db;
	pthread_mutex_init(&sender->lock, NULL);
	pthread_cond_init(&sender->changed, NULL);
	if (!room || start(sender) != 0) {
		release(sender);
		return error_set(reterr, ERROR_SYSTEM,
			"no memory for copy buffers, or no thread to send them");
	}
	*ret_sender = sender;
	return 0;
}

static int answer(const struct db_sender *sender, struct error *reterr)
{
	if (sender->failed && reterr)
		*reterr = sender->error;
	return sender->failed;
}

int db_sender_put(struct db_sender *sender, const struct query *query, uint8_t **buffer,
	size_t size, struct error *reterr)
{
	int r;

	pthread_mutex_lock(&sender->lock);
	while (sender->n_spare == 0)
		pthread_cond_wait(&sender->changed, &sender->lock);
	r = answer(sender, reterr);
	if (r == 0) {
		sender->loads[sender->n_loads++] = (struct load){query, *buffer, size};
		*buffer = sender->spare[--sender->n_spare];
		pthread_cond_broadcast(&sender->changed);
	}
	pthread_mutex_unlock(&sender->lock);
	return r;
}

int db_sender_wait(struct db_sender *sender, struct error *reterr)
{
	int r;

	pthread_mutex_lock(&sender->lock);
	while (sender->n_loads || sender->busy)
		pthread_cond_wait(&sender->changed, &sender->lock);
	r = answer(sender, reterr);
	pthread_mutex_unlock(&sender->lock);
	return r;
}

void db_sender_free(struct db_sender *sender)
{
	if (!sender)
		return;
	pthread_mutex_lock(&sender->lock);
	sender->stop = true;
	pthread_cond_broadcast(&sender->changed);
	pthread_mutex_unlock(&sender->lock);
	pthread_join(sender->thread, NULL);
	release(sender);
}
