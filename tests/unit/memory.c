/* See memory.h. */
#include "memory.h"

#include <setjmp.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "cert/crypto_memory.h"

static _Thread_local struct {
	bool armed;
	bool failed;
	bool all;   /* later ones fail, too */
	long count; /* allocations since then */
	long n;     /* the one that fails; 0: none */
} plan;

static char where[160];

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_reallocarray(void *old, size_t count, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t len);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_reallocarray(void *old, size_t count, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t len);

static bool fails(void)
{
	if (!plan.armed)
		return false;
	plan.count++;
	if (plan.n == 0 || plan.count < plan.n || (plan.count > plan.n && !plan.all))
		return false;
	plan.failed = true;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return fails() ? NULL : __real_realloc(old, size);
}

void *__wrap_reallocarray(void *old, size_t count, size_t size)
{
	return fails() ? NULL : __real_reallocarray(old, count, size);
}

char *__wrap_strdup(const char *text)
{
	return fails() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t len)
{
	return fails() ? NULL : __real_strndup(text, len);
}

void memory_fail_at(long n, bool all)
{
	plan.failed = false;
	plan.all = all;
	plan.count = 0;
	plan.n = n;
	plan.armed = true;
}

bool memory_end(void)
{
	plan.armed = false;
	return plan.failed;
}

long memory_count(void)
{
	return plan.count;
}

const char *memory_where(void)
{
	return where;
}

/* One walk. Whether an allocation has failed. */
static bool walk(const struct memory_way *way, long n, bool all)
{
	memory_fail_at(n, all);
	enum status status = way->walk(way->user);
	bool lacked = memory_end();
	bool right = lacked ? status == STATUS_MEMORY || (way->recovers && status == STATUS_OK)
			    : status == STATUS_OK;

	if (!right)
		fail_msg("%s: %s", where, status_name(status));
	if (way->check != NULL)
		way->check(way->user, status, lacked);
	return lacked;
}

/* The sanitizers make each walk many times slower: there only some of its allocations fail, evenly
 * spread. Without them, each one does. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TRIES_MAX 200
#else
#define TRIES_MAX LONG_MAX
#endif

static void walk_in_want(const struct memory_way *way, long count, bool all)
{
	long tries_max =
		way->tries_max > 0 && way->tries_max < TRIES_MAX ? way->tries_max : TRIES_MAX;
	long step = (count - 1) / tries_max + 1;
	bool lacked = true;

	/* the number differs from walk to walk where something is kept for the next one */
	for (long n = 1; lacked; n += step) {
		(void)snprintf(where, sizeof(where), "%s, allocation %ld of %ld%s", way->name, n,
			       count, all ? " and all later ones" : "");
		lacked = walk(way, n, all);
		assert_true(n <= 2 * count + 1000); /* it would not end */
	}
}

long memory_torture(const struct memory_way *way)
{
	assert_true(crypto_memory_is_watched());
	(void)snprintf(where, sizeof(where), "%s with all the memory", way->name);
	(void)walk(way, 0, false); /* libraries keep what they need once */
	(void)walk(way, 0, false);
	long count = memory_count();
	walk_in_want(way, count, false);
	if (!way->only_one)
		walk_in_want(way, count, true);
	(void)snprintf(where, sizeof(where), "%s afterwards", way->name);
	(void)walk(way, 0, false);
	return count;
}
