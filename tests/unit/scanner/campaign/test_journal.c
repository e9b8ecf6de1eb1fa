/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "scanner/campaign/record.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char path[] = "/tmp/journal_XXXXXX";
static char words[] = "scan\0/\0--\0198.18.0.1";

static struct journal_head make_head(void)
{
	struct journal_head head = {.header = {.started_us = 1700000000000000},
		.key = {1, 2},
		.port = 61234,
		.asked = 0x1122334455667788,
		.words = words,
		.words_size = sizeof(words)};

	snprintf(head.header.id, sizeof(head.header.id), "0123456789abcdef0123456789abcdef");
	snprintf(head.header.realm, sizeof(head.header.realm), "plant");
	return head;
}

static int claim; /* of the journal that is open */

static struct journal *make(void)
{
	struct journal_head head = make_head();
	struct journal *journal = NULL;

	unlink(path);
	assert_int_equal(journal_claim(path, true, &claim, NULL), 0);
	assert_int_equal(access(path, F_OK), -1); /* not before its head is in it */
	assert_int_equal(journal_new(path, claim, &head, &journal, NULL), 0);
	return journal;
}

static void shut(struct journal *journal)
{
	journal_free(journal);
	assert_int_equal(close(claim), 0);
}

static int try_open(struct journal **ret_journal, struct error *reterr)
{
	int r = journal_claim(path, false, &claim, reterr);

	if (r < 0)
		return r;
	r = journal_open(path, claim, ret_journal, reterr);
	if (r < 0)
		close(claim);
	return r;
}

static struct journal *open_again(void)
{
	struct journal *journal = NULL;

	assert_int_equal(try_open(&journal, NULL), 0);
	return journal;
}

static struct addr addr_of(const char *text)
{
	struct addr addr;

	assert_int_equal(addr_parse(text, &addr, NULL), 0);
	return addr;
}

#define RECORDS (4 + ANSWER_WORD_N + 6)
static const uint8_t rows[] = {5, 0, 0, 0, 1, 0, 0, 0, 2};

/* Those that are for the questions of no sweep. */
static size_t make_known(struct record *records)
{
	records[0].kind = RECORD_SAMPLE;
	records[0].sample =
		(struct known_sample){addr_of("198.18.0.1"), 3, 0xffffffff, 7, 9, 65535};
	records[1].kind = RECORD_ROUND;
	records[1].round = 16;
	records[2].kind = RECORD_ROWS;
	records[2].addr = addr_of("198.18.0.1");
	records[3] = records[2];
	records[3].told = rows;
	records[3].told_size = sizeof(rows);
	records[4].kind = RECORD_AGENT;
	records[4].agent.end = (struct walk_end){
		addr_of("2001:db8::1"), WALK_FATE_CUT, 4096, 17, 3, {0x80, 0, 1}};
	records[4].agent.spoke = true;
	records[4].agent.whole = AGENT_FDB_WHOLE | AGENT_CDP_WHOLE;
	records[4].agent.engine = "800001";
	records[5].kind = RECORD_NAMED;
	records[5].named = (struct reverse_asked){
		addr_of("198.18.0.53"), addr_of("198.18.0.9"), REVERSE_WAS_NOT, 2, 0};
	return 6;
}

static void same_known(const struct record *a, const struct record *b)
{
	if (a->kind >= RECORD_ROWS) {
		assert_int_equal(a->told_size, b->told_size);
		assert_true(!a->told_size || memcmp(a->told, b->told, a->told_size) == 0);
	}
	if (a->kind == RECORD_SAMPLE) {
		assert_true(addr_equal(&a->sample.addr, &b->sample.addr) &&
			    a->sample.round == b->sample.round &&
			    a->sample.attempt == b->sample.attempt &&
			    a->sample.sent_us == b->sample.sent_us &&
			    a->sample.heard_us == b->sample.heard_us &&
			    a->sample.id == b->sample.id);
	} else if (a->kind == RECORD_ROUND) {
		assert_int_equal(a->round, b->round);
	} else if (a->kind == RECORD_ROWS) {
		assert_true(addr_equal(&a->addr, &b->addr));
	} else if (a->kind == RECORD_AGENT) {
		const struct walk_end *x = &a->agent.end, *y = &b->agent.end;

		assert_true(addr_equal(&x->addr, &y->addr) && x->fate == y->fate &&
			    x->requests == y->requests && x->strangers == y->strangers &&
			    x->engine_size == y->engine_size &&
			    memcmp(x->engine, y->engine, sizeof(x->engine)) == 0 &&
			    a->agent.spoke == b->agent.spoke &&
			    a->agent.whole == b->agent.whole);
		assert_string_equal(a->agent.engine, b->agent.engine);
	} else {
		assert_true(addr_equal(&a->named.server, &b->named.server) &&
			    addr_equal(&a->named.addr, &b->named.addr) &&
			    a->named.fate == b->named.fate && a->named.sent == b->named.sent &&
			    a->named.names == b->named.names);
	}
}

/* One record of each kind, and answers of each word. */
static size_t make_records(struct record records[RECORDS])
{
	memset(records, 0, RECORDS * sizeof(*records));
	records[0].kind = RECORD_SWEEP;
	records[0].sweep.slots = 1ull << 40;
	records[0].sweep.kinds = 65536;
	records[1].kind = RECORD_MARK;
	records[1].mark = (struct mark){3, 7, 1ull << 39, 12345, true, 987654321,
		1700000000123456, 17, 19, {1, 2, 3}};
	records[1].mark.tally[TALLY_N - 1] = UINT64_MAX;
	records[2].kind = RECORD_HOLE;
	records[2].hole = (struct addr_range){addr_of("198.18.0.9"), addr_of("198.18.0.11")};
	records[3].kind = RECORD_OVER;
	for (int word = 0; word < ANSWER_WORD_N; word++) {
		struct answer *a = &records[4 + word].answer;

		records[4 + word].kind = RECORD_ANSWER;
		a->word = (enum answer_word)word;
		a->kind = TEMPLATE_UDP;
		a->addr = addr_of(word % 2 ? "198.18.0.7" : "2001:db8::7");
		a->port = 161;
		a->ttl = 63;
		a->wall_us = 1700000000123456;
		a->itself = word == ANSWER_REFUSED || word == ANSWER_LOCAL;
		if (word == ANSWER_NEIGHBOUR || word == ANSWER_HERE || word == ANSWER_LOCAL)
			a->mac = (struct mac){{2, 1, 2, 3, 4, 5}};
	}
	records[4].answer.kind = TEMPLATE_SYN;
	records[4].answer.stack = (struct stack){.version = 6,
		.mss = 1440,
		.window = 64800,
		.quirks = STACK_SEQ_ZERO,
		.ttl = 64,
		.scale = 7,
		.n_options = 2,
		.options = {2, 3}};
	records[4 + ANSWER_REFUSED].answer.code = TALLY_UNREACHABLE_PROHIBITED;
	records[4 + ANSWER_NEIGHBOUR].answer.interface = 3;
	records[4 + ANSWER_STEP].answer.peer = addr_of("198.18.0.1");
	records[4 + ANSWER_STEP].answer.step = TRACE_BLOCKED;
	return 4 + ANSWER_WORD_N + make_known(records + 4 + ANSWER_WORD_N);
}

static void same_mark(const struct mark *a, const struct mark *b)
{
	assert_true(a->pass == b->pass && a->round == b->round && a->at == b->at &&
		    a->walked == b->walked && a->shaken == b->shaken &&
		    a->time_us == b->time_us && a->wall_us == b->wall_us &&
		    a->kernel_drops == b->kernel_drops && a->send_errors == b->send_errors);
	assert_memory_equal(a->tally, b->tally, sizeof(a->tally));
}

static void same(const struct record *a, const struct record *b)
{
	assert_int_equal(a->kind, b->kind);
	if (a->kind >= RECORD_SAMPLE) {
		same_known(a, b);
	} else if (a->kind == RECORD_SWEEP) {
		assert_int_equal(a->sweep.slots, b->sweep.slots);
		assert_int_equal(a->sweep.kinds, b->sweep.kinds);
	} else if (a->kind == RECORD_MARK) {
		same_mark(&a->mark, &b->mark);
	} else if (a->kind == RECORD_HOLE) {
		assert_true(addr_equal(&a->hole.first, &b->hole.first) &&
			    addr_equal(&a->hole.last, &b->hole.last));
	} else if (a->kind == RECORD_ANSWER) {
		const struct answer *x = &a->answer, *y = &b->answer;

		assert_true(x->word == y->word && x->kind == y->kind && x->port == y->port &&
			    x->ttl == y->ttl && x->wall_us == y->wall_us &&
			    x->code == y->code && x->itself == y->itself &&
			    x->interface == y->interface && x->step == y->step &&
			    addr_equal(&x->peer, &y->peer) && addr_equal(&x->addr, &y->addr) &&
			    memcmp(&x->mac, &y->mac, sizeof(x->mac)) == 0 &&
			    memcmp(&x->stack, &y->stack, sizeof(x->stack)) == 0);
	}
}

static void test_what_was_added_is_read(void **state)
{
	struct record records[RECORDS], got;
	size_t n = make_records(records);
	struct journal *journal = make();
	const struct journal_head *head;

	(void)state;
	assert_int_equal(journal_next(journal, &got, NULL), JOURNAL_END);
	for (int times = 0; times < 2000; times++) /* several blocks */
		for (size_t i = 0; i < n; i++)
			journal_add(journal, &records[i]);
	journal_flush(journal);
	shut(journal);

	journal = open_again();
	head = journal_head(journal);
	/* another bundle, which is of the same scan */
	assert_string_equal(head->header.id, "0123456789abcdef0123456789abcdf0");
	assert_string_equal(head->header.realm, "plant");
	assert_true(head->key.k0 == 1 && head->key.k1 == 2 && head->port == 61234);
	assert_int_equal(head->asked, 0x1122334455667788);
	assert_memory_equal(head->words, words, sizeof(words));
	for (int times = 0; times < 2000; times++)
		for (size_t i = 0; i < n; i++) {
			assert_false(journal_is_read(journal));
			assert_int_equal(journal_next(journal, &got, NULL), 0);
			same(&records[i], &got);
			journal_add(journal, &got); /* not yet: it would be there twice */
		}
	assert_int_equal(journal_next(journal, &got, NULL), JOURNAL_END);
	assert_true(journal_is_read(journal));
	journal_add(journal, &records[3]);
	journal_flush(journal);
	shut(journal);

	journal = open_again();
	for (size_t i = 0; i < 2000 * n; i++)
		assert_int_equal(journal_next(journal, &got, NULL), 0);
	assert_int_equal(journal_next(journal, &got, NULL), 0);
	assert_int_equal(got.kind, RECORD_OVER);
	assert_int_equal(journal_next(journal, &got, NULL), JOURNAL_END);
	shut(journal);
}

/* Wherever it was cut, what was whole before is there, and what is added then is too. */
static void test_torn_at_the_end(void **state)
{
	struct record records[RECORDS], got;
	struct journal *journal;
	struct stat st;

	(void)state;
	make_records(records);
	for (off_t more = 22; more >= 0; more--) { /* of the 23 bytes of the second block */
		journal = make();
		journal_add(journal, &records[0]);
		journal_flush(journal);
		assert_int_equal(stat(path, &st), 0);
		journal_add(journal, &records[2]);
		journal_flush(journal);
		shut(journal);
		assert_int_equal(truncate(path, st.st_size + more), 0);
		journal = open_again();
		assert_int_equal(journal_next(journal, &got, NULL), 0);
		assert_int_equal(got.kind, RECORD_SWEEP);
		assert_int_equal(journal_next(journal, &got, NULL), JOURNAL_END);
		journal_add(journal, &records[3]);
		journal_flush(journal);
		shut(journal);
		journal = open_again();
		assert_int_equal(journal_next(journal, &got, NULL), 0);
		assert_int_equal(journal_next(journal, &got, NULL), 0);
		assert_int_equal(got.kind, RECORD_OVER);
		shut(journal);
	}
}

/* Each byte of it, changed: the head is refused, a block is cut off; never anything else. */
static void test_damaged(void **state)
{
	struct record records[RECORDS], got;
	size_t n = make_records(records);
	struct journal *journal = make();
	struct error error = {0};
	struct stat st;
	int fd;

	(void)state;
	for (size_t i = 0; i < n; i++)
		journal_add(journal, &records[i]);
	journal_flush(journal);
	shut(journal);
	assert_int_equal(stat(path, &st), 0);
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	for (off_t at = 0; at < st.st_size; at += 3) {
		uint8_t byte, other;
		int r;

		assert_int_equal(pread(fd, &byte, 1, at), 1);
		other = byte ^ 0x55;
		assert_int_equal(pwrite(fd, &other, 1, at), 1);
		journal = NULL;
		r = try_open(&journal, &error);
		if (r == 0) {
			assert_int_equal(journal_next(journal, &got, NULL), JOURNAL_END);
			shut(journal);
		} else {
			assert_true(r == ERROR_INPUT && strstr(error.text, path));
		}
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		if (r == 0)
			break; /* the block is gone now */
	}
	close(fd);
}

/* Records of another format would be read as what they are not. */
static void test_another_format(void **state)
{
	static const char first[] = "cadastre journal 4\n";
	struct journal *journal = make();
	struct journal_head head;
	struct error error = {0};
	char line[sizeof(first)] = "";
	int fd;

	(void)state;
	shut(journal);
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, line, sizeof(line) - 1, 0), sizeof(line) - 1);
	assert_string_equal(line, first);
	for (char number = '1'; number <= '5'; number++) {
		assert_int_equal(pwrite(fd, &number, 1, sizeof(first) - 3), 1);
		journal = NULL;
		error = (struct error){0};
		if (number == '4') {
			assert_int_equal(try_open(&journal, &error), 0);
			shut(journal);
			continue;
		}
		assert_int_equal(try_open(&journal, &error), ERROR_INPUT);
		assert_non_null(
			strstr(error.text, "another version of cadastre began; scan anew"));
		assert_int_equal(journal_read_head(path, &head, &error), ERROR_INPUT);
	}
	close(fd);
	unlink(path);
}

static void test_one_at_a_time(void **state)
{
	struct journal *journal = make(), *other = NULL;
	struct journal_head seen;
	char aside[sizeof(path) + 8];
	int unused;

	(void)state;
	assert_true(journal_is_claimed(path));
	assert_int_equal(journal_claim(path, false, &unused, NULL), ERROR_USAGE);
	assert_int_equal(journal_read_head(path, &seen, NULL), 0);
	assert_int_equal(seen.port, 61234);
	free(seen.words);
	shut(journal);
	assert_false(journal_is_claimed(path));
	unlink(path);
	assert_int_equal(try_open(&other, NULL), ERROR_INPUT);

	/* What never began leaves nothing; what did, only when it is taken back as a new
	 * one. */
	snprintf(aside, sizeof(aside), "%s.new", path);
	assert_int_equal(journal_claim(path, true, &claim, NULL), 0);
	assert_int_equal(access(aside, F_OK), 0);
	assert_int_equal(journal_claim(path, true, &unused, NULL), ERROR_SYSTEM);
	journal_drop(path, true, claim);
	assert_int_equal(access(aside, F_OK), -1);
	journal = make();
	journal_free(journal);
	journal_drop(path, false, claim);
	assert_int_equal(access(path, F_OK), 0);
	unlink(path);
	journal = make();
	journal_free(journal);
	journal_drop(path, true, claim);
	assert_int_equal(access(path, F_OK), -1);
}

/* Each attempt is the next bundle; those of one scan have the beginning of their ids in
 * common. */
static void test_attempts(void **state)
{
	struct journal *journal = make();

	(void)state;
	shut(journal);
	for (unsigned int attempt = 1; attempt < 20; attempt++) {
		char id[BUNDLE_ID_SIZE];

		snprintf(id, sizeof(id), "0123456789abcdef01234567%08x", 0x89abcdef + attempt);
		journal = open_again();
		assert_string_equal(journal_head(journal)->header.id, id);
		shut(journal);
	}
}

/* No room on the disk: what fitted stays good, and the rest is not even tried. */
static void test_no_room(void **state)
{
	struct record records[RECORDS], got;
	struct journal *journal = make();
	struct stat st;
	int status;

	(void)state;
	make_records(records);
	journal_add(journal, &records[0]);
	journal_flush(journal);
	assert_int_equal(stat(path, &st), 0);
	if (fork() == 0) {
		struct rlimit limit = {(rlim_t)st.st_size + 100, (rlim_t)st.st_size + 100};

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		for (int i = 0; i < 1000 && !journal_failed(journal); i++) {
			journal_add(journal, &records[1]);
			journal_flush(journal);
		}
		_exit(journal_failed(journal) ? 0 : 1);
	}
	wait(&status);
	assert_int_equal(status, 0);
	shut(journal);
	journal = open_again();
	assert_int_equal(journal_next(journal, &got, NULL), 0);
	assert_int_equal(got.kind, RECORD_SWEEP);
	assert_int_equal(journal_next(journal, &got, NULL), JOURNAL_END);
	shut(journal);
}

/* What a greeting told goes and comes whole, as long as it may be; and any damage is told. */
static void test_greetings(void **state)
{
	static char value[ATTRIBUTE_VALUE_MAX + 1];
	static uint8_t raw[OBSERVATION_RAW_MAX], bytes[JOURNAL_GROUP_MAX];
	struct attribute attributes[OBSERVATION_ATTRIBUTES_MAX],
		got_attributes[OBSERVATION_ATTRIBUTES_MAX];
	struct observation obs = {.kind = OBSERVATION_SERVICE,
		.method = OBSERVATION_BY_GREETING,
		.time_us = 1700000000000000,
		.addr = addr_of("198.18.0.7"),
		.transport = TRANSPORT_TCP,
		.port = 443,
		.protocol = "https",
		.attributes = attributes,
		.n_attributes = OBSERVATION_ATTRIBUTES_MAX,
		.raw = raw,
		.raw_size = sizeof(raw)};
	const struct observation key = {
		.kind = OBSERVATION_KEY, .addr = addr_of("2001:db8::7")};
	struct observation got;
	struct packer p = packer_of(bytes, sizeof(bytes));
	struct record record = {.kind = RECORD_GREETED}, back;
	struct journal *journal = make();
	struct cursor c;

	(void)state;
	memset(value, 'v', ATTRIBUTE_VALUE_MAX);
	memset(raw, 0xa5, sizeof(raw));
	for (size_t i = 0; i < OBSERVATION_ATTRIBUTES_MAX; i++)
		attributes[i] = (struct attribute){"service.product", value};
	record_put_observation(&p, &obs);
	record_put_observation(&p, &key);
	assert_true(packer_ok(&p));
	record.greeted.addr = obs.addr;
	record.greeted.transport = TRANSPORT_TCP;
	record.greeted.port = 443;
	record.told = bytes;
	record.told_size = p.pos;
	for (int i = 0; i < 5; i++) /* more than one block */
		journal_add(journal, &record);
	journal_flush(journal);
	shut(journal);
	journal = open_again();
	for (int i = 0; i < 5; i++) {
		assert_int_equal(journal_next(journal, &back, NULL), 0);
		assert_true(back.kind == RECORD_GREETED && back.greeted.port == 443);
		assert_int_equal(back.told_size, p.pos);
		assert_memory_equal(back.told, bytes, p.pos);
	}
	c = cursor_of(back.told, back.told_size);
	assert_true(record_get_observation(&c, got_attributes, &got));
	assert_true(got.kind == obs.kind && got.port == 443 && got.time_us == obs.time_us &&
		    addr_equal(&got.addr, &obs.addr));
	assert_string_equal(got.protocol, "https");
	assert_int_equal(got.n_attributes, OBSERVATION_ATTRIBUTES_MAX);
	assert_string_equal(got.attributes[63].value, value);
	assert_memory_equal(got.raw, raw, sizeof(raw));
	assert_true(record_get_observation(&c, got_attributes, &got));
	assert_true(got.kind == OBSERVATION_KEY && !got.protocol && !got.peer.family);
	assert_int_equal(cursor_left(&c), 0);
	shut(journal);

	/* Cut anywhere, it is no observation; changed anywhere, nothing is read past its
	 * end. */
	for (size_t size = 0; size < 3000; size += 7) {
		c = cursor_of(bytes, size);
		assert_false(record_get_observation(&c, got_attributes, &got));
	}
	for (size_t at = 0; at < 300; at++) {
		bytes[at] ^= 0xff;
		c = cursor_of(bytes, sizeof(bytes));
		record_get_observation(&c, got_attributes, &got);
		bytes[at] ^= 0xff;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_greetings),
		cmocka_unit_test(test_what_was_added_is_read),
		cmocka_unit_test(test_torn_at_the_end),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_another_format),
		cmocka_unit_test(test_one_at_a_time),
		cmocka_unit_test(test_attempts),
		cmocka_unit_test(test_no_room),
	};
	int fd = mkstemp(path), r;

	if (fd < 0)
		return 1;
	close(fd);
	r = RUN(tests);
	unlink(path);
	return r;
}
