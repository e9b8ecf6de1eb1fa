/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One COPY into another: rows go from server to server through this program as they are, one
 * buffer of libpq at a time; see db.h. Never looks into a row.
 */
#include "inventory/store/internal.h"

/* Reads all results; the first failure is the one reported. */
static int finish(struct db *db, const char *name, int r, struct error *reterr)
{
	PGresult *result;

	while ((result = PQgetResult(db->conn))) {
		ExecStatusType status = PQresultStatus(result);

		if (r == 0 && status != PGRES_COMMAND_OK)
			r = db_fail(db, result, name, reterr);
		PQclear(result);
		if (status == PGRES_COPY_OUT || status == PGRES_COPY_IN)
			break; /* it cannot be read to its end */
	}
	if (r == 0 && PQstatus(db->conn) == CONNECTION_BAD)
		r = db_fail(db, NULL, name, reterr);
	return r;
}

static int begin(struct db *db, const struct query *query, ExecStatusType wanted,
	struct error *reterr)
{
	PGresult *result = PQexec(db->conn, query->sql);
	int r = PQresultStatus(result) == wanted ? 0 : db_fail(db, result, query->name, reterr);

	PQclear(result);
	return r;
}

/* After a failure the rest of the rows is read and dropped, so that the giving session can be
 * used again. */
static int pump(struct db *from, const struct query *out, struct db *to, const struct query *in,
	struct error *reterr)
{
	char *row;
	int n, r = 0;

	while ((n = PQgetCopyData(from->conn, &row, 0)) > 0) {
		if (r == 0 && PQputCopyData(to->conn, row, n) != 1)
			r = db_fail(to, NULL, in->name, reterr);
		PQfreemem(row);
	}
	if (n == -2 && r == 0)
		r = db_fail(from, NULL, out->name, reterr);
	return r;
}

int db_copy_through(struct db *from, const struct query *out, struct db *to,
	const struct query *in, uint64_t *ret_rows, struct error *reterr)
{
	PGresult *result;
	int r = begin(to, in, PGRES_COPY_IN, reterr);

	if (r < 0)
		return r;
	r = begin(from, out, PGRES_COPY_OUT, reterr);
	if (r == 0) {
		r = pump(from, out, to, in, reterr);
		r = finish(from, out->name, r, reterr);
	}
	if (PQputCopyEnd(to->conn, r < 0 ? "the giving side failed" : NULL) != 1 && r == 0)
		r = db_fail(to, NULL, in->name, reterr);
	result = r == 0 ? PQgetResult(to->conn) : NULL;
	if (result && PQresultStatus(result) == PGRES_COMMAND_OK && ret_rows)
		*ret_rows += strtoull(PQcmdTuples(result), NULL, 10);
	if (result && PQresultStatus(result) != PGRES_COMMAND_OK)
		r = db_fail(to, result, in->name, reterr);
	PQclear(result);
	return finish(to, in->name, r, reterr);
}
