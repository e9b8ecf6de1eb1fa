/* SPDX-License-Identifier: Apache-2.0 */
/* Logins from a file of the operator's; see logins.h. */
#include "cli/logins.h"

#include "common/cleanup.h"
#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORDS_MAX 8
#define WORD_MAX 128 /* bytes */
#define ROWS_SIZE (LOGINS_MAX * sizeof(struct login))

struct words {
	char text[WORDS_MAX][WORD_MAX + 1];
	size_t n;
};

static const struct {
	const char *name;
	enum login_auth auth;
} auths[] = {{"md5", LOGIN_MD5}, {"sha", LOGIN_SHA1}, {"sha1", LOGIN_SHA1},
	{"sha224", LOGIN_SHA224}, {"sha256", LOGIN_SHA256}, {"sha384", LOGIN_SHA384},
	{"sha512", LOGIN_SHA512}};

static const struct {
	const char *name;
	enum login_privacy privacy;
} privacies[] = {{"des", LOGIN_DES}, {"aes", LOGIN_AES128}, {"aes128", LOGIN_AES128}};

/* One word up to a blank, or to the mark that closes it. NULL if it is none; *at is behind
 * it. */
static const char *take_word(const char **at, char out[WORD_MAX + 1])
{
	bool quoted = **at == '"';
	size_t n = 0;

	*at += quoted;
	while (**at && (quoted ? **at != '"' : **at != ' ' && **at != '\t')) {
		if (quoted && **at == '\\' && (*at)[1])
			++*at;
		if (n == WORD_MAX)
			return "a word is too long";
		out[n++] = *(*at)++;
	}
	out[n] = '\0';
	if (quoted && *(*at)++ != '"')
		return "a quotation mark is not closed";
	return **at && **at != ' ' && **at != '\t' ? "a blank must follow a quotation mark"
						   : NULL;
}

/* NULL, or what is wrong. */
static const char *take_words(const char *at, struct words *words)
{
	words->n = 0;
	for (;;) {
		const char *wrong;

		at += strspn(at, " \t");
		if (!*at || *at == '#')
			return NULL;
		if (words->n == WORDS_MAX)
			return "there are more words than a login has";
		wrong = take_word(&at, words->text[words->n]);
		if (wrong)
			return wrong;
		words->n++;
	}
}

static const char *take_secret(const char *word, char out[LOGIN_SECRET_MAX + 1])
{
	size_t n = strlen(word);

	if (n < LOGIN_SECRET_MIN || n > LOGIN_SECRET_MAX)
		return "a pass phrase has 8 to 64 bytes";
	memcpy(out, word, n + 1);
	return NULL;
}

static const char *take_auth(const struct words *words, struct login *login)
{
	for (size_t i = 0; i < ARRAY_SIZE(auths); i++)
		if (strcasecmp(auths[i].name, words->text[3]) == 0)
			login->auth = auths[i].auth;
	if (!login->auth)
		return "authentication is md5, sha, sha224, sha256, sha384 or sha512";
	return take_secret(words->text[4], login->auth_secret);
}

static const char *take_privacy(const struct words *words, struct login *login)
{
	for (size_t i = 0; i < ARRAY_SIZE(privacies); i++)
		if (strcasecmp(privacies[i].name, words->text[5]) == 0)
			login->privacy = privacies[i].privacy;
	if (!login->privacy)
		return "privacy is des or aes128";
	return take_secret(words->text[6], login->privacy_secret);
}

static const char *take_login(const struct words *words, struct login *login)
{
	bool user = words->n > 1 && strcmp(words->text[1], "user") == 0;
	const char *wrong = NULL;
	struct error why = {0};
	size_t size;

	if (!user && (words->n < 2 || strcmp(words->text[1], "community") != 0))
		return "a login is a prefix, and then \"community\" or \"user\"";
	if (cidr_parse(words->text[0], &login->cidr, &why) < 0)
		return "the first word is no address and no prefix";
	if (user ? words->n != 3 && words->n != 5 && words->n != 7 : words->n != 3)
		return user ? "behind \"user\" stand a name, authentication and its pass "
			      "phrase, privacy and its pass phrase"
			    : "behind \"community\" stands one word";
	size = strlen(words->text[2]);
	if (size == 0 || size > LOGIN_NAME_MAX)
		return "a community or a name has 1 to 32 bytes";
	login->kind = user ? LOGIN_USER : LOGIN_COMMUNITY;
	memcpy(login->name, words->text[2], size + 1);
	if (words->n > 3)
		wrong = take_auth(words, login);
	if (!wrong && words->n > 5)
		wrong = take_privacy(words, login);
	return wrong;
}

static int read_private(const char *path, char **ret, size_t *ret_n, struct error *reterr)
{
	_cleanup_(cleanup_closep) int fd = file_open_private(path, "the logins of", reterr);
	char *text;
	ssize_t got;
	size_t n = 0;

	if (fd < 0)
		return fd;
	text = *ret = malloc(LOGINS_BYTES_MAX + 1);
	if (!text)
		return error_set(reterr, ERROR_SYSTEM, "no memory for logins");
	while ((got = read(fd, text + n, LOGINS_BYTES_MAX + 1 - n)) > 0)
		n += (size_t)got;
	*ret_n = n;
	if (got < 0)
		return error_errno(
			reterr, ERROR_INPUT, errno, "cannot read the logins of \"%s\"", path);
	return n > LOGINS_BYTES_MAX ? error_set(reterr, ERROR_INPUT,
					      "the logins of \"%s\" are more than %d bytes",
					      path, LOGINS_BYTES_MAX)
				    : 0;
}

static const char *take_line(char *line, size_t n, struct logins *logins)
{
	struct words words;
	const char *wrong;

	while (n && (line[n - 1] == '\r' || line[n - 1] == '\n'))
		line[--n] = '\0';
	if (memchr(line, '\0', n))
		return "there is a NUL in the line; this is no text";
	wrong = take_words(line, &words);
	if (!wrong && words.n) {
		if (logins->n == LOGINS_MAX)
			return "there are more than 4,096 logins";
		wrong = take_login(&words, &logins->rows[logins->n]);
		logins->n += !wrong;
	}
	explicit_bzero(&words, sizeof(words));
	return wrong;
}

static int take_lines(
	const char *path, char *text, size_t n, struct logins *logins, struct error *reterr)
{
	size_t number = 1;

	for (size_t at = 0, end; at < n; at = end + 1, number++) {
		const char *wrong, *newline = memchr(text + at, '\n', n - at);

		end = newline ? (size_t)(newline - text) : n;
		text[end] = '\0';
		wrong = take_line(text + at, end - at, logins);
		if (wrong)
			return error_set(reterr, ERROR_INPUT, "\"%s\", line %zu: %s", path,
				number, wrong);
	}
	return logins->n ? 0 : error_set(reterr, ERROR_INPUT, "\"%s\" has no logins", path);
}

int logins_read(const char *path, struct logins *ret, struct error *reterr)
{
	char *text = NULL;
	size_t n = 0;
	int r;

	*ret = (struct logins){0};
	ret->rows = mmap(
		NULL, ROWS_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (ret->rows == MAP_FAILED) {
		ret->rows = NULL;
		return error_set(reterr, ERROR_SYSTEM, "no memory for logins");
	}
	madvise(ret->rows, ROWS_SIZE,
		MADV_DONTDUMP); /* no file of what is left of a process has them */
	r = read_private(path, &text, &n, reterr);
	if (r == 0)
		r = take_lines(path, text, n, ret, reterr);
	if (text)
		explicit_bzero(text, n);
	free(text);
	return r;
}

void logins_done(struct logins *logins)
{
	if (logins->rows) {
		explicit_bzero(logins->rows, ROWS_SIZE);
		munmap(logins->rows, ROWS_SIZE);
	}
	*logins = (struct logins){0};
}
