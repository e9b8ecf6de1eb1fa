/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The doors of the database, of authorisation and of intake as a small program, for the cases
 * in this folder: one verb, one JSON object on standard output, exit code of common/error.h. It
 * can also feed bundles from standard input, and hold the database open.
 */
#include "common/clock.h"
#include "common/text.h"
#include "inventory/exchange/nmap_write.h"
#include "inventory/inventory.h"
#include "inventory/norm/dossier.h"
#include "inventory/store/handle.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct words {
	int n;
	char **words;
};

static const char *word(const struct words *words, int i)
{
	return i < words->n ? words->words[i] : "";
}

static int do_status(struct inventory *inv, const struct words *words, struct error *reterr)
{
	struct inventory_status s;
	int r = inventory_status(inv, &s, reterr);

	(void)words;
	if (r == 0)
		printf("{\"schema\":%d,\"newest\":%d,\"assets\":%" PRId64
		       ",\"services\":%" PRId64 ",\"runs\":%" PRId64
		       ",\"private\":%d,\"server\":\"%s\"}\n",
			s.schema, s.newest_schema, s.assets, s.services, s.runs, s.is_private,
			s.server);
	return r;
}

/* intake FILE|- [PLAN] */
static int do_intake(struct inventory *inv, const struct words *words, struct error *reterr)
{
	struct intake_result n = {0};
	const char *path = word(words, 0);
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC), r;

	if (fd < 0)
		return error_errno(reterr, ERROR_INPUT, errno, "cannot read \"%s\"", path);
	r = inventory_intake(inv, fd, path, word(words, 1), &n, reterr);
	close(fd);
	if (r == 0 || r == ERROR_PARTIAL)
		printf("{\"run\":%" PRId64 ",\"already\":%d,\"truncated\":%d,\"taken\":%" PRIu64
		       ",\"refused_scope\":%" PRIu64 ",\"refused_invalid\":%" PRIu64
		       ",\"assets_new\":%" PRIu64 ",\"assets_seen\":%" PRIu64
		       ",\"assets_quiet\":%" PRIu64 ",\"services_new\":%" PRIu64
		       ",\"services_changed\":%" PRIu64 ",\"services_gone\":%" PRIu64
		       ",\"facts\":%" PRIu64 ",\"late\":%d,\"future\":%" PRId64 "}\n",
			n.run_id, n.already, n.truncated, n.taken, n.refused_scope,
			n.refused_invalid, n.assets_new, n.assets_seen, n.assets_quiet,
			n.services_new, n.services_changed, n.services_gone, n.facts_written,
			n.late, n.future_us);
	return r;
}

/* nmap REALM: the realm as Nmap XML */
static int do_nmap(struct inventory *inv, const struct words *words, struct error *reterr)
{
	uint64_t hosts;

	return exchange_write_nmap(inv, word(words, 0), STDOUT_FILENO, &hosts, reterr);
}

/* grant REALM CIDR FROM UNTIL [EXCLUDE] */
static int do_grant(struct inventory *inv, const struct words *words, struct error *reterr)
{
	struct cidr cidr, exclude;
	struct authorisation auth = {.realm = word(words, 0),
		.authoriser = "Head of operations",
		.basis = "Order 7",
		.profile = "safe",
		.cidrs = &cidr,
		.n_cidrs = 1,
		.excludes = &exclude,
		.n_excludes = words->n > 4};
	int64_t id;
	int r = cidr_parse(word(words, 1), &cidr, reterr);

	if (r == 0)
		r = clock_parse(word(words, 2), &auth.from_us, reterr);
	if (r == 0)
		r = clock_parse(word(words, 3), &auth.until_us, reterr);
	if (r == 0 && auth.n_excludes)
		r = cidr_parse(word(words, 4), &exclude, reterr);
	if (r == 0)
		r = inventory_scope_grant(inv, &auth, &id, reterr);
	if (r == 0)
		printf("{\"id\":%" PRId64 "}\n", id);
	return r;
}

static int do_revoke(struct inventory *inv, const struct words *words, struct error *reterr)
{
	int r = inventory_scope_revoke(
		inv, strtoll(word(words, 0), NULL, 10), word(words, 1), reterr);

	if (r >= 0)
		printf("{\"answer\":%d}\n", r);
	return r < 0 ? r : 0;
}

static int list_row(void *context, const struct authorisation *a)
{
	(void)context;
	printf("{\"id\":%" PRId64 ",\"realm\":\"%s\",\"cidrs\":%zu,\"excludes\":%zu,"
	       "\"revoked\":%d}\n",
		a->id, a->realm, a->n_cidrs, a->n_excludes, a->revoked_us != 0);
	return 0;
}

static int do_list(struct inventory *inv, const struct words *words, struct error *reterr)
{
	return inventory_scope_list(
		inv, strtoll(word(words, 0), NULL, 10), list_row, NULL, reterr);
}

/* check REALM ADDRESS */
static int do_check(struct inventory *inv, const struct words *words, struct error *reterr)
{
	static const char *const verdicts[] = {"allowed", "not granted", "not now", "excluded"};
	_cleanup_(scope_freep) struct scope *scope = NULL;
	enum scope_verdict verdict;
	struct addr addr;
	int64_t id = 0;
	int r = addr_parse(word(words, 1), &addr, reterr);

	if (r == 0)
		r = inventory_scope_load(inv, word(words, 0), "safe", 0, &scope, reterr);
	if (r < 0)
		return r;
	verdict = scope_check(scope, &addr, clock_wall_us(), &id);
	printf("{\"verdict\":\"%s\",\"id\":%" PRId64 "}\n", verdicts[verdict], id);
	return 0;
}

/* audit WHAT OBJECT DETAIL */
static int do_audit(struct inventory *inv, const struct words *words, struct error *reterr)
{
	return inventory_audit(inv, word(words, 0), word(words, 1), word(words, 2), reterr);
}

static int do_verify(struct inventory *inv, const struct words *words, struct error *reterr)
{
	int64_t rows, bad;
	int r = inventory_audit_verify(inv, &rows, &bad, reterr);

	(void)words;
	if (r == 0)
		printf("{\"rows\":%" PRId64 ",\"bad\":%" PRId64 "}\n", rows, bad);
	return r;
}

static int do_backup(struct inventory *inv, const struct words *words, struct error *reterr)
{
	return inventory_backup(inv, word(words, 0), reterr);
}

static int match_row(void *context, const struct match_row *row)
{
	(void)context;
	printf("{\"kind\":\"%s\",\"asset\":\"%" PRIu64 "\",\"other\":\"%" PRIu64
	       "\",\"score\":%d}\n",
		row->kind, row->asset_id, row->other_id, row->score);
	return 0;
}

/* match REALM [dry-run] */
static int do_match(struct inventory *inv, const struct words *words, struct error *reterr)
{
	const struct match_options options = {
		.realm = word(words, 0), .dry_run = words->n > 1, .row = match_row};
	uint64_t n;
	int r = inventory_asset_match(inv, &options, &n, reterr);

	if (r == 0)
		printf("{\"decisions\":%" PRIu64 "}\n", n);
	return r;
}

/* How many dossiers, and their bytes; or each as it is. */
struct dossiers {
	bool shown;
	uint64_t n, bytes;
};

static int see_dossier(void *context, const struct dossier *d)
{
	struct dossiers *seen = context;
	_cleanup_(str_done) struct str text = STR_INIT(4 * DOSSIER_TEXT_MAX);

	seen->n++;
	seen->bytes += d->n;
	if (!seen->shown)
		return 0;
	text_encode_json(&text, d->text);
	printf("{\"unit\":\"%s\",\"realm\":%" PRId64 ",\"realm_name\":\"%s\",\"id\":\"%s\",",
		dossier_unit_name(d->unit), d->realm, d->realm_name, d->id);
	printf("\"n\":%zu,\"text\":\"%s\"}\n", d->n, text.data);
	return strcmp(d->name, "Stop") == 0;
}

/* CPU time that the server's process has taken, in ms. */
static long server_ms(struct db *db)
{
	char path[64];
	unsigned long user = 0, system = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", db_server_pid(db));
	file = fopen(path, "r");
	if (file && fscanf(file, "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
		&user, &system) != 2)
		user = system = 0;
	if (file)
		fclose(file);
	return (long)(user + system) * 1000 / sysconf(_SC_CLK_TCK);
}

/* dossiers UNIT REALM each|count [ID ...]: realm 0 is any; `each` ends after one of the name
 * Stop */
static int do_dossiers(struct inventory *inv, const struct words *words, struct error *reterr)
{
	enum dossier_unit unit = dossier_unit_find(word(words, 0));
	struct dossiers seen = {.shown = strcmp(word(words, 2), "each") == 0};
	struct rusage usage;
	int64_t start = clock_wall_us();
	int r = dossier_each(inv->db, unit, atoll(word(words, 1)),
		words->n > 3 ? (const char *const *)words->words + 3 : NULL,
		words->n > 3 ? (size_t)words->n - 3 : 0, see_dossier, &seen, reterr);

	if (r < 0)
		return r;
	getrusage(RUSAGE_SELF, &usage);
	printf("{\"dossiers\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"ms\":%" PRId64
	       ",\"cpu_ms\":%ld,\"server_ms\":%ld,\"peak_kib\":%ld,\"returned\":%d}\n", seen.n,
		seen.bytes, (clock_wall_us() - start) / 1000, usage.ru_utime.tv_sec * 1000 +
		usage.ru_utime.tv_usec / 1000, server_ms(inv->db), usage.ru_maxrss, r);
	return 0;
}

/* Says that the database is open, and keeps it until standard input ends. */
static int do_hold(struct inventory *inv, const struct words *words, struct error *reterr)
{
	char c;

	(void)inv;
	(void)words;
	(void)reterr;
	printf("{\"open\":1}\n");
	fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct inventory *inv, const struct words *words, struct error *reterr);
} verbs[] = {{"status", do_status}, {"intake", do_intake}, {"grant", do_grant},
	{"nmap", do_nmap}, {"revoke", do_revoke}, {"list", do_list}, {"check", do_check},
	{"audit", do_audit}, {"verify", do_verify}, {"backup", do_backup}, {"hold", do_hold},
	{"match", do_match}, {"dossiers", do_dossiers}};

static int run(const char *verb, const struct words *words, struct error *reterr)
{
	_cleanup_(inventory_freep) struct inventory *inv = NULL;
	int r;

	if (strcmp(verb, "stop") == 0) {
		r = inventory_cluster_stop(reterr);
		if (r >= 0)
			printf("{\"answer\":%d}\n", r);
		return r < 0 ? r : 0;
	}
	if (strcmp(verb, "restore") == 0)
		return inventory_restore(NULL, word(words, 0), reterr);
	/* A node of a spread register can be held open too. */
	r = (strcmp(verb, "hold") == 0 ? inventory_open_any : inventory_open)(
		NULL, &inv, reterr);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(verbs); i++)
		if (strcmp(verbs[i].name, verb) == 0)
			return verbs[i].run(inv, words, reterr);
	return r < 0 ? r : error_set(reterr, ERROR_USAGE, "no verb \"%s\"", verb);
}

int main(int argc, char **argv)
{
	struct words words = {argc > 2 ? argc - 2 : 0, argv + 2};
	struct error error = {0};
	int r = argc > 1 ? run(argv[1], &words, &error) : ERROR_USAGE;

	if (r < 0) {
		fprintf(stderr, "%s\n", error.text);
		return error_exit_code(r);
	}
	return 0;
}
