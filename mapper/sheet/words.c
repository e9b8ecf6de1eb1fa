/* SPDX-License-Identifier: Apache-2.0 */
/* The short texts of the sheets; see words.h. Draws nothing. */
#include "mapper/sheet/words.h"

#include "common/cleanup.h"
#include "common/clock.h"
#include "mapper/render/measure.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PART_MAX 200 /* bytes of one name */

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

const char *words_address(const struct model *model, uint32_t asset, const struct addr *addr)
{
	const struct mac *mac = &model->estate->assets[asset].mac;
	char text[ADDR_TEXT_MAX];

	if (addr->family)
		estate_addr_text(model->estate, addr, text);
	else if (!mac_is_zero(mac))
		mac_format(mac, text);
	else
		return "";
	if (strcmp(text, model_asset_name(model, asset)) == 0)
		return "";
	return or_empty(arena_strdup(model->arena, text));
}

int words_whole(const char *text, size_t most)
{
	size_t n = strnlen(text, most + 1);

	if (n > most)
		for (n = most; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80; n--)
			;
	return (int)n;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Ports and transports as sortable numbers, each once; TCP before the others. */
static size_t find_ports(
	const struct estate *estate, uint32_t asset, bool exposed, uint32_t *found)
{
	const struct estate_asset *a = &estate->assets[asset];
	size_t n = 0, kept = 0;

	for (uint32_t i = 0; i < a->n_services; i++) {
		const struct estate_service *s = &estate->services[a->first_service + i];
		uint32_t transport = s->transport == IPPROTO_TCP ? 0 : s->transport;

		/* A redacted service has neither port nor transport. */
		if (s->change != CHANGE_GONE && (!exposed || s->exposed) &&
			(s->port || s->transport))
			found[n++] = (uint32_t)s->port << 8 | transport;
	}
	qsort(found, n, sizeof(*found), by_number);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || found[i] != found[kept - 1])
			found[kept++] = found[i];
	return kept;
}

static const char *port_text(const struct model *model, uint32_t found)
{
	uint32_t port = found >> 8, transport = found & 255;

	if (transport == 0)
		return arena_printf(model->arena, "%u", port);
	if (transport == IPPROTO_UDP)
		return arena_printf(model->arena, "%u/udp", port);
	if (transport == IPPROTO_SCTP)
		return arena_printf(model->arena, "%u/sctp", port);
	return arena_printf(model->arena, "%u/%u", port, transport);
}

const char *words_ports(
	const struct model *model, uint32_t asset, bool exposed, unsigned int most)
{
	_cleanup_(cleanup_freep) uint32_t *found = calloc(
		(size_t)model->estate->assets[asset].n_services + 1, sizeof(*found));
	const char *const heads[2][2] = {{"open: ", "exposed: "}, {"开放：", "暴露："}};
	const char *text = heads[model->chinese][exposed];
	size_t n;

	if (!found)
		return "";
	n = find_ports(model->estate, asset, exposed, found);
	for (size_t i = 0; i < n && i < most && text; i++)
		text = arena_printf(model->arena, "%s%s%s", text, i > 0 ? ", " : "",
			or_empty(port_text(model, found[i])));
	if (n > most && text)
		text = arena_printf(model->arena, "%s +%zu", text, n - most);
	return n > 0 ? or_empty(text) : "";
}

const char *words_product(const struct model *model, uint32_t asset)
{
	const struct estate *estate = model->estate;
	const struct estate_asset *a = &estate->assets[asset];

	if (a->vendor[0] || a->model[0])
		return or_empty(arena_printf(model->arena, "%.*s%s%.*s",
			words_whole(a->vendor, PART_MAX), a->vendor,
			a->vendor[0] && a->model[0] ? " " : "", words_whole(a->model, PART_MAX),
			a->model));
	if (a->os[0])
		return a->os;
	for (uint32_t i = 0; i < a->n_services; i++) {
		const struct estate_service *s = &estate->services[a->first_service + i];

		if (s->change != CHANGE_GONE && s->product[0])
			return or_empty(arena_printf(model->arena, "%.*s%s%.*s",
				words_whole(s->product, PART_MAX), s->product,
				s->version[0] ? " " : "", words_whole(s->version, PART_MAX),
				s->version));
	}
	return "";
}

const char *words_also(const struct model *model, uint32_t asset, uint32_t network)
{
	const struct estate *estate = model->estate;
	const struct estate_asset *a = &estate->assets[asset];
	char text[ADDR_TEXT_MAX];

	for (uint32_t i = 0; i < a->n_addresses; i++) {
		const struct estate_address *address = &estate->addresses[a->first_address + i];

		if (address->subnet < estate->n_subnets &&
			model->network_of_subnet[address->subnet] != network &&
			estate_addr_text(estate, &address->addr, text)[0] &&
			strcmp(text, a->name) != 0)
			return or_empty(arena_printf(
				model->arena, model->chinese ? "另有 %s" : "also %s", text));
	}
	return "";
}

const char *words_designation(
	const struct model *model, const struct estate_system *system, double pt, double width)
{
	const char *no = measure_fit(model->arena, system->designation_no, pt, true, width);

	if (!no || !no[0])
		return model->chinese ? "关基" : "CII";
	if (strncasecmp(no, "CII", 3) == 0)
		return no;
	return or_empty(arena_printf(model->arena, model->chinese ? "关基 %s" : "CII %s", no));
}

const char *words_designated(const struct model *model, uint32_t most)
{
	const struct estate *estate = model->estate;
	const char *text = "";
	uint32_t n = 0;

	for (uint32_t i = 0; i < estate->n_systems && text; i++) {
		const struct estate_system *s = &estate->systems[i];

		if (!s->designated || s->external || s->change == CHANGE_GONE || n++ >= most)
			continue;
		text = arena_printf(model->arena, "%s%s%.*s%s%.*s%s", text,
			text[0] ? "; " : "", words_whole(model_system_name(s), PART_MAX),
			model_system_name(s), s->designation_no[0] ? " (" : "",
			words_whole(s->designation_no, PART_MAX), s->designation_no,
			s->designation_no[0] ? ")" : "");
	}
	if (n > most && text)
		text = arena_printf(model->arena,
			model->chinese ? "%s；另有 %u 个" : "%s; and %u more", text, n - most);
	return or_empty(text);
}

const char *words_cii(const struct model *model, uint32_t n)
{
	return n > 0 ? or_empty(arena_printf(
			       model->arena, model->chinese ? "关基 %u 个" : "%u CII", n))
		     : "";
}

const char *words_more(const struct model *model, uint32_t n)
{
	return or_empty(arena_printf(
		model->arena, model->chinese ? "另有 %u 项" : "+ %u more", n));
}

const char *words_time(struct arena *arena, int64_t wall_us)
{
	int64_t rest = wall_us % CLOCK_SECOND;
	char text[CLOCK_TEXT_MAX];

	/* Down to the second, before 1970 too. */
	clock_format(wall_us - rest - (rest < 0 ? CLOCK_SECOND : 0), text);
	for (char *p = text; *p; p++)
		if (*p == 'T')
			*p = ' ';
	return or_empty(arena_printf(arena, "%.*s UTC", (int)strcspn(text, "Z"), text));
}

const char *words_both(struct arena *arena, const char *english, const char *chinese)
{
	const char *both = NULL;

	if (chinese && measure_can_show(chinese))
		both = arena_printf(arena, "%s %s", english, chinese);
	return both ? both : english;
}
