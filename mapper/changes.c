/* SPDX-License-Identifier: Apache-2.0 */
/* Tells what changed of an asset; see changes.h. Compares nothing: the estate says what
 * differs. */
#include "mapper/changes.h"

#include "common/cleanup.h"
#include "common/model/observation.h"
#include "mapper/themes/theme.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PART_MAX 60 /* bytes of one name */
#define ITEM_MAX 160
#define REST_MAX 40 /* bytes that "and 12 more" may take */

struct teller {
	const struct estate *estate;
	struct changes *to;
	size_t length;
	uint32_t most;
	bool chinese;
};

/* A macro, for the compiler checks formats that it sees. */
#define SAY(t, english, chinese_) ((t)->chinese ? (chinese_) : (english))

/* Bytes of a text up to the end of a character. */
static int part(const char *text)
{
	size_t n = strnlen(text, PART_MAX + 1);

	if (n > PART_MAX)
		for (n = PART_MAX; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80; n--)
			;
	return (int)n;
}

__attribute__((format(printf, 2, 3))) static void tell(
	struct teller *t, const char *format, ...)
{
	struct changes *to = t->to;
	const char *comma = to->n == 0 ? "" : SAY(t, ", ", "，");
	char item[ITEM_MAX];
	va_list args;
	size_t n;

	/* In order: after the first that has no room nothing is told. */
	if (to->n++ > to->told || to->told >= t->most)
		return;
	va_start(args, format);
	vsnprintf(item, sizeof(item), format, args);
	va_end(args);
	n = strlen(comma) + strlen(item);
	if (t->length + n + REST_MAX >= sizeof(to->text))
		return;
	snprintf(to->text + t->length, sizeof(to->text) - t->length, "%s%s", comma, item);
	t->length += n;
	to->ends[to->told++] = (uint16_t)t->length;
}

/* How something was: by its name then, or that it was not known, or of a redacted estate that
 * it is another one. */
static void tell_was(struct teller *t, const char *text, const char *what, const char *what_zh)
{
	what = SAY(t, what, what_zh);
	if (text[0])
		tell(t, SAY(t, "%s was %.*s", "原%s %.*s"), what, part(text), text);
	else if (t->estate->redaction)
		tell(t, SAY(t, "%s is another", "%s已变"), what);
	else
		tell(t, SAY(t, "%s was not known", "原%s未知"), what);
}

static void tell_aspects(struct teller *t, const struct estate_before *b)
{
	const struct theme_symbol *role =
		&theme_symbols[theme_symbol_find(asset_role_name(b->role))];

	if (b->aspects & ASPECT_SYSTEM && (b->system[0] || b->system_id[0]))
		tell(t, SAY(t, "moved from %.*s", "原属系统 %.*s"),
			part(b->system[0] ? b->system : b->system_id),
			b->system[0] ? b->system : b->system_id);
	else if (b->aspects & ASPECT_SYSTEM)
		tell(t, "%s", SAY(t, "moved from no system", "原未归属系统"));
	if (b->aspects & ASPECT_NAME)
		tell_was(t, b->name, "name", "名称");
	if (b->aspects & ASPECT_ROLE)
		tell(t, SAY(t, "role was %s", "原角色%s"), SAY(t, role->label, role->label_zh));
	if (b->aspects & ASPECT_VENDOR)
		tell_was(t, b->vendor, "maker", "厂商");
	if (b->aspects & ASPECT_MODEL)
		tell_was(t, b->model, "model", "型号");
	if (b->aspects & ASPECT_OS)
		tell_was(t, b->os, "software", "系统软件");
}

static void tell_addresses(struct teller *t, const struct estate_before *b)
{
	const struct addr *moved = t->estate->moved;
	char text[ADDR_TEXT_MAX];

	if (!moved && b->n_came > 0)
		tell(t, SAY(t, "+ addresses: %u", "+ 地址 %u 个"), b->n_came);
	if (!moved && b->n_gone > 0)
		tell(t, SAY(t, "- addresses: %u", "- 地址 %u 个"), b->n_gone);
	for (uint32_t i = 0; moved && i < b->n_came + b->n_gone; i++)
		tell(t, "%c %s", i < b->n_came ? '+' : '-',
			estate_addr_text(t->estate, &moved[b->first_address + i], text));
}

/* Which ports of a transport were told of a change. Several addresses may have the same
 * service. */
struct told {
	uint64_t ports[4][(UINT16_MAX + 1) / 64];
};

static uint64_t *word_of(struct told *told, const struct estate_service *s)
{
	size_t transport = s->transport == TRANSPORT_TCP    ? 0
			   : s->transport == TRANSPORT_UDP  ? 1
			   : s->transport == TRANSPORT_SCTP ? 2
							    : 3;

	return &told->ports[transport][s->port / 64];
}

static void tell_service(struct teller *t, const struct estate_service *s)
{
	const char *transport = transport_name((enum transport)s->transport);

	if (s->change == CHANGE_CHANGED)
		tell(t, SAY(t, "%s/%u answers otherwise", "%s/%u 应答有变"), transport, s->port);
	else
		tell(t, "%c %s/%u", s->change == CHANGE_NEW ? '+' : '-', transport, s->port);
}

/* What is open now, what no longer, what answers otherwise. */
static void tell_services(struct teller *t, const struct estate_asset *a)
{
	static const enum estate_change order[] = {CHANGE_NEW, CHANGE_GONE, CHANGE_CHANGED};
	const struct estate_service *services = &t->estate->services[a->first_service];
	struct told told;

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		/* Most have few services: no more is cleared than is read. */
		for (uint32_t k = 0; k < a->n_services; k++)
			*word_of(&told, &services[k]) = 0;
		for (uint32_t k = 0; k < a->n_services; k++) {
			uint64_t *word = word_of(&told, &services[k]);
			uint64_t bit = UINT64_C(1) << services[k].port % 64;

			if (services[k].change != order[i] || *word & bit)
				continue;
			*word |= bit;
			tell_service(t, &services[k]);
		}
	}
}

/* Of those that the text has no room for: how many. */
static void tell_rest(struct changes *to, bool chinese)
{
	size_t length = to->told > 0 ? to->ends[to->told - 1] : 0;

	to->text[length] = '\0';
	if (to->told > 0 && to->told < to->n)
		snprintf(to->text + length, sizeof(to->text) - length,
			chinese ? "，另 %u 项" : " and %u more", to->n - to->told);
}

void changes_shorten(struct changes *changes, bool chinese, uint32_t most)
{
	if (most < changes->told)
		changes->told = most;
	tell_rest(changes, chinese);
}

void changes_of(const struct estate *estate, uint32_t asset, bool chinese, uint32_t most,
	struct changes *ret)
{
	const struct estate_asset *a = &estate->assets[asset];
	struct teller t = {.estate = estate,
		.to = ret,
		.most = most < CHANGES_ITEMS_MAX ? most : CHANGES_ITEMS_MAX,
		.chinese = chinese};

	ret->text[0] = '\0';
	ret->n = ret->told = 0;
	if (!estate->other_us || a->change != CHANGE_CHANGED)
		return;
	tell_services(&t, a);
	if (a->before > 0) {
		tell_addresses(&t, &estate->befores[a->before - 1]);
		tell_aspects(&t, &estate->befores[a->before - 1]);
	}
	tell_rest(ret, chinese);
}
