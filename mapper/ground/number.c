/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The texts of a base map's attributes: numbers, lengths, colours, transforms, by the grammars
 * of SVG 1.1 (4.2, 7.6); see internal.h. Knows no locale. Keeps nothing.
 */
#include "mapper/ground/internal.h"

#include "common/cleanup.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t\r\n\f"
#define EXPONENT_MAX 400
#define MIDDLE 0.55 /* lightness of a colour that is not known */

bool base_blank(struct base_text *text)
{
	text->at += strspn(text->at, BLANKS);
	return !*text->at;
}

static void step_over_comma(struct base_text *text)
{
	text->at += strspn(text->at, BLANKS);
	if (*text->at == ',')
		text->at++;
	text->at += strspn(text->at, BLANKS);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits, and how many of them. */
static size_t digits(const char **at, double *value)
{
	const char *first = *at;

	for (; is_digit(**at); (*at)++)
		*value = *value * 10 + (**at - '0');
	return (size_t)(*at - first);
}

/* "e-3"; an "e" that no number follows is none. */
static int exponent(const char **at)
{
	const char *p = *at + 1;
	int sign = 1, value = 0;

	if (**at != 'e' && **at != 'E')
		return 0;
	if (*p == '+' || *p == '-')
		sign = *p++ == '-' ? -1 : 1;
	if (!is_digit(*p))
		return 0;
	for (; is_digit(*p); p++)
		value = value < EXPONENT_MAX ? value * 10 + (*p - '0') : EXPONENT_MAX;
	*at = p;
	return sign * value;
}

static bool plain_number(const char **at, double *ret)
{
	const char *p = *at;
	double value = 0, sign = 1;
	size_t n, behind = 0;
	int e;

	if (*p == '+' || *p == '-')
		sign = *p++ == '-' ? -1 : 1;
	n = digits(&p, &value);
	if (*p == '.') {
		p++;
		behind = digits(&p, &value);
	}
	if (n + behind == 0)
		return false;
	e = exponent(&p);
	value *= pow(10, (double)e - (double)behind);
	if (!isfinite(value) || value > BASE_FARTHEST)
		return false;
	*at = p;
	*ret = sign * value;
	return true;
}

bool base_number(struct base_text *text, double *ret)
{
	text->at += strspn(text->at, BLANKS);
	if (!plain_number(&text->at, ret))
		return false;
	step_over_comma(text);
	return true;
}

bool base_flag(struct base_text *text, bool *ret)
{
	text->at += strspn(text->at, BLANKS);
	if (*text->at != '0' && *text->at != '1')
		return false;
	*ret = *text->at++ == '1';
	step_over_comma(text);
	return true;
}

bool base_length(const char *text, double *ret)
{
	text += strspn(text, BLANKS);
	if (!plain_number(&text, ret))
		return false;
	if (strncmp(text, "px", 2) == 0)
		text += 2;
	return !text[strspn(text, BLANKS)];
}

bool base_share(const char *text, double *ret)
{
	text += strspn(text, BLANKS);
	if (!plain_number(&text, ret))
		return false;
	if (*text == '%') {
		*ret /= 100;
		text++;
	}
	*ret = fmin(fmax(*ret, 0), 1);
	return !text[strspn(text, BLANKS)];
}

/* ---- transforms ---- */

struct base_matrix base_multiply(const struct base_matrix *a, const struct base_matrix *b)
{
	const double *x = a->m, *y = b->m;

	return (struct base_matrix){{x[0] * y[0] + x[2] * y[1], x[1] * y[0] + x[3] * y[1],
		x[0] * y[2] + x[2] * y[3], x[1] * y[2] + x[3] * y[3],
		x[0] * y[4] + x[2] * y[5] + x[4], x[1] * y[4] + x[3] * y[5] + x[5]}};
}

static struct base_matrix moved(double x, double y)
{
	return (struct base_matrix){{1, 0, 0, 1, x, y}};
}

static struct base_matrix turned(const double *v, size_t n)
{
	double a = v[0] * M_PI / 180;
	struct base_matrix to = moved(v[1], v[2]), back = moved(-v[1], -v[2]);
	struct base_matrix turn = {{cos(a), sin(a), -sin(a), cos(a), 0, 0}};

	if (n == 1)
		return turn;
	to = base_multiply(&to, &turn);
	return base_multiply(&to, &back);
}

enum verb { MATRIX, TRANSLATE, SCALE, ROTATE, SKEW_X, SKEW_Y };

static struct base_matrix matrix_of(enum verb verb, const double v[6], size_t n)
{
	switch (verb) {
	case MATRIX:
		return (struct base_matrix){{v[0], v[1], v[2], v[3], v[4], v[5]}};
	case TRANSLATE:
		return moved(v[0], v[1]);
	case SCALE:
		return (struct base_matrix){{v[0], 0, 0, n == 2 ? v[1] : v[0], 0, 0}};
	case ROTATE:
		return turned(v, n);
	case SKEW_X:
		return (struct base_matrix){{1, 0, tan(v[0] * M_PI / 180), 1, 0, 0}};
	default:
		return (struct base_matrix){{1, tan(v[0] * M_PI / 180), 0, 1, 0, 0}};
	}
}

/* One of the list, with what stands behind it. */
static bool one_transform(struct base_text *text, struct base_matrix *ret)
{
	static const struct {
		const char *name;
		size_t counts[2]; /* of its numbers */
	} verbs[] = {[MATRIX] = {"matrix", {6, 6}},
		[TRANSLATE] = {"translate", {1, 2}},
		[SCALE] = {"scale", {1, 2}},
		[ROTATE] = {"rotate", {1, 3}},
		[SKEW_X] = {"skewX", {1, 1}},
		[SKEW_Y] = {"skewY", {1, 1}}};
	double v[6] = {0};
	size_t length = strcspn(text->at, BLANKS "("), verb = 0, n = 0;

	while (verb < ARRAY_SIZE(verbs) && (strlen(verbs[verb].name) != length ||
						   strncmp(verbs[verb].name, text->at, length)))
		verb++;
	if (verb == ARRAY_SIZE(verbs))
		return false;
	text->at += length;
	if (base_blank(text) || *text->at++ != '(')
		return false;
	while (n < 6 && base_number(text, &v[n]))
		n++;
	if (*text->at++ != ')' || (n != verbs[verb].counts[0] && n != verbs[verb].counts[1]))
		return false;
	step_over_comma(text);
	*ret = matrix_of((enum verb)verb, v, n);
	return true;
}

bool base_transform(const char *value, struct base_matrix *ret)
{
	struct base_text text = {value};
	struct base_matrix all = moved(0, 0), one;

	while (!base_blank(&text)) {
		if (!one_transform(&text, &one))
			return false;
		all = base_multiply(&all, &one);
	}
	for (int i = 0; i < 6; i++)
		if (!(fabs(all.m[i]) <= BASE_FARTHEST))
			return false;
	*ret = all;
	return true;
}

/* ---- colours ---- */

static double linear(double part)
{
	return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4);
}

/* CIE L*, 0 to 1. */
static double lightness(double red, double green, double blue)
{
	double y = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);

	return y > 0.008856 ? 1.16 * cbrt(y) - 0.16 : y * 9.033;
}

static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "#rgb", "#rgba", "#rrggbb", "#rrggbbaa" behind the sign. */
static bool hex_colour(const char *text, double parts[4])
{
	size_t n = strcspn(text, BLANKS), wide = n > 4 ? 2 : 1;

	if ((n != 3 && n != 4 && n != 6 && n != 8) || text[n + strspn(text + n, BLANKS)])
		return false;
	for (size_t i = 0; i < n / wide; i++) {
		int high = hex_digit(text[i * wide]),
		    low = hex_digit(text[i * wide + wide - 1]);

		if (high < 0 || low < 0)
			return false;
		parts[i] = (high * 16 + low) / 255.0;
	}
	return true;
}

/* "rgb(1, 2, 3)", "rgba(10%, 20%, 30%, 0.5)". */
static bool rgb_colour(const char *text, double parts[4])
{
	size_t n = 0;

	text += strcspn(text, "(");
	if (*text++ != '(')
		return false;
	for (; n < 4 && *text && *text != ')'; n++) {
		text += strspn(text, BLANKS ",/");
		if (!plain_number(&text, &parts[n]))
			return false;
		if (*text == '%') {
			parts[n] /= 100;
			text++;
		} else if (n < 3) {
			parts[n] /= 255;
		}
		parts[n] = fmin(fmax(parts[n], 0), 1);
		text += strspn(text, BLANKS);
	}
	return n >= 3 && *text == ')';
}

/* The colours of SVG 1.1 that maps are drawn with, by what stands for them. */
static const struct {
	const char *name;
	double lightness;
} names[] = {{"black", 0}, {"white", 1}, {"gray", 0.54}, {"grey", 0.54}, {"silver", 0.78},
	{"lightgray", 0.85}, {"lightgrey", 0.85}, {"gainsboro", 0.88}, {"whitesmoke", 0.97},
	{"darkgray", 0.69}, {"darkgrey", 0.69}, {"dimgray", 0.45}, {"dimgrey", 0.45},
	{"ivory", 0.99}, {"beige", 0.95}, {"linen", 0.95}, {"snow", 0.98}, {"wheat", 0.89},
	{"tan", 0.75}, {"khaki", 0.90}, {"yellow", 0.97}, {"gold", 0.87}, {"orange", 0.75},
	{"red", 0.53}, {"maroon", 0.26}, {"brown", 0.40}, {"pink", 0.84}, {"fuchsia", 0.60},
	{"purple", 0.30}, {"navy", 0.13}, {"blue", 0.32}, {"lightblue", 0.84},
	{"skyblue", 0.79}, {"aliceblue", 0.97}, {"azure", 0.99}, {"aqua", 0.91}, {"cyan", 0.91},
	{"teal", 0.48}, {"green", 0.46}, {"lime", 0.88}, {"lightgreen", 0.87},
	{"palegreen", 0.91}, {"honeydew", 0.99}, {"olive", 0.52}};

bool base_colour(const char *text, double *ret_lightness, double *share)
{
	double parts[4] = {0, 0, 0, 1};

	text += strspn(text, BLANKS);
	if (strncasecmp(text, "none", 4) == 0 || strncasecmp(text, "transparent", 11) == 0)
		return false;
	*ret_lightness = MIDDLE;
	if (*text == '#' ? hex_colour(text + 1, parts)
			 : strncasecmp(text, "rgb", 3) == 0 && rgb_colour(text, parts)) {
		*ret_lightness = lightness(parts[0], parts[1], parts[2]);
		*share = parts[3];
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcasecmp(text, names[i].name) == 0)
			*ret_lightness = names[i].lightness;
	return true;
}
