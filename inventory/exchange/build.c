/* SPDX-License-Identifier: Apache-2.0 */
/* Building observations from foreign words; see internal.h. CPE: NISTIR 7695. */
#include "inventory/exchange/internal.h"

#include "common/text.h"

#include <string.h>

#define CPE_PARTS 11 /* of a formatted string, after "cpe:2.3:" */
#define CPE_URI_PARTS 7

void exchange_name(char out[ATTRIBUTE_NAME_MAX + 1], const char *text, size_t max)
{
	size_t n = 0;

	for (; *text && n < max && n < ATTRIBUTE_NAME_MAX; text++) {
		char c = *text;

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789._-", c))
			c = '-';
		out[n++] = c;
	}
	out[n] = '\0';
}

void exchange_attribute(
	struct exchange_item *item, const char *name, const void *value, size_t n)
{
	struct observation *obs = &item->obs;
	struct str clean = STR_INIT(ATTRIBUTE_VALUE_MAX);
	char own[ATTRIBUTE_NAME_MAX + 1];
	const char *kept, *kept_name;

	exchange_name(own, name, ATTRIBUTE_NAME_MAX);
	if (!n || !*own || obs->n_attributes == OBSERVATION_ATTRIBUTES_MAX)
		return;
	for (size_t i = 0; i < obs->n_attributes; i++)
		if (strcmp(item->attributes[i].name, own) == 0)
			return;
	text_clean(&clean, value, n, ATTRIBUTE_VALUE_MAX);
	kept = arena_strndup(item->arena, clean.data, clean.len);
	kept_name = arena_strdup(item->arena, own);
	item->failed |= !kept || !kept_name || clean.failed;
	if (!item->failed && clean.data[strspn(clean.data, " ")])
		item->attributes[obs->n_attributes++] = (struct attribute){kept_name, kept};
	obs->attributes = item->attributes;
	str_done(&clean);
}

void exchange_attribute_text(struct exchange_item *item, const char *name, const char *value)
{
	if (value)
		exchange_attribute(item, name, value, strlen(value));
}

bool exchange_number(const char *text, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (!text || !*text)
		return false;
	for (; *text; text++) {
		unsigned int digit = (unsigned int)(*text - '0');

		if (digit > 9 || value > (max - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*ret = value;
	return true;
}

static int hex_of(char c)
{
	const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c | 0x20) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* One component of a URI as one of a formatted string: what is percent-encoded and what is
 * special there is escaped. */
static void add_component(struct str *out, const char *from, size_t n)
{
	if (n == 0) {
		str_addc(out, '*');
		return;
	}
	for (size_t i = 0; i < n; i++) {
		char c = from[i];

		if (c == '%' && i + 2 < n && hex_of(from[i + 1]) >= 0 &&
			hex_of(from[i + 2]) >= 0) {
			c = (char)(hex_of(from[i + 1]) * 16 + hex_of(from[i + 2]));
			i += 2;
		}
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    (c >= '0' && c <= '9') || strchr("._", c)) &&
			!(c == '-' && n == 1))
			str_addc(out, '\\');
		str_addc(out, c);
	}
}

bool exchange_cpe23(const char *text, char *out, size_t size)
{
	struct str made = STR_INIT(size - 1);
	int parts = 0;
	bool good;

	if (strncmp(text, "cpe:2.3:", 8) == 0 && strlen(text) < size) {
		snprintf(out, size, "%s", text);
		return true;
	}
	if (strncmp(text, "cpe:/", 5) != 0)
		return false;
	text += 5;
	str_adds(&made, "cpe:2.3");
	for (; parts < CPE_URI_PARTS; parts++) {
		size_t n = strcspn(text, ":");

		str_addc(&made, ':');
		add_component(&made, text, n);
		text += n;
		if (!*text) {
			parts++;
			break;
		}
		text++;
	}
	for (; parts < CPE_PARTS; parts++)
		str_adds(&made, ":*");
	good = !made.failed && text_is_clean(made.data, made.len);
	if (good)
		snprintf(out, size, "%s", made.data);
	str_done(&made);
	return good;
}

/* One component of a formatted string, up to ':'; what is escaped becomes percent-encoded. */
static const char *add_uri_component(struct str *out, const char *at)
{
	if (at[0] == '*' && (at[1] == ':' || !at[1]))
		return at + 1;
	for (; *at && *at != ':'; at++) {
		if (*at != '\\') {
			str_addc(out, *at);
		} else if (at[1]) {
			at++;
			if (strchr("-_.~", *at))
				str_addc(out, *at);
			else
				str_addf(out, "%%%02x", (unsigned char)*at);
		}
	}
	return at;
}

bool exchange_cpe_uri(const char *text, char *out, size_t size)
{
	struct str made = STR_INIT(size - 1);
	bool good;

	if (strncmp(text, "cpe:2.3:", 8) != 0)
		return false;
	text += 8;
	str_adds(&made, "cpe:/");
	for (int i = 0; i < CPE_URI_PARTS && *text; i++) {
		if (i)
			str_addc(&made, ':');
		text = add_uri_component(&made, text);
		text += *text == ':';
	}
	while (made.len > 5 && made.data[made.len - 1] == ':')
		made.data[--made.len] = '\0';
	good = !made.failed && made.len > 5;
	if (good)
		snprintf(out, size, "%s", made.data);
	str_done(&made);
	return good;
}
