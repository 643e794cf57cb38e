#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/secret.h"
#include "base/status.h"

/*
 * Reading and writing whole files. Only regular files are read: a FIFO, socket or device is refused
 * without waiting for it. Thread-safe.
 */

/* What identifies one state of a file's content without reading it. */
struct file_identity {
	dev_t device;
	ino_t inode;
	off_t size;
	int64_t mtime_s;
	long mtime_ns;
	int64_t ctime_s;
	long ctime_ns;
};

struct stat;

struct file_identity file_identity_of(const struct stat *st);
/* Of what `path` leads to; all zeros for NULL, and where nothing can be found. */
struct file_identity file_identity_at(const char *path);
bool file_identity_equal(const struct file_identity *a, const struct file_identity *b);

/*
 * Appends the content of a file to `buf` (as secret bytes: wipe it if it can hold a key). Symbolic
 * links are followed. `ret_identity` may be NULL.
 * STATUS_OK; STATUS_NOT_FOUND (also a dangling link); STATUS_UNSUPPORTED (not a regular file);
 * STATUS_TOO_LARGE (more than the buffer's ceiling); STATUS_TRUNCATED (shrank while it was read);
 * STATUS_MEMORY; STATUS_IO for any other failure, a missing permission included: errno is kept, so
 * that the caller can recognise EACCES. `error` gets a text that names the path.
 */
enum status file_read(const char *path, struct buf *buf, struct file_identity *ret_identity,
		      struct error *error) MUST_CHECK;

/* The trimmed content of a small file (at most 64 KiB), without the mark that editors on Windows
 * put in front of UTF-8, as a secret. */
enum status file_read_secret(const char *path, struct secret *ret_secret,
			     struct error *error) MUST_CHECK;

/*
 * Replaces a file as a whole: writes a new one with a name of its own in the same folder, gives it
 * `mode` (whatever the umask), syncs and renames it, so that readers see the old or the new
 * content. A symbolic link is replaced, not followed. STATUS_OK; else the old file is as it was and
 * the new one is gone: STATUS_UNSUPPORTED (the path is a device, a pipe, a folder: no regular
 * file), STATUS_MEMORY, STATUS_IO, with an error that names the path.
 */
enum status file_write_atomic(const char *path, const void *data, size_t len, mode_t mode,
			      struct error *error) MUST_CHECK;

/* `path` itself if absolute, else joined to `folder`. The caller frees; NULL without memory. */
char *file_path_join(const char *folder, const char *path);

#endif
