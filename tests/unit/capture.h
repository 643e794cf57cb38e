/* What is printed on a stream while a function runs. cmocka.h is included before this file. */
#ifndef TEST_CAPTURE_H
#define TEST_CAPTURE_H

#include <stdio.h>
#include <unistd.h>

struct captured {
	int fd;    /* of the stream */
	int saved; /* where it led before */
	FILE *file;
};

static inline void capture_begin(struct captured *c, FILE *stream)
{
	(void)fflush(stream);
	c->fd = fileno(stream);
	c->saved = dup(c->fd);
	c->file = tmpfile();
	assert_non_null(c->file);
	assert_true(dup2(fileno(c->file), c->fd) >= 0);
}

/* The text, in static storage. */
static inline char *capture_end(struct captured *c, FILE *stream)
{
	static char text[16384];

	(void)fflush(stream);
	assert_true(dup2(c->saved, c->fd) >= 0);
	(void)close(c->saved);
	rewind(c->file);
	text[fread(text, 1, sizeof(text) - 1, c->file)] = '\0';
	(void)fclose(c->file);
	return text;
}

#endif
