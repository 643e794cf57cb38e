/*
 * OpenSSL's allocations, passed on to the C library as OpenSSL does it itself: no bytes are no
 * allocation. The functions have to be in place before OpenSSL allocates for the first time, so
 * they are set before main() runs, in every program that this room is part of.
 */
#include "cert/crypto_memory.h"

#include <stddef.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

/* State outside of a struct: OpenSSL hands no context to its allocator. */
static bool watched;
static _Thread_local bool failed;

static void *note(void *data)
{
	failed = failed || data == NULL;
	return data;
}

static void *crypto_malloc(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return size > 0 ? note(malloc(size)) : NULL;
}

static void crypto_free(void *data, const char *file, int line)
{
	(void)file;
	(void)line;
	free(data);
}

static void *crypto_realloc(void *data, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	if (size > 0)
		return note(realloc(data, size));
	free(data);
	return NULL;
}

__attribute__((constructor)) static void watch(void)
{
	watched = CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free) == 1;
}

bool crypto_memory_failed(void)
{
	bool result = failed;

	failed = false;
	return result;
}

bool crypto_memory_is_watched(void)
{
	return watched;
}

enum status crypto_failure(enum status other)
{
	bool lacked = crypto_memory_failed();
	bool ask_queue = !crypto_memory_is_watched();
	unsigned long error;

	while ((error = ERR_get_error()) != 0)
		lacked = lacked || (ask_queue && ERR_GET_REASON(error) == ERR_R_MALLOC_FAILURE);
	return lacked ? STATUS_MEMORY : other;
}
