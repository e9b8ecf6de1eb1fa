/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal of a campaign: how far it is and every answer that was believed, in a file, so that a
 * campaign that was broken off can go on. An attempt that goes on first reads the journal from its
 * beginning, makes of each record what was made of it the first time, and then adds to it.
 *
 * The file is a head and then blocks; each is a size (32 bits), a keyed check (64 bits) and so
 * many bytes. Numbers are big-endian. What a crash left unfinished at the end is cut off when the
 * file is opened. One process at a time has it (flock(2)); it is opened with the rights of who opens
 * it, and read and added to without any.
 */
#ifndef SCANNER_CAMPAIGN_JOURNAL_H
#define SCANNER_CAMPAIGN_JOURNAL_H

#include "common/cleanup.h"
#include "common/model/bundle.h"
#include "common/siphash.h"
#include "scanner/campaign/answer.h"
#include "scanner/scanner.h"

#define JOURNAL_WORDS_MAX SCAN_WORDS_MAX
#define JOURNAL_BLOCK_MAX (512u << 10)
#define JOURNAL_GROUP_MAX (256u << 10) /* of what a greeting told */
#define JOURNAL_SIZE_MAX (4ull << 30) /* then nothing is added any more */

struct journal_head {
	struct bundle_header header;
	struct siphash_key key; /* of the campaign: its order, its cookies */
	uint16_t port;		/* ours */
	uint64_t asked;		/* a digest of whom it asks for what */
	char *words;		/* the caller's, of any bytes */
	size_t words_size;
};

/* How far a sweep is: everything before this place was asked. */
struct mark {
	unsigned int pass;
	uint32_t round;
	uint64_t at, walked;
	int64_t time_us; /* since the campaign began, without the pauses between attempts */
	uint64_t tally[TALLY_N];
};

enum record_kind {
	RECORD_SWEEP = 1, /* a sweep begins; one that was broken off does not begin again */
	RECORD_MARK,
	RECORD_ANSWER,
	RECORD_HOLE, /* an address that was not looked at */
	RECORD_OVER, /* a sweep came to its end */
	RECORD_GREETED, /* a port was greeted, and told all this */
	RECORD_ALIASES, /* routers were asked for aliases, and this was told of them */
	RECORD_KIND_N
};

struct record {
	enum record_kind kind;
	const uint8_t *told; /* GREETED, ALIASES: observations (record.h), borrowed until the next record */
	size_t told_size;
	union {
		struct {
			uint64_t slots;
			uint32_t kinds;
			int64_t begun_us; /* times are since the campaign began, without pauses */
		} sweep;
		struct mark mark;
		struct answer answer;
		struct addr addr; /* HOLE */
		int64_t took_us;  /* OVER */
		struct {
			struct addr addr;
			uint8_t transport;
			uint16_t port;
		} greeted;
	};
};

struct journal;

/* Makes the file, which must not be there. ERROR_SYSTEM. */
int journal_new(const char *path, const struct journal_head *head, struct journal **ret_journal,
	struct error *reterr);
/* Opens one to go on. ERROR_INPUT: it is damaged; ERROR_PERMISSION: another process has it. */
int journal_open(const char *path, struct journal **ret_journal, struct error *reterr);
void journal_free(struct journal *journal);
CLEANUP_DEFINE(struct journal, journal_free)
const struct journal_head *journal_head(const struct journal *journal);

/* The next record of earlier attempts: 0. JOURNAL_END: there is none, and from now on it takes new
 * ones. ERROR_INPUT: it is damaged. */
enum { JOURNAL_END = 1 };
int journal_next(struct journal *journal, struct record *ret_record, struct error *reterr);
bool journal_is_read(const struct journal *journal); /* JOURNAL_END was told */
/* Adds a record; it is in the file after the next flush. Until JOURNAL_END nothing is added. */
void journal_add(struct journal *journal, const struct record *record);
void journal_flush(struct journal *journal);
/* Something could not be written; what was before stays good. */
bool journal_failed(const struct journal *journal);

/* The head alone, of a file that may be in use. The caller frees `words`. */
int journal_read_head(const char *path, struct journal_head *ret_head, struct error *reterr);
/* Gives the bundle another id in the head. */
int journal_rename(const char *path, const char id[BUNDLE_ID_SIZE], struct error *reterr);

#endif
