/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connection strings that are kept for later: read into their parameters, and put together
 * again. A password is never taken; see db.h. Reference: PostgreSQL 15 documentation, 34.1.1.
 */
#include "inventory/store/internal.h"

#include <string.h>

/* What a stored connection may say. Left out is what holds a secret, and what the program or
 * postgres_fdw sets by itself. */
static const char *const allowed[] = {"host", "hostaddr", "port", "dbname", "user", "passfile",
	"service", "connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval",
	"keepalives_count", "tcp_user_timeout", "sslmode", "sslcompression", "sslcert",
	"sslkey", "sslrootcert", "sslcrl", "sslcrldir", "sslsni", "ssl_min_protocol_version",
	"ssl_max_protocol_version", "requirepeer", "gssencmode", "krbsrvname",
	"channel_binding", "target_session_attrs"};

static bool is_allowed(const char *keyword)
{
	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++)
		if (strcmp(allowed[i], keyword) == 0)
			return true;
	return false;
}

static int check(const PQconninfoOption *option, struct error *reterr)
{
	if (strcmp(option->keyword, "password") == 0 ||
		strcmp(option->keyword, "sslpassword") == 0)
		return error_set(reterr, ERROR_USAGE,
			"a password is not kept: leave it out of the connection string and put "
			"it into a password file (\"passfile=FILE\", or ~/.pgpass of both this "
			"user and the home server's), or let the server trust a certificate");
	if (!is_allowed(option->keyword))
		return error_set(reterr, ERROR_USAGE,
			"the connection string of a node cannot set \"%s\"", option->keyword);
	return 0;
}

int db_conninfo_read(const char *conninfo,
	int (*parameter)(void *context, const char *keyword, const char *value), void *context,
	struct error *reterr)
{
	PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
	int r = 0;

	if (!options) /* libpq's reason may quote a part of it, and that part may be a
		       password */
		return error_set(reterr, ERROR_USAGE,
			"the connection string cannot be read; write it as libpq does, \"host=... "
			"port=... dbname=... user=...\" or postgresql://USER@HOST/NAME");
	for (const PQconninfoOption *o = options; r == 0 && o->keyword; o++) {
		if (!o->val || !*o->val)
			continue;
		r = check(o, reterr);
		if (r == 0)
			r = parameter(context, o->keyword, o->val);
	}
	PQconninfoFree(options);
	return r;
}

void db_conninfo_add(struct str *conninfo, const char *keyword, const char *value)
{
	str_addf(conninfo, "%s%s='", conninfo->len ? " " : "", keyword);
	for (const char *c = value; *c; c++)
		str_addf(conninfo, "%s%c", *c == '\'' || *c == '\\' ? "\\" : "", *c);
	str_adds(conninfo, "'");
}

const char *db_user(struct db *db)
{
	return PQuser(db->conn);
}
