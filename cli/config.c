/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration file; see config.h. */
#include "cli/config.h"

#include "common/file.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"db", "realm", "format", "trusted"};

static int find(const char *name)
{
	for (int i = 0; i < CONFIG_NAMES; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

static char *trim(char *text)
{
	char *end;

	while (isspace((unsigned char)*text))
		text++;
	end = text + strlen(text);
	while (end > text && isspace((unsigned char)end[-1]))
		end--;
	*end = '\0';
	return text;
}

static int read_line(
	struct config *config, const char *path, int line_no, char *line, struct error *reterr)
{
	char *equals, *name;
	int i;

	line[strcspn(line, "#")] = '\0';
	line = trim(line);
	if (!*line)
		return 0;
	equals = strchr(line, '=');
	if (!equals)
		return error_set(reterr, ERROR_INPUT, "\"%s\", line %d: write `name = value`",
			path, line_no);
	*equals = '\0';
	name = trim(line);
	i = find(name);
	if (i < 0)
		return error_set(reterr, ERROR_INPUT,
			"\"%s\", line %d: unknown name \"%.32s\"; there are db, realm, format "
			"and trusted",
			path, line_no, name);
	free(config->values[i]);
	config->values[i] = strdup(trim(equals + 1));
	return config->values[i] ? 0 : error_set(reterr, ERROR_SYSTEM, "no memory");
}

int config_read(struct config *config, const char *path, struct error *reterr)
{
	struct str text = STR_INIT(CONFIG_MAX);
	char *line, *rest;
	int line_no = 0, r;

	r = file_read(path, CONFIG_MAX, &text, reterr);
	rest = text.data;
	while (r == 0 && (line = strsep(&rest, "\n")))
		r = read_line(config, path, ++line_no, line, reterr);
	explicit_bzero(text.data, text.len); /* it may hold a password */
	str_done(&text);
	return r;
}

const char *config_get(const struct config *config, const char *name)
{
	int i = find(name);

	return i < 0 ? NULL : config->values[i];
}

void config_done(struct config *config)
{
	for (int i = 0; i < CONFIG_NAMES; i++)
		free(config->values[i]);
}
