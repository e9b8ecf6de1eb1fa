/* SPDX-License-Identifier: Apache-2.0 */
/* The table of formats, and how each is recognised by its first bytes; see reader.h. */
#include "inventory/exchange/internal.h"

#include "common/csv.h"

#include <string.h>

#define SPACE " \t\r\n"

/* Steps over a byte order mark, blanks, comments, instructions and a document type. */
static const char *root_of(const char *at)
{
	if (strncmp(at, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	for (;;) {
		const char *end;

		at += strspn(at, SPACE);
		if (strncmp(at, "<!--", 4) == 0)
			end = strstr(at, "-->");
		else if (strncmp(at, "<?", 2) == 0 || strncmp(at, "<!", 2) == 0)
			end = strchr(at, '>');
		else
			return *at == '<' ? at + 1 : NULL;
		if (!end)
			return NULL;
		at = strchr(end, '>') + 1;
	}
}

bool exchange_is_xml(const char *head, size_t n, const char *root, const char *space)
{
	char text[EXCHANGE_HEAD_MAX + 1], *end;
	const char *at, *colon;
	size_t name;

	n = n < EXCHANGE_HEAD_MAX ? n : EXCHANGE_HEAD_MAX;
	memcpy(text, head, n);
	text[n] = '\0';
	at = root_of(text);
	if (!at)
		return false;
	name = strcspn(at, SPACE "/>");
	colon = memchr(at, ':', name);
	if (colon) {
		name -= (size_t)(colon + 1 - at);
		at = colon + 1;
	}
	if (name != strlen(root) || strncmp(at, root, name) != 0)
		return false;
	end = strchr(at, '>');
	if (end)
		*end = '\0';
	return !space || strstr(at, space);
}

static bool begins(const char *head, size_t n, const char *characters)
{
	size_t i = 0;

	if (n >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0)
		i = 3;
	while (i < n && head[i] && strchr(SPACE, head[i]))
		i++;
	return i < n && head[i] && strchr(characters, head[i]);
}

static bool is_bundle(const char *head, size_t n)
{
	return begins(head, n, "{") && memmem(head, n < 64 ? n : 64, "\"cadastre\"", 10);
}

static bool is_register(const char *head, size_t n)
{
	return exchange_is_xml(head, n, "register", "urn:cadastre:register:");
}

static bool is_nmap(const char *head, size_t n)
{
	return exchange_is_xml(head, n, "nmaprun", NULL);
}

static bool is_masscan_xml(const char *head, size_t n)
{
	return is_nmap(head, n) && memmem(head, n, "scanner=\"masscan\"", 17);
}

static bool is_assetfile(const char *head, size_t n)
{
	return exchange_is_xml(
		head, n, "assets", "http://scap.nist.gov/schema/asset-identification/1.1");
}

static bool is_masscan_json(const char *head, size_t n)
{
	return begins(head, n, "[{") &&
	       (memmem(head, n, "\"ip\"", 4) || memmem(head, n, "finished", 8) || n < 16);
}

const struct exchange_format exchange_formats[] = {
	{"bundle", "bundle", is_bundle, NULL, NULL},
	{"register", "register XML", is_register, NULL, NULL},
	{"asset-file", "asset file", is_assetfile, NULL, exchange_read_assetfile},
	{"masscan-xml", "Masscan XML", is_masscan_xml, NULL, exchange_read_nmap},
	{"nmap", "Nmap XML", is_nmap, NULL, exchange_read_nmap},
	{"masscan-json", "Masscan JSON", is_masscan_json, NULL, exchange_read_masscan_json},
	{"hosts", "host list", exchange_is_hosts, csv_prepare, exchange_read_hosts},
	{0},
};
