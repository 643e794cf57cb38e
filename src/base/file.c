/* Whole files: read with limits, written aside and renamed. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "base/text.h"

#define SECRET_FILE_MAX ((size_t)64 * 1024) /* a password or a PEM key; more is a mistake */
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"      /* in UTF-8, as editors on Windows write it */
#define READ_STEP       65536

bool file_identity_equal(const struct file_identity *a, const struct file_identity *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       a->mtime_s == b->mtime_s && a->mtime_ns == b->mtime_ns && a->ctime_s == b->ctime_s &&
	       a->ctime_ns == b->ctime_ns;
}

struct file_identity file_identity_of(const struct stat *st)
{
	return (struct file_identity){
		.device = st->st_dev,
		.inode = st->st_ino,
		.size = st->st_size,
		.mtime_s = st->st_mtim.tv_sec,
		.mtime_ns = st->st_mtim.tv_nsec,
		.ctime_s = st->st_ctim.tv_sec,
		.ctime_ns = st->st_ctim.tv_nsec,
	};
}

struct file_identity file_identity_at(const char *path)
{
	const struct file_identity none = { 0 };
	struct stat st;

	return path != NULL && stat(path, &st) == 0 ? file_identity_of(&st) : none;
}

static enum status read_all(int fd, off_t announced, struct buf *buf)
{
	uint8_t step[READ_STEP];
	size_t before = buf->len;
	enum status status;

	for (;;) {
		ssize_t n = read(fd, step, sizeof(step));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			status = STATUS_IO;
			break;
		}
		if (n == 0) {
			bool shrank = buf->len - before < (size_t)announced;
			status = shrank ? STATUS_TRUNCATED : STATUS_OK;
			break;
		}
		buf_append_secret(buf, step, (size_t)n);
		status = buf_status(buf);
		if (status != STATUS_OK)
			break;
	}
	OPENSSL_cleanse(step, sizeof(step));
	return status;
}

static enum status open_failed(const char *path, struct error *error)
{
	int saved = errno;
	bool missing = saved == ENOENT || saved == ENOTDIR;
	enum status status = missing ? STATUS_NOT_FOUND : STATUS_IO;
	char reason[128];

	(void)error_set(error, status, "%s: %s", path, strerror_r(saved, reason, sizeof(reason)));
	errno = saved;
	return status;
}

enum status file_read(const char *path, struct buf *buf, struct file_identity *ret_identity,
		      struct error *error)
{
	struct stat st;
	enum status status;

	/* O_NONBLOCK: opening a FIFO must not wait for a writer */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return open_failed(path, error);
	if (fstat(fd, &st) != 0) {
		status = open_failed(path, error);
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		status = error_set(error, STATUS_UNSUPPORTED, "%s: not a regular file", path);
		goto out;
	}
	if ((uint64_t)st.st_size > buf->max) {
		status = error_set(error, STATUS_TOO_LARGE, "%s: larger than %zu bytes", path,
				   buf->max);
		goto out;
	}
	status = read_all(fd, st.st_size, buf);
	if (status != STATUS_OK)
		(void)error_set(error, status, "%s: reading failed (%s)", path,
				status_name(status));
	else if (ret_identity != NULL)
		*ret_identity = file_identity_of(&st);
out:
	(void)close(fd);
	return status;
}

enum status file_read_secret(const char *path, struct secret *ret_secret, struct error *error)
{
	struct buf buf;

	buf_init(&buf, SECRET_FILE_MAX);
	enum status status = file_read(path, &buf, NULL, error);
	if (status == STATUS_OK) {
		buf_append_secret(&buf, "", 0); /* even an empty file gives a string */
		status = buf_status(&buf);
	}
	if (status == STATUS_OK && memchr(buf.data, '\0', buf.len) != NULL)
		status = error_set(error, STATUS_SYNTAX, "%s: holds a NUL byte", path);
	if (status == STATUS_OK) {
		size_t mark =
			text_starts_with(buf.data, BYTE_ORDER_MARK) ? strlen(BYTE_ORDER_MARK) : 0;
		const char *trimmed = text_trim(buf.data + mark);
		status = secret_set(ret_secret, trimmed, strlen(trimmed));
	}
	buf_wipe_release(&buf);
	return status;
}

static bool write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return fsync(fd) == 0;
}

/* A device or a pipe would be replaced by a file; to follow a link to one would be no better. */
static bool is_replaceable(const char *path)
{
	struct stat st;

	return stat(path, &st) != 0 || S_ISREG(st.st_mode);
}

/* Into an open file that nobody knows yet, and then in the place of `path`. */
static bool write_and_rename(int fd, const char *aside, const char *path, const void *data,
			     size_t len, mode_t mode)
{
	bool written = fchmod(fd, mode) == 0 && write_all(fd, data, len);
	int saved = errno;
	bool closed = close(fd) == 0;

	if (!written)
		errno = saved;
	return written && closed && rename(aside, path) == 0;
}

enum status file_write_atomic(const char *path, const void *data, size_t len, mode_t mode,
			      struct error *error)
{
	struct buf aside;
	enum status status = STATUS_OK;
	char reason[128];

	if (!is_replaceable(path))
		return error_set(error, STATUS_UNSUPPORTED, "%s: not a regular file", path);
	buf_init(&aside, 4096);
	buf_printf(&aside, "%s.XXXXXX", path);
	if (buf_status(&aside) == STATUS_MEMORY)
		return error_set(error, STATUS_MEMORY, "%s: out of memory", path);
	if (buf_status(&aside) != STATUS_OK)
		return error_set(error, STATUS_IO, "the path of a file is too long");
	int fd = mkostemp(aside.data, O_CLOEXEC); /* opened with O_EXCL, mode 0600 */
	bool ok = fd >= 0 && write_and_rename(fd, aside.data, path, data, len, mode);
	if (!ok) {
		status = error_set(error, STATUS_IO, "%s: %s", path,
				   strerror_r(errno, reason, sizeof(reason)));
		if (fd >= 0)
			(void)unlink(aside.data);
	}
	buf_release(&aside);
	return status;
}

char *file_path_join(const char *folder, const char *path)
{
	struct buf joined;

	buf_init(&joined, 65536);
	if (path[0] != '/' && folder[0] != '\0') {
		buf_puts(&joined, folder);
		if (!text_ends_with(folder, "/"))
			buf_putc(&joined, '/');
	}
	buf_puts(&joined, path);
	return buf_take(&joined);
}
