/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal of a campaign: how far it is and every answer that was believed, in a file, so
 * that a campaign that was broken off can go on. An attempt that goes on first reads the
 * journal from its beginning, makes of each record what was made of it the first time, and then
 * adds to it.
 *
 * The file is a head and then blocks; each is a size (32 bits), a keyed check (64 bits) and so
 * many bytes. Numbers are big-endian. What a crash left unfinished at the end is cut off when
 * the file is opened.
 *
 * One scan at a time has it: the claim is a descriptor with a lock (flock(2)) that the scan's
 * processes share, so it holds until the last of them is gone. A journal is made and opened
 * with the rights of who does that, and read and added to without any: the head is then out of
 * reach.
 */
#ifndef SCANNER_CAMPAIGN_JOURNAL_H
#define SCANNER_CAMPAIGN_JOURNAL_H

#include "common/addr_range.h"
#include "common/cleanup.h"
#include "common/model/bundle.h"
#include "common/siphash.h"
#include "scanner/campaign/answer.h"
#include "scanner/protocol/reverse.h"
#include "scanner/protocol/walk_run.h"
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
	unsigned int pass; /* 0: of none, only how late it is and what was counted */
	uint32_t round;
	uint64_t at, walked;
	bool shaken; /* a next hop was lost in this pass */
	int64_t time_us, wall_us; /* since the campaign began, without the pauses between
				     attempts; of the wall */
	uint64_t kernel_drops, send_errors;
	uint64_t tally[TALLY_N];
};

#define JOURNAL_TIME_MAX (1ll << 60) /* of all times */

enum record_kind {
	RECORD_SWEEP = 1, /* a sweep begins; one that was broken off does not begin again */
	RECORD_MARK,
	RECORD_ANSWER,
	RECORD_HOLE,	  /* addresses that were not looked at */
	RECORD_OVER,	  /* a sweep came to its end */
	RECORD_GREETED,	  /* a port was greeted, and told all this */
	RECORD_ALIASES,	  /* routers were asked for aliases, and this was told of them */
	RECORD_STATION,	  /* somebody on a link answered who it is, and this was told */
	RECORD_NEIGHBOUR, /* the same of who answered from an address of the link alone */
	RECORD_SAMPLE,	  /* a router answered a question for aliases */
	RECORD_ROUND,	  /* a round of those questions came to its end */
	RECORD_ROWS,  /* of what an agent said of its wires, for the AGENT that follows; of no
			 bytes: it begins */
	RECORD_AGENT, /* an agent was read, or is not to be had, and told all this */
	RECORD_NAMED, /* a name server was asked about an address, and told all this */
	RECORD_KIND_N
};

/* A number that a router gave a packet; times are of the attempt's clock. */
struct known_sample {
	struct addr addr;
	uint8_t round;
	uint32_t attempt;
	int64_t sent_us, heard_us;
	uint16_t id;
};

enum { AGENT_FDB_WHOLE = 1, AGENT_LLDP_WHOLE = 2, AGENT_CDP_WHOLE = 4 };

struct record {
	enum record_kind kind;
	/* GREETED, ALIASES, STATION, NEIGHBOUR, AGENT, NAMED: observations (record.h); ROWS:
	 * known.h. Borrowed until the next record. */
	const uint8_t *told;
	size_t told_size;
	union {
		struct {
			uint64_t slots;
			uint32_t kinds;
			int64_t begun_us; /* times are since the campaign began, without
					   pauses */
		} sweep;
		struct mark mark;
		struct answer answer;
		struct addr_range hole;
		struct addr addr; /* ROWS */
		struct mac mac;	  /* STATION, NEIGHBOUR */
		int64_t took_us;  /* OVER */
		struct {
			struct addr addr;
			uint8_t transport;
			uint16_t port;
		} greeted;
		struct known_sample sample;
		uint8_t round;
		struct {
			struct walk_end end;
			bool spoke;	    /* of its wires too, */
			uint8_t whole;	    /* AGENT_..._WHOLE */
			const char *engine; /* its id as text, or NULL; borrowed as `told` is */
		} agent;
		struct reverse_asked named;
	};
};

struct journal;

/* Claims a file that must not be there yet, or one that is. ERROR_USAGE: another scan has it;
 * ERROR_INPUT: there is none. journal_drop() gives a claim up, and removes what was begun as a
 * new journal. */
int journal_claim(const char *path, bool is_new, int *ret_claim, struct error *reterr);
void journal_drop(const char *path, bool is_new, int claim);
bool journal_is_claimed(const char *path);

/* Makes the claimed file: it appears under its name when the head is in it. ERROR_SYSTEM. */
int journal_new(const char *path, int claim, const struct journal_head *head,
	struct journal **ret_journal, struct error *reterr);
/* Opens it to go on. Each attempt is a bundle of its own: the last JOURNAL_ATTEMPT characters
 * of the id in the head go up by one. ERROR_INPUT: it is damaged. */
#define JOURNAL_ATTEMPT 8
int journal_open(
	const char *path, int claim, struct journal **ret_journal, struct error *reterr);
void journal_free(struct journal *journal); /* the claim stays */
CLEANUP_DEFINE(struct journal, journal_free)
const struct journal_head *journal_head(const struct journal *journal);
uint32_t journal_attempt(const struct journal *journal); /* another number for each */

/* The next record of earlier attempts: 0. JOURNAL_END: there is none, and from now on it takes
 * new ones. ERROR_INPUT: it is damaged. */
enum { JOURNAL_END = 3 }; /* no other answer that goes the same way */
int journal_next(struct journal *journal, struct record *ret_record, struct error *reterr);
bool journal_is_read(const struct journal *journal); /* JOURNAL_END was told */
/* Adds a record; it is in the file after the next flush. Until JOURNAL_END nothing is added. */
void journal_add(struct journal *journal, const struct record *record);
void journal_flush(struct journal *journal);
/* Something could not be written; what was before stays good. */
bool journal_failed(const struct journal *journal);

/* The head alone, of a file that may be in use. The caller frees `words`. */
int journal_read_head(const char *path, struct journal_head *ret_head, struct error *reterr);

#endif
