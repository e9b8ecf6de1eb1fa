/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list of hosts as people keep it in a spreadsheet: CSV with a line of headings, in any
 * order, in English or Chinese. What stands there is somebody's word: it makes asset files, and
 * says neither that anything answers nor that anything is gone. Columns without a known heading
 * are counted and passed over.
 */
#include "inventory/exchange/internal.h"

#include "common/csv.h"

#include <errno.h>
#include <string.h>

#define HOSTS_MAX ((size_t)64 * 1024 * 1024) /* bytes of a list */
#define CHUNK (64 * 1024)
#define ARENA_MAX ((size_t)1024 * 1024) /* of one row */

enum { ADDRESS, MAC, NAME, FIRST_FACT };

/* A column by its headings, which are compared without case, blanks, '_' and '-'. */
static const struct {
	const char *attribute; /* of facts */
	const char *headings[10];
} columns[] = {
	[ADDRESS] = {NULL, {"address", "ip", "ipaddress", "ipv4", "ipv6", "ipv4address", "地址",
				   "ip地址", "网络地址"}},
	[MAC] = {NULL, {"mac", "macaddress", "hwaddress", "mac地址", "物理地址"}},
	[NAME] = {NULL, {"name", "host", "hostname", "dnsname", "fqdn", "名称", "主机名", "主机名称",
				"设备名称"}},
	[FIRST_FACT] = {"hw.vendor", {"vendor", "manufacturer", "make", "厂商", "厂家", "制造商",
						"生产厂商"}},
	{"hw.product", {"model", "product", "型号", "设备型号"}},
	{"hw.serial_number", {"serial", "serialnumber", "sn", "序列号", "设备序列号"}},
	{"hw.device", {"type", "device", "devicetype", "role", "类型", "设备类型"}},
	{"os.product", {"os", "operatingsystem", "操作系统"}},
	{"os.version", {"osversion", "firmware", "固件", "固件版本", "系统版本"}},
	{"location", {"location", "place", "room", "site", "位置", "地点", "机房", "安装位置"}},
	{"note", {"note", "notes", "comment", "description", "remarks", "备注", "说明", "描述"}},
};

struct list {
	struct exchange_sink *sink;
	const char *name;
	struct arena *arena;
	int column_of[CSV_CELLS_MAX]; /* into `columns`, -1: not known */
	size_t n_columns;
};

static void plain_heading(char out[64], const char *text)
{
	size_t n = 0;

	for (; *text && n < 63; text++)
		if (!strchr(" \t_-.", *text))
			out[n++] = *text >= 'A' && *text <= 'Z' ? (char)(*text | 0x20) : *text;
	out[n] = '\0';
}

static int column_of(const char *heading)
{
	char plain[64];

	plain_heading(plain, csv_unguard(heading));
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		for (size_t j = 0; j < ARRAY_SIZE(columns[i].headings); j++)
			if (columns[i].headings[j] &&
				strcmp(columns[i].headings[j], plain) == 0)
				return (int)i;
	return -1;
}

static int read_headings(
	struct list *list, const struct csv_record *record, struct error *reterr)
{
	bool has_address = false;

	for (size_t i = 0; i < record->n_cells; i++) {
		list->column_of[i] = column_of(record->cells[i]);
		has_address |= list->column_of[i] == ADDRESS;
		exchange_count(list->sink, "columns_unknown",
			list->column_of[i] < 0 && *record->cells[i]);
	}
	list->n_columns = record->n_cells;
	return has_address
		       ? 0
		       : error_set(reterr, ERROR_INPUT,
				 "%s:%ld: no heading of this list is \"address\" (or ip, ipv4, "
				 "ipv6, 地址, IP地址); give each column its heading in the "
				 "first line",
				 list->name, record->line);
}

/* ---- rows -------------------------------------------------------------------------------- */

static int put(struct list *list, const struct addr *addr, long line,
	struct exchange_item *item, struct error *reterr)
{
	if (item->failed)
		return error_set(reterr, ERROR_SYSTEM, "%s: no memory", list->name);
	item->obs.addr = *addr;
	return exchange_put(list->sink, line, &item->obs, reterr);
}

/* What identifies it, beside its address. */
static int put_mac(struct list *list, const struct addr *addr, long line, const char *text,
	struct error *reterr)
{
	struct exchange_item key = {.arena = list->arena, .obs = {.kind = OBSERVATION_KEY}};
	char form[MAC_TEXT_MAX];
	struct mac mac;

	if (mac_parse(text, &mac, NULL) < 0) {
		exchange_refuse(list->sink, "no valid MAC address", line, text);
		return 0;
	}
	if (mac_is_zero(&mac) || mac_is_local(&mac) || mac_is_multicast(&mac))
		return 0;
	exchange_attribute_text(&key, "type", "mac");
	exchange_attribute_text(&key, "value", mac_format(&mac, form));
	key.obs.mac = mac;
	return put(list, addr, line, &key, reterr);
}

static int put_one(struct list *list, const struct addr *addr, const struct csv_record *record,
	struct error *reterr)
{
	struct exchange_item facts = {.arena = list->arena, .obs = {.kind = OBSERVATION_FACT}};
	int r = 0;

	for (size_t i = 0; r == 0 && i < record->n_cells && i < list->n_columns; i++) {
		const char *cell = csv_unguard(record->cells[i]);
		struct exchange_item name = {
			.arena = list->arena, .obs = {.kind = OBSERVATION_NAME}};

		if (!*cell)
			continue;
		if (list->column_of[i] == MAC)
			r = put_mac(list, addr, record->line, cell, reterr);
		else if (list->column_of[i] >= FIRST_FACT)
			exchange_attribute_text(
				&facts, columns[list->column_of[i]].attribute, cell);
		if (list->column_of[i] != NAME)
			continue;
		exchange_attribute_text(&name, "name", cell);
		exchange_attribute_text(&name, "source", "host list");
		r = put(list, addr, record->line, &name, reterr);
	}
	exchange_attribute_text(&facts, "source", "host list");
	return r < 0 ? r : put(list, addr, record->line, &facts, reterr);
}

/* One cell may hold several addresses. */
static int read_row(struct list *list, const struct csv_record *record, struct error *reterr)
{
	bool any = false;
	int r = 0;

	arena_reset(list->arena);
	for (size_t i = 0; r == 0 && i < record->n_cells && i < list->n_columns; i++) {
		const char *at =
			list->column_of[i] == ADDRESS ? csv_unguard(record->cells[i]) : "";

		while (r == 0 && *(at += strspn(at, " ,;/\t\r\n"))) {
			size_t n = strcspn(at, " ,;/\t\r\n");
			char text[ADDR_TEXT_MAX];
			struct addr addr;

			snprintf(text, sizeof(text), "%.*s", (int)(n < 64 ? n : 64), at);
			at += n;
			any = true;
			if (addr_parse(text, &addr, NULL) < 0)
				exchange_refuse(
					list->sink, "no valid address", record->line, text);
			else
				r = put_one(list, &addr, record, reterr);
		}
	}
	if (!any)
		exchange_refuse(list->sink, "no address", record->line,
			record->n_cells ? record->cells[0] : "");
	return r;
}

static int read_records(struct list *list, struct csv *csv, struct error *reterr)
{
	struct csv_record record;
	int r = csv_next(csv, &record, reterr);

	if (r)
		return r < 0 ? r
			     : error_set(reterr, ERROR_INPUT, "%s: the list is empty",
				       list->name);
	r = read_headings(list, &record, reterr);
	if (r == 0)
		r = exchange_begin(
			list->sink, &(struct exchange_origin){.tool = "host list"}, reterr);
	while (r == 0) {
		r = csv_next(csv, &record, reterr);
		if (r == 0)
			r = read_row(list, &record, reterr);
	}
	return r < 0 ? r : 0;
}

/* ---- the file ---------------------------------------------------------------------------- */

static int slurp(int fd, const char *name, struct str *out, struct error *reterr)
{
	_cleanup_(cleanup_freep) char *chunk = malloc(CHUNK);

	if (!chunk)
		return error_set(reterr, ERROR_SYSTEM, "%s: no memory", name);
	for (;;) {
		ssize_t n = read(fd, chunk, CHUNK);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(
				reterr, ERROR_INPUT, errno, "cannot read \"%s\"", name);
		if (n == 0)
			return 0;
		str_add(out, chunk, (size_t)n);
		if (out->failed)
			return error_set(reterr, ERROR_INPUT,
				"%s: a host list of more than %zu bytes; split it", name,
				HOSTS_MAX);
	}
}

int exchange_read_hosts(
	int fd, const char *name, struct exchange_sink *sink, struct error *reterr)
{
	_cleanup_(str_done) struct str bytes = STR_INIT(HOSTS_MAX),
				       text = STR_INIT(2 * HOSTS_MAX);
	_cleanup_(csv_freep) struct csv *csv = NULL;
	_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA_MAX);
	struct list list = {.sink = sink, .name = name, .arena = arena};
	int r = arena ? slurp(fd, name, &bytes, reterr)
		      : error_set(reterr, ERROR_SYSTEM, "%s: no memory", name);

	if (r == 0)
		r = csv_decode(name, bytes.data, bytes.len, NULL, &text, NULL, reterr);
	if (r == 0)
		r = csv_new(name, text.data, text.len, 0, &csv, reterr);
	return r == 0 ? read_records(&list, csv, reterr) : r;
}

/* Converters are loaded from files, which the confined process cannot open: they are asked for
 * once before, and stay. */
/* Text with a delimiter in its first line; the reader says what it lacks. */
bool exchange_is_hosts(const char *head, size_t n)
{
	size_t line = 0;

	if (n >= 2 && (memcmp(head, "\xff\xfe", 2) == 0 || memcmp(head, "\xfe\xff", 2) == 0))
		return true;
	if (!n || strchr("<{[", head[0]))
		return false;
	while (line < n && head[line] != '\n' && head[line] != '\r')
		if (!head[line++])
			return false;
	for (size_t i = 0; i < line; i++)
		if (strchr(",;\t", head[i]))
			return true;
	return memmem(head, line, "address", 7) || memmem(head, line, "ip", 2);
}
