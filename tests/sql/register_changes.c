/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes over what the intake files: the same network twice is no change; one service that
 * stopped, one that became another, one host that fell silent and came back are one line each.
 */
#include "tests/sql/register_common.h"

#include "common/clock.h"
#include "common/model/bundle.h"
#include "common/str.h"
#include "inventory/store/handle.h"

#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static int64_t at_us = INT64_C(1772352000) * CLOCK_SECOND; /* 2026-03-01T08:00:00Z */

struct network {
	bool ssh_answers, second_answers;
	const char *web_version;
};

static struct addr host(const char *text)
{
	struct addr addr = {0};

	assert_int_equal(addr_parse(text, &addr, NULL), 0);
	return addr;
}

static void put(struct bundle_writer *writer, struct observation obs)
{
	struct error err = {0};

	at_us += CLOCK_SECOND;
	obs.time_us = at_us;
	if (bundle_writer_put(writer, &obs, &err) < 0)
		fail_msg("%s", err.text);
}

static void put_service(struct bundle_writer *writer, const char *addr, uint16_t port,
	const char *protocol, const char *product, const char *version)
{
	struct attribute attributes[] = {{"service.product", product},
		{"service.version", version}, {"banner", version}};

	put(writer, (struct observation){.kind = OBSERVATION_PORT, .method = OBSERVATION_BY_SYN,
		.addr = host(addr), .transport = TRANSPORT_TCP, .port = port});
	put(writer, (struct observation){.kind = OBSERVATION_SERVICE,
			    .method = OBSERVATION_BY_GREETING,
			    .addr = host(addr),
			    .transport = TRANSPORT_TCP,
			    .port = port,
			    .protocol = protocol,
			    .attributes = attributes,
			    .n_attributes = 3,
			    .raw = (const uint8_t *)version,
			    .raw_size = strlen(version)});
}

static void put_network(struct bundle_writer *writer, const struct network *n)
{
	static const struct attribute covered[] = {
		{"cidr", "198.18.20.0/24"}, {"method", "syn"}, {"ports", "1-1024"}};
	static const struct attribute key[] = {
		{"type", "ssh.hostkey"}, {"value", "SHA256:abcdef"}};

	put(writer, (struct observation){.kind = OBSERVATION_COVERAGE,
		.method = OBSERVATION_BY_SYN, .transport = TRANSPORT_TCP, .attributes = covered,
		.n_attributes = 3});
	put_service(writer, "198.18.20.5", 80, "http", "nginx", n->web_version);
	if (n->ssh_answers) {
		put_service(writer, "198.18.20.5", 22, "ssh", "OpenSSH", "9.2p1");
		put(writer, (struct observation){.kind = OBSERVATION_KEY,
				    .method = OBSERVATION_BY_GREETING,
				    .addr = host("198.18.20.5"),
				    .transport = TRANSPORT_TCP,
				    .port = 22,
				    .protocol = "ssh",
				    .attributes = key,
				    .n_attributes = 2});
	}
	if (n->second_answers)
		put_service(writer, "198.18.20.6", 502, "modbus", "RTU", "1");
}

static int64_t survey(struct network n)
{
	struct bundle_header header = {.realm = "lanhe", .vantage = "internal", .tool = "case"};
	struct bundle_writer *writer = NULL;
	struct bundle_counters counters = {0};
	struct intake_result result = {0};
	struct error err = {0};
	char path[128];
	int fd;

	at_us += 3600 * CLOCK_SECOND;
	header.started_us = at_us;
	snprintf(path, sizeof(path), "%s/bundle", the.dir);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(bundle_id_random(header.id, &err), 0);
	assert_int_equal(bundle_writer_new(fd, &header, &writer, &err), 0);
	put_network(writer, &n);
	assert_int_equal(bundle_writer_end(writer, &counters, &err), 0);
	bundle_writer_free(writer);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	if (inventory_intake(the.inv, fd, path, "a case", &result, &err) < 0)
		fail_msg("%s", err.text);
	close(fd);
	assert_int_equal(result.refused_scope + result.refused_invalid, 0);
	return result.run_id;
}

static int grant_scope(void **state)
{
	struct cidr cidr;
	struct authorisation auth = {.realm = "lanhe",
		.authoriser = "A",
		.basis = "B",
		.profile = "safe",
		.cidrs = &cidr,
		.n_cidrs = 1,
		.until_us = INT64_C(4000000000) * CLOCK_SECOND};
	int64_t id;

	if (register_case_open(state) < 0 || cidr_parse("198.18.0.0/15", &cidr, NULL) < 0)
		return -1;
	return inventory_scope_grant(the.inv, &auth, &id, NULL);
}

static int see_change(void *context, const struct change_row *c)
{
	str_addf(context, "%s %s %s: %s -> %s\n", c->kind, c->asset, c->subject, c->before,
		c->after);
	return 0;
}

static void changes_of(struct inventory *inv, int64_t run, const char *expected)
{
	struct str seen = STR_INIT(1 << 20);
	struct error err = {0};

	if (inventory_changes(
		    inv, &(struct change_filter){.run_id = run}, see_change, &seen, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(seen.data, expected);
	str_done(&seen);
}

static void changes_are(int64_t run, const char *expected)
{
	changes_of(the.inv, run, expected);
}

static const struct network whole = {true, true, "1.22"};

static void the_first_run_says_assets_once(void **state)
{
	(void)state;
	changes_are(survey(whole), "appeared 198.18.20.5 asset:  -> 198.18.20.5\n"
		"appeared 198.18.20.6 asset:  -> 198.18.20.6\n");
}

static void the_same_again_is_no_change(void **state)
{
	(void)state;
	changes_are(survey(whole), "");
}

static void a_stopped_service_is_one_line(void **state)
{
	struct network n = whole;

	(void)state;
	n.ssh_answers = false;
	changes_are(survey(n),
		"gone 198.18.20.5 service 198.18.20.5 tcp/22: ssh OpenSSH 9.2p1 -> "
		"\n");
	changes_are(survey(n), "");
}

static void a_changed_service_is_one_line(void **state)
{
	struct network n = {true, true, "1.24"};

	(void)state;
	changes_are(survey(n),
		"appeared 198.18.20.5 service 198.18.20.5 tcp/22:  -> ssh OpenSSH "
		"9.2p1\nchanged 198.18.20.5 service 198.18.20.5 tcp/80: http nginx 1.22 -> "
		"http nginx 1.24\n");
}

static void a_silent_host_is_one_line(void **state)
{
	struct network n = {true, false, "1.24"};
	struct estate estate = {0};

	(void)state;
	changes_are(survey(n), "gone 198.18.20.6 asset: answered -> \n");
	assert_int_equal(inventory_estate_load(the.inv, "lanhe", &estate, NULL), 0);
	assert_int_equal(estate.n_assets, 1);
	arena_free(estate.arena);
	n.second_answers = true;
	changes_are(survey(n), "appeared 198.18.20.6 asset:  -> answers again\n");
	assert_int_equal(inventory_estate_load(the.inv, "lanhe", &estate, NULL), 0);
	assert_int_equal(estate.n_assets, 2);
	assert_int_equal(estate.n_services, 3);
	arena_free(estate.arena);
}

static int run(const char *sql)
{
	const struct query query = {.name = "case", .sql = sql};
	_cleanup_(inventory_freep) struct inventory *other = NULL;
	_cleanup_(db_result_freep) struct db_result *rows = NULL;

	assert_int_equal(inventory_connect(NULL, &other, NULL), 0);
	assert_int_equal(db_run(other->db, &query, DB_NO_VALUES, &rows, NULL), 0);
	return (int)db_rows(rows);
}

static int end_second(void)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE "
		"backend_type = 'client backend' AND pid NOT IN (%d, pg_backend_pid())",
		db_server_pid(the.inv->db));
	return run(sql);
}

/* A user with no more than one session. */
static void open_guest(struct inventory **ret_guest)
{
	const struct timespec wait = {.tv_nsec = 50 * 1000 * 1000};
	char text[256];
	int r = ERROR_DATABASE;

	run("CREATE ROLE guest LOGIN CONNECTION LIMIT 1 IN ROLE pg_read_all_data");
	snprintf(text, sizeof(text),
		"COPY (VALUES ('local all guest trust'), ('local all all trust')) TO "
		"'%s/data/postgres/pg_hba.conf'",
		the.dir);
	run(text);
	run("SELECT pg_reload_conf()");
	snprintf(text, sizeof(text), "host=%s/data/run dbname=postgres user=guest", the.dir);
	for (int i = 0; r < 0 && i < 200; i++, nanosleep(&wait, NULL))
		r = inventory_open(text, ret_guest, NULL);
	assert_int_equal(r, 0);
}

/* Names are asked of a second session, which is kept, and begun again where it was lost.
 * Meanwhile, and where the server has no place for it, the first one does. */
static void a_session_for_the_names(void **state)
{
	static const char change[] =
		"changed 198.18.20.5 service 198.18.20.5 tcp/80: http nginx 1.24 -> "
		"http nginx 1.26\n";
	_cleanup_(inventory_freep) struct inventory *guest = NULL;
	int64_t last = survey((struct network){true, true, "1.26"});

	(void)state;
	end_second();
	for (int i = 0; i < 2; i++) {
		changes_are(last, change);
		changes_are(last, change);
		changes_are(last, change);
		assert_int_equal(end_second(), 1);
	}
	changes_are(last, change);
	open_guest(&guest);
	changes_of(guest, last, change);
	assert_int_equal(run("SELECT FROM pg_stat_activity WHERE usename = 'guest'"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_run_says_assets_once),
		cmocka_unit_test(the_same_again_is_no_change),
		cmocka_unit_test(a_stopped_service_is_one_line),
		cmocka_unit_test(a_changed_service_is_one_line),
		cmocka_unit_test(a_silent_host_is_one_line),
		cmocka_unit_test(a_session_for_the_names),
	};

	return cmocka_run_group_tests(tests, grant_scope, register_case_close);
}
