/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening and closing the inventory: which database, brought to which schema, by whom; and the
 * figures of `db status`. Holds no SQL and knows nothing of assets.
 */
#include "inventory/store/handle.h"

#include "common/text.h"
#include "inventory/nodes/nodes.h"
#include "inventory/store/queries.h"

#include <pwd.h>
#include <string.h>

/* The variables by which libpq itself would find a server. */
static const char *const libpq_variables[] = {
	"PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE", "PGPORT"};

static const char *find_dsn(const char *dsn)
{
	const char *named = getenv("CADASTRE_DB");

	if (dsn && *dsn)
		return dsn;
	if (named && *named)
		return named;
	for (size_t i = 0; i < ARRAY_SIZE(libpq_variables); i++) {
		const char *value = getenv(libpq_variables[i]);

		if (value && *value)
			return "";
	}
	return NULL;
}

/* "root for alice" under sudo, else the user's name. */
static void find_actor(char actor[ACTOR_MAX])
{
	const struct passwd *pw = getpwuid(getuid());
	const char *behind = getenv("SUDO_USER");
	struct str text = STR_INIT(ACTOR_MAX - 1);

	if (pw)
		text_clean(&text, pw->pw_name, strlen(pw->pw_name), 60);
	else
		str_addf(&text, "uid %u", (unsigned int)getuid());
	if (getuid() == 0 && behind && *behind && strcmp(behind, "root") != 0) {
		str_adds(&text, " for ");
		text_clean(&text, behind, strlen(behind), 60);
	}
	snprintf(actor, ACTOR_MAX, "%s", text.data);
	str_done(&text);
}

int inventory_connect(const char *dsn, struct inventory **ret_inv, struct error *reterr)
{
	_cleanup_(inventory_freep) struct inventory *inv = calloc(1, sizeof(*inv));
	const char *found = find_dsn(dsn);
	int r;

	if (!inv)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the inventory");
	find_actor(inv->actor);
	inv->dsn = dsn ? strdup(dsn) : NULL;
	if (dsn && !inv->dsn)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the inventory");
	if (found)
		r = db_open(found, &inv->db, reterr);
	else
		r = cluster_open(&inv->cluster, &inv->db, reterr);
	if (r < 0)
		return r;
	*ret_inv = STEAL(inv);
	return 0;
}

static int open_register(
	const char *dsn, bool any, struct inventory **ret_inv, struct error *reterr)
{
	_cleanup_(inventory_freep) struct inventory *inv = NULL;
	int r = inventory_connect(dsn, &inv, reterr);

	if (r < 0)
		return r;
	r = db_migrate(inv->db, &inv->schema, reterr);
	if (r == 0)
		r = nodes_attach(inv, any, reterr);
	if (r < 0)
		return r;
	*ret_inv = STEAL(inv);
	return 0;
}

int inventory_open(const char *dsn, struct inventory **ret_inv, struct error *reterr)
{
	return open_register(dsn, false, ret_inv, reterr);
}

int inventory_open_any(const char *dsn, struct inventory **ret_inv, struct error *reterr)
{
	return open_register(dsn, true, ret_inv, reterr);
}

void inventory_free(struct inventory *inv)
{
	if (!inv)
		return;
	db_free(inv->db);
	cluster_free(inv->cluster);
	free(inv->dsn);
	free(inv);
}

int inventory_status(struct inventory *inv, struct inventory_status *ret, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *counts = NULL;
	struct inventory_status status = {
		.is_private = inv->cluster, .newest_schema = db_newest_schema()};
	int r;

	snprintf(status.server, sizeof(status.server), "%s", db_server_version(inv->db));
	snprintf(status.where, sizeof(status.where), "%s",
		inv->cluster ? cluster_directory(inv->cluster) : db_where(inv->db));
	r = db_schema(inv->db, &status.schema, reterr);
	if (r < 0)
		return r;
	r = db_run(inv->db, &query_status_counts, DB_NO_VALUES, &counts, reterr);
	if (r < 0)
		return r;
	status.assets = db_get_int(counts, 0, 0);
	status.services = db_get_int(counts, 0, 1);
	status.runs = db_get_int(counts, 0, 2);
	status.size_bytes = db_get_int(counts, 0, 3);
	*ret = status;
	return 0;
}

int inventory_directory(char *out, size_t size, struct error *reterr)
{
	return cluster_place(out, size, reterr);
}

int inventory_cluster_stop(struct error *reterr)
{
	return cluster_stop(reterr);
}

/* ---- in a confined process --------------------------------------------------------------- */

#define SECRETS_MAX 8

static char *secrets[SECRETS_MAX];

void inventory_secret(char *text)
{
	for (size_t i = 0; text && i < SECRETS_MAX; i++)
		if (!secrets[i] || secrets[i] == text) {
			secrets[i] = text;
			return;
		}
}

static void wipe(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
}

void inventory_forget(struct inventory *inv)
{
	wipe(getenv("PGPASSWORD"));
	wipe(getenv("CADASTRE_DB"));
	for (size_t i = 0; i < SECRETS_MAX; i++)
		wipe(secrets[i]);
	if (!inv)
		return;
	wipe(inv->dsn);
	db_forget(inv->db);
}
