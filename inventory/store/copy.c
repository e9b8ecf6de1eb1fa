/* SPDX-License-Identifier: Apache-2.0 */
/*
 * COPY ... FROM STDIN (FORMAT binary): rows are packed into a bounded buffer and sent as
 * whole COPYs; see db.h. Reference: PostgreSQL 15 documentation, COPY, "Binary Format", and
 * the receive functions of inet, macaddr and timestamptz.
 */
#include "inventory/store/internal.h"

#include "common/packer.h"

#include <string.h>

/* One row: 20 columns of at most a long text each. */
#define ROW_MAX (256u << 10)
#define PG_INET4 2
#define PG_INET6 3
/* 2000-01-01 in microseconds since 1970-01-01. */
#define PG_EPOCH_US 946684800000000LL

static const uint8_t signature[11] = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', 0xff, '\r', '\n', 0};

struct db_copy {
	struct db *db;
	const struct query *query;
	struct packer out;
	size_t row_start;
	uint64_t rows;
	int columns_left;
	uint8_t buffer[DB_COPY_BUFFER];
};

static void start_buffer(struct db_copy *copy)
{
	copy->out = packer_of(copy->buffer, sizeof(copy->buffer) - 2);
	packer_bytes(&copy->out, signature, sizeof(signature));
	packer_be32(&copy->out, 0); /* flags */
	packer_be32(&copy->out, 0); /* header extension */
	copy->row_start = copy->out.pos;
}

int db_copy_new(struct db *db, const struct query *query, struct db_copy **ret_copy,
	struct error *reterr)
{
	struct db_copy *copy = malloc(sizeof(*copy));

	if (!copy)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a copy buffer");
	copy->db = db;
	copy->query = query;
	copy->rows = 0;
	copy->columns_left = 0;
	start_buffer(copy);
	*ret_copy = copy;
	return 0;
}

void db_copy_free(struct db_copy *copy)
{
	free(copy);
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
		return error_set(reterr, ERROR_INTERNAL, "copy \"%s\": a row has the wrong length",
			copy->query->name);
	if (!packer_ok(&copy->out))
		return error_set(reterr, ERROR_INTERNAL, "copy \"%s\": a row is too long",
			copy->query->name);
	copy->row_start = copy->out.pos;
	copy->rows++;
	if (copy->out.size - copy->out.pos < ROW_MAX)
		return db_copy_flush(copy, reterr);
	return 0;
}

/* Reads all results; the first failure is the one reported. */
static int finish(struct db_copy *copy, struct error *reterr)
{
	PGresult *result;
	int r = 0;

	while ((result = PQgetResult(copy->db->conn))) {
		if (r == 0 && PQresultStatus(result) != PGRES_COMMAND_OK)
			r = db_fail(copy->db, result, copy->query->name, reterr);
		PQclear(result);
	}
	if (r == 0 && PQstatus(copy->db->conn) == CONNECTION_BAD)
		r = db_fail(copy->db, NULL, copy->query->name, reterr);
	return r;
}

int db_copy_flush(struct db_copy *copy, struct error *reterr)
{
	PGconn *conn = copy->db->conn;
	PGresult *result;
	int r;

	if (copy->out.pos <= sizeof(signature) + 8)
		return 0;
	copy->buffer[copy->out.pos++] = 0xff; /* trailer; two bytes were kept back for it */
	copy->buffer[copy->out.pos++] = 0xff;

	result = PQexec(conn, copy->query->sql);
	if (PQresultStatus(result) != PGRES_COPY_IN) {
		r = db_fail(copy->db, result, copy->query->name, reterr);
		PQclear(result);
		return r;
	}
	PQclear(result);
	if (PQputCopyData(conn, (const char *)copy->buffer, (int)copy->out.pos) != 1 ||
		PQputCopyEnd(conn, NULL) != 1) {
		r = db_fail(copy->db, NULL, copy->query->name, reterr);
		finish(copy, NULL);
		return r;
	}
	r = finish(copy, reterr);
	start_buffer(copy);
	return r;
}

uint64_t db_copy_rows(const struct db_copy *copy)
{
	return copy->rows;
}
