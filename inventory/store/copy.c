/* SPDX-License-Identifier: Apache-2.0 */
/*
 * COPY ... FROM STDIN (FORMAT binary): rows are packed into a bounded buffer and sent as
 * whole COPYs; see db.h. Reference: PostgreSQL 15 documentation, COPY, "Binary Format", and
 * the receive functions of inet, macaddr and timestamptz.
 */
#include "inventory/store/internal.h"

#include "common/packer.h"

#include <string.h>

/* One row: the longest text of a column, a list of ports of 64 KiB, and room for the others. */
#define ROW_MAX (128u << 10)
/* libpq keeps a copy of what is put at once, and the server does; small ones stay in its
 * cache. */
#define SEND_SIZE (8u << 10)
#define PG_INET4 2
#define PG_INET6 3
/* 2000-01-01 in microseconds since 1970-01-01. */
#define PG_EPOCH_US 946684800000000LL

static const uint8_t signature[11] = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', 0xff, '\r', '\n', 0};
/* The signature, flags, and the length of an extension. */
#define HEAD_SIZE (sizeof(signature) + 8)

struct db_copy {
	struct db *db;
	const struct query *query;
	struct packer out;
	struct db_sender *sender; /* NULL: sent at once */
	uint64_t rows;
	int columns_left;
	uint8_t *buffer; /* of DB_COPY_BUFFER bytes */
};

static void start_buffer(struct db_copy *copy)
{
	copy->out = packer_of(copy->buffer, DB_COPY_BUFFER);
	packer_bytes(&copy->out, signature, sizeof(signature));
	packer_be32(&copy->out, 0); /* flags */
	packer_be32(&copy->out, 0); /* header extension */
}

int db_copy_new(struct db *db, const struct query *query, struct db_copy **ret_copy,
	struct error *reterr)
{
	_cleanup_(db_copy_freep) struct db_copy *copy = calloc(1, sizeof(*copy));

	if (!copy)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a copy buffer");
	copy->db = db;
	copy->query = query;
	copy->buffer = malloc(DB_COPY_BUFFER);
	if (!copy->buffer)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a copy buffer");
	start_buffer(copy);
	*ret_copy = STEAL(copy);
	return 0;
}

void db_copy_free(struct db_copy *copy)
{
	if (copy)
		free(copy->buffer);
	free(copy);
}

void db_copy_use(struct db_copy *copy, struct db_sender *sender)
{
	copy->sender = sender;
}

void db_copy_row(struct db_copy *copy, int n_columns)
{
	copy->columns_left = n_columns;
	packer_be16(&copy->out, (uint16_t)n_columns);
}

static void field(struct db_copy *copy, size_t size)
{
	copy->columns_left--;
	packer_be32(&copy->out, (uint32_t)size);
}

void db_copy_null(struct db_copy *copy)
{
	field(copy, UINT32_MAX);
}

void db_copy_int8(struct db_copy *copy, int64_t value)
{
	field(copy, 8);
	packer_be64(&copy->out, (uint64_t)value);
}

void db_copy_int4(struct db_copy *copy, int32_t value)
{
	field(copy, 4);
	packer_be32(&copy->out, (uint32_t)value);
}

void db_copy_int2(struct db_copy *copy, int16_t value)
{
	field(copy, 2);
	packer_be16(&copy->out, (uint16_t)value);
}

void db_copy_bool(struct db_copy *copy, bool value)
{
	field(copy, 1);
	packer_u8(&copy->out, value);
}

void db_copy_bytes(struct db_copy *copy, const void *bytes, size_t n)
{
	field(copy, n);
	packer_bytes(&copy->out, bytes, n);
}

void db_copy_text(struct db_copy *copy, const char *text)
{
	if (text)
		db_copy_bytes(copy, text, strlen(text));
	else
		db_copy_null(copy);
}

void db_copy_time(struct db_copy *copy, int64_t wall_us)
{
	db_copy_int8(copy, wall_us - PG_EPOCH_US);
}

void db_copy_cidr(struct db_copy *copy, const struct cidr *cidr)
{
	uint8_t n = cidr->base.family == 6 ? 16 : 4;

	field(copy, 4u + n);
	packer_u8(&copy->out, cidr->base.family == 6 ? PG_INET6 : PG_INET4);
	packer_u8(&copy->out, cidr->length);
	packer_u8(&copy->out, 0); /* is_cidr: ignored on input */
	packer_u8(&copy->out, n);
	packer_bytes(&copy->out, cidr->base.bytes, n);
}

void db_copy_addr(struct db_copy *copy, const struct addr *addr)
{
	struct cidr whole = {*addr, addr->family == 6 ? 128 : 32};

	if (addr->family)
		db_copy_cidr(copy, &whole);
	else
		db_copy_null(copy);
}

void db_copy_mac(struct db_copy *copy, const struct mac *mac)
{
	if (mac_is_zero(mac))
		db_copy_null(copy);
	else
		db_copy_bytes(copy, mac->bytes, sizeof(mac->bytes));
}

int db_copy_end_row(struct db_copy *copy, struct error *reterr)
{
	if (copy->columns_left)
		return error_set(reterr, ERROR_INTERNAL,
			"copy \"%s\": a row has the wrong length", copy->query->name);
	if (!packer_ok(&copy->out))
		return error_set(reterr, ERROR_INTERNAL, "copy \"%s\": a row is too long",
			copy->query->name);
	copy->rows++;
	if (copy->out.size - copy->out.pos < ROW_MAX)
		return db_copy_flush(copy, reterr);
	return 0;
}

/* Reads all results; the first failure is the one reported. */
static int finish(struct db *db, const struct query *query, struct error *reterr)
{
	PGresult *result;
	int r = 0;

	while ((result = PQgetResult(db->conn))) {
		if (r == 0 && PQresultStatus(result) != PGRES_COMMAND_OK)
			r = db_fail(db, result, query->name, reterr);
		PQclear(result);
	}
	if (r == 0 && PQstatus(db->conn) == CONNECTION_BAD)
		r = db_fail(db, NULL, query->name, reterr);
	return r;
}

static bool put(PGconn *conn, const uint8_t *bytes, size_t n)
{
	for (size_t at = 0; at < n; at += SEND_SIZE) {
		size_t piece = n - at < SEND_SIZE ? n - at : SEND_SIZE;

		if (PQputCopyData(conn, (const char *)bytes + at, (int)piece) != 1)
			return false;
	}
	return true;
}

static int begin(struct db *db, const struct query *query, struct error *reterr)
{
	PGresult *result = PQexec(db->conn, query->sql);
	int r = PQresultStatus(result) == PGRES_COPY_IN
		? 0
		: db_fail(db, result, query->name, reterr);

	PQclear(result);
	return r;
}

int db_copy_send(struct db *db, const struct query **open, const struct query *query,
	const uint8_t *bytes, size_t n, struct error *reterr)
{
	size_t head = *open == query ? HEAD_SIZE : 0;
	int r = *open == query ? 0 : db_copy_close(db, open, reterr);

	if (r == 0 && !*open)
		r = begin(db, query, reterr);
	if (r < 0)
		return r;
	*open = query;
	if (put(db->conn, bytes + head, n - head))
		return 0;
	r = db_fail(db, NULL, query->name, reterr);
	finish(db, query, NULL);
	*open = NULL;
	return r;
}

int db_copy_close(struct db *db, const struct query **open, struct error *reterr)
{
	static const uint8_t trailer[] = {0xff, 0xff};
	const struct query *query = *open;
	int r;

	*open = NULL;
	if (!query)
		return 0;
	if (put(db->conn, trailer, sizeof(trailer)) && PQputCopyEnd(db->conn, NULL) == 1)
		return finish(db, query, reterr);
	r = db_fail(db, NULL, query->name, reterr);
	finish(db, query, NULL);
	return r;
}

int db_copy_flush(struct db_copy *copy, struct error *reterr)
{
	const struct query *open = NULL;
	int r;

	if (copy->out.pos <= HEAD_SIZE)
		return 0;
	if (copy->sender)
		r = db_sender_put(
			copy->sender, copy->query, &copy->buffer, copy->out.pos, reterr);
	else
		r = db_copy_send(copy->db, &open, copy->query, copy->buffer, copy->out.pos,
			reterr);
	if (r == 0)
		r = db_copy_close(copy->db, &open, reterr);
	start_buffer(copy);
	return r;
}

uint64_t db_copy_rows(const struct db_copy *copy)
{
	return copy->rows;
}
