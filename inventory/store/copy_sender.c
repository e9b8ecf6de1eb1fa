/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sends full buffers of rows to the server in a thread of its own, so that a reader can go on
 * meanwhile; see db.h. The connection is the thread's from db_sender_new() until
 * db_sender_wait() or db_sender_free() returns. Never holds more than its spare buffers. A COPY
 * goes on from buffer to buffer of a kind, which spares the server its beginning and its end,
 * but not for long: it is ended when nothing came for a moment, and after so many buffers, so
 * that a failure is told and no transaction lasts.
 */
#include "inventory/store/internal.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#define SPARE_BUFFERS 2
#define BUFFERS_MAX 16 /* of one COPY */
#define IDLE_MS 200

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
	bool settle; /* somebody waits until all is at the server */
	const struct query *open; /* the COPY under way */
	unsigned int n_sent;	  /* its buffers */
	struct error error;
	int failed; /* code of the first failure; what comes after it is dropped */
};

/* Until there is something to send or to end. */
static void await(struct db_sender *sender)
{
	struct timespec until;
	int r = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += IDLE_MS * 1000000l;
	until.tv_sec += until.tv_nsec / 1000000000l;
	until.tv_nsec %= 1000000000l;
	while (sender->n_loads == 0 && !sender->stop && !(sender->open && sender->settle) &&
		r == 0)
		if (sender->open)
			r = pthread_cond_timedwait(&sender->changed, &sender->lock, &until);
		else
			pthread_cond_wait(&sender->changed, &sender->lock);
}

static void note(struct db_sender *sender, int r, const struct error *error)
{
	if (r < 0 && !sender->failed) {
		sender->failed = r;
		sender->error = *error;
	}
}

/* The lock is given up meanwhile. */
static void send_next(struct db_sender *sender)
{
	struct error error = {0};
	struct load load = sender->loads[0];
	int r = 0;

	sender->n_loads--;
	memmove(sender->loads, sender->loads + 1, sender->n_loads * sizeof(sender->loads[0]));
	if (!sender->failed && !sender->stop) {
		pthread_mutex_unlock(&sender->lock);
		if (sender->n_sent == BUFFERS_MAX)
			r = db_copy_close(sender->db, &sender->open, &error);
		sender->n_sent = sender->open == load.query ? sender->n_sent + 1 : 1;
		if (r == 0)
			r = db_copy_send(sender->db, &sender->open, load.query, load.buffer,
				load.size, &error);
		pthread_mutex_lock(&sender->lock);
	}
	note(sender, r, &error);
	sender->spare[sender->n_spare++] = load.buffer;
}

static void end_copy(struct db_sender *sender)
{
	struct error error = {0};
	int r;

	pthread_mutex_unlock(&sender->lock);
	r = db_copy_close(sender->db, &sender->open, &error);
	pthread_mutex_lock(&sender->lock);
	note(sender, r, &error);
}

static void *send_all(void *context)
{
	struct db_sender *sender = context;

	pthread_mutex_lock(&sender->lock);
	for (;;) {
		await(sender);
		if (sender->n_loads == 0 && !sender->open && sender->stop)
			break;
		sender->busy = true;
		if (sender->n_loads)
			send_next(sender);
		else
			end_copy(sender);
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
	pthread_condattr_t monotonic;
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
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&sender->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
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
	sender->settle = true;
	pthread_cond_broadcast(&sender->changed);
	while (sender->n_loads || sender->busy || sender->open)
		pthread_cond_wait(&sender->changed, &sender->lock);
	sender->settle = false;
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
