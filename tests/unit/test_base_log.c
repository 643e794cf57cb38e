/* Log lines on a stderr that nobody reads: none blocks, the lost ones are counted. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"

#define HANG_S  300 /* a writer that blocks is ended by a signal then */
#define THREADS 8
#define LINES   500 /* of each: together far more than a pipe takes */

static char filler[3000];

static void *write_lines(void *unused)
{
	(void)unused;
	for (int i = 0; i < LINES; i++)
		log_info("line", LOG_TEXT("filler", filler));
	return NULL;
}

/* What can be read now, with a NUL behind it. */
static size_t drain(int fd, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while ((n = read(fd, text + len, size - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	return len;
}

static unsigned count_of(const char *text, const char *part)
{
	unsigned count = 0;

	for (const char *p = strstr(text, part); p != NULL; p = strstr(p + 1, part))
		count++;
	return count;
}

#define LOST "msg=\"log lines were dropped, nobody read them\" count="

/* The sum of what the lines say that tell of lost ones. */
static unsigned long lost_of(const char *text)
{
	unsigned long sum = 0;

	for (const char *p = strstr(text, LOST); p != NULL; p = strstr(p + 1, LOST))
		sum += strtoul(p + strlen(LOST), NULL, 10);
	return sum;
}

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			printf("line %d: %s\n", __LINE__, #condition);                             \
			return 1;                                                                  \
		}                                                                                  \
	} while (0)

/* In a process of its own, whose stderr is `ends[1]`: the test reads nothing but at the end. */
static int fill_and_drain(const int ends[2])
{
	static char text[4 * 1024 * 1024];
	pthread_t threads[THREADS];

	(void)alarm(HANG_S);
	memset(filler, 'x', sizeof(filler) - 1);
	CHECK(dup2(ends[1], STDERR_FILENO) >= 0);
	CHECK(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
	log_setup(LOG_INFO, LOG_LOGFMT);
	CHECK((fcntl(STDERR_FILENO, F_GETFL) & O_NONBLOCK) == 0); /* it is not ours alone */
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_create(&threads[i], NULL, write_lines, NULL) == 0);
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	(void)drain(ends[0], text, sizeof(text));
	unsigned written = count_of(text, "msg=line");
	unsigned long lost = lost_of(text); /* a short line may fit where a long one does not */
	CHECK(written > 0 && written < THREADS * LINES);
	CHECK(count_of(text, "x\n") == written); /* each is whole */
	log_info("read again");
	(void)drain(ends[0], text, sizeof(text));
	lost += lost_of(text);
	const char *about = strstr(text, LOST);
	CHECK(about != NULL && strstr(about, "msg=\"read again\"") != NULL);
	CHECK(lost + written == THREADS * LINES);
	log_info("and again");
	(void)drain(ends[0], text, sizeof(text));
	CHECK(count_of(text, "\n") == 1 && strstr(text, "and again") != NULL);
	return 0;
}

static void check_in_child(const int ends[2])
{
	int result = 0;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		result = fill_and_drain(ends);
		(void)fflush(stdout);
		_exit(result);
	}
	assert_int_equal(waitpid(child, &result, 0), child);
	assert_int_equal(result, 0);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void pipe_that_nobody_reads(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	check_in_child(ends);
}

static void socket_that_nobody_reads(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	check_in_child(ends);
}

/* A terminal whose output was stopped, as Ctrl-S does. */
static void terminal_that_is_stopped(void **state)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);

	(void)state;
	if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
		skip();
	int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(terminal >= 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		(void)alarm(HANG_S);
		memset(filler, 'x', sizeof(filler) - 1);
		if (dup2(terminal, STDERR_FILENO) < 0)
			_exit(1);
		log_setup(LOG_INFO, LOG_LOGFMT);
		(void)write_lines(NULL);
		_exit((fcntl(STDERR_FILENO, F_GETFL) & O_NONBLOCK) != 0);
	}
	int result = 1;
	assert_int_equal(waitpid(child, &result, 0), child);
	assert_int_equal(result, 0);
	(void)close(terminal);
	(void)close(master);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pipe_that_nobody_reads),
		cmocka_unit_test(socket_that_nobody_reads),
		cmocka_unit_test(terminal_that_is_stopped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
