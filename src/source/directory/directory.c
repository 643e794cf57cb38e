/*
 * `kind: directory` (docs/configuration.md, docs/metrics.md, docs/operations.md): certificate files
 * and keystores on this machine. Each refresh lists the files and reads those that are new or
 * changed; what an unchanged file holds is remembered, not its bytes. Files may change, move or
 * vanish at any moment: each is handled by itself, and one that fails hides no other.
 */
#include "source/directory/directory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "source/directory/levels.h"
#include "source/directory/list.h"
#include "source/directory/settings.h"
#include "source/errors.h"
#include "source/passwords.h"

#define DIGEST_SIZE   32  /* SHA-256 */
#define LINK_TEXT_MAX 512 /* bytes of a link's target in a message */

/* What is known of a file since it was read. */
struct known_file {
	char *path;
	struct file_identity identity;
	struct store_content *content;  /* NULL: larger than STORE_BYTES_MAX */
	uint8_t passwords[DIGEST_SIZE]; /* digest of those that were tried */
};

struct directory {
	struct source source; /* first: see source.h */
	bool *unmatched;      /* per pattern: it has been warned about */
	struct known_file *known;
	size_t known_count; /* sorted by path */
};

/* The state of one refresh. */
struct refresh {
	struct directory *directory;
	const struct source_config *config;
	struct directory_walk walk;
	struct source_level *level;
	struct passwords passwords; /* as they are now */
	struct known_file *known;   /* what the next refresh will know */
	size_t known_count;
	size_t failed; /* stores that could not be read */
	size_t unread; /* files that there was no time for */
};

static struct directory *directory_of(struct source *source)
{
	return (struct directory *)(void *)source;
}

static void free_known(struct known_file *known, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(known[i].path);
		store_content_unref(known[i].content);
	}
	free(known);
}

/* -- stores ---------------------------------------------------------------------------- */

static void add_issue(struct refresh *refresh, enum stage stage, enum status reason,
		      const char *item, const char *text)
{
	source_result_add_issue(refresh->walk.result, stage, reason, LEVEL_DIRECTORY, item, text);
}

static struct source_store *add_store(struct refresh *refresh, const char *path,
				      struct store_content *content)
{
	struct source_store *store =
		source_level_add_store(refresh->level, PART_CERTIFICATES, path, "", content);

	store->auto_renewed = string_list_matches(&refresh->config->auto_renewed, path);
	return store;
}

/* A file that is listed but cannot be read. */
static void add_failed(struct refresh *refresh, const char *path, enum stage stage,
		       enum status reason, int error_number, const char *text)
{
	bool forbidden = reason == STATUS_IO && (error_number == EACCES || error_number == EPERM);

	refresh->failed++;
	source_store_set_state(add_store(refresh, path, NULL),
			       forbidden ? STORE_FORBIDDEN : STORE_UNAVAILABLE, text);
	add_issue(refresh, stage, reason, path, text);
}

/* A lack of memory is the state of the file that it hit, whose content can be the reason. Nothing
 * is remembered: the next refresh reads it again. */
static void add_without_memory(struct refresh *refresh, const char *path)
{
	add_failed(refresh, path, STAGE_DECODE, STATUS_MEMORY, 0, "out of memory");
}

/* Remembers a file, which is taken over, and shows its store. */
static const struct source_store *add_known_take(struct refresh *refresh,
						 const struct known_file *known)
{
	struct source_store *store = add_store(refresh, known->path, known->content);
	struct error text;

	refresh->known[refresh->known_count++] = *known;
	if (known->content == NULL) {
		(void)error_set(&text, STATUS_TOO_LARGE, "larger than %d bytes", STORE_BYTES_MAX);
		source_store_set_state(store, STORE_TOO_LARGE, text.text);
	}
	return store;
}

/* Shows a store that was just read, and says once what is wrong with it. */
static void add_fresh_take(struct refresh *refresh, const struct known_file *known)
{
	const struct source_store *store = add_known_take(refresh, known);
	enum status reason = source_decode_reason(store->state);

	telemetry_cache(refresh->directory->source.context.telemetry, false);
	if (reason != STATUS_OK)
		add_issue(refresh, STAGE_DECODE, reason, known->path,
			  store->detail[0] != '\0' ? store->detail
						   : store_state_name(store->state));
}

/* -- files ----------------------------------------------------------------------------- */

static enum status decode(struct refresh *refresh, const struct buf *bytes,
			  struct known_file *known)
{
	struct store_passwords passwords;
	enum status status =
		passwords_for(&refresh->passwords, known->path, &passwords, known->passwords);

	if (status != STATUS_OK)
		return status;
	status = store_decode((const uint8_t *)buf_text(bytes), bytes->len, &passwords,
			      &known->content);
	passwords_list_release(&passwords);
	return status;
}

/* For people: what stands where a file should be. */
static void describe_missing(const char *path, int error_number, struct error *text)
{
	char target[LINK_TEXT_MAX];
	char reason[128];
	const char *why = strerror_r(error_number, reason, sizeof(reason));
	ssize_t len = readlink(path, target, sizeof(target) - 1);

	if (len >= 0)
		target[len] = '\0';
	if (len >= 0 && error_number == ENOENT)
		(void)error_set(text, STATUS_IO, "link to %s which does not exist", target);
	else if (len >= 0)
		(void)error_set(text, STATUS_IO, "link to %s: %s", target, why);
	else if (error_number == ENOENT)
		(void)error_set(text, STATUS_IO, "no such file");
	else
		(void)error_set(text, STATUS_IO, "%s: %s", path, why);
}

/* A file that is listed or named, but cannot be looked at. */
static void add_unseen(struct refresh *refresh, const char *path, int error_number)
{
	struct error text;

	describe_missing(path, error_number, &text);
	add_failed(refresh, path, STAGE_FETCH, STATUS_IO, error_number, text.text);
}

/* The file was listed, but reading it failed. */
static void read_failed(struct refresh *refresh, const struct listed_file *file, enum status reason,
			int error_number, const char *text)
{
	if (reason == STATUS_NOT_FOUND && file->named)
		add_unseen(refresh, file->path, error_number);
	else if (reason != STATUS_NOT_FOUND && reason != STATUS_UNSUPPORTED)
		add_failed(refresh, file->path, STAGE_FETCH, reason, error_number, text);
	/* else: gone, or no longer a regular file, since it was listed */
}

static void read_file(struct refresh *refresh, const struct listed_file *file)
{
	struct known_file known = { .path = strdup(file->path), .identity = file->identity };
	enum status status = STATUS_OK;
	struct error error = { "" };
	struct buf bytes;

	if (known.path == NULL) {
		add_without_memory(refresh, file->path);
		return;
	}
	buf_init(&bytes, (size_t)STORE_BYTES_MAX);
	errno = 0;
	enum status result = file_read(file->path, &bytes, &known.identity, &error);
	int error_number = errno;
	/* too large is a state of the store: remembered, without content */
	bool usable = result == STATUS_OK || result == STATUS_TOO_LARGE;
	if (result == STATUS_OK)
		status = decode(refresh, &bytes, &known);
	buf_wipe_release(&bytes);
	if (usable && status == STATUS_OK) {
		add_fresh_take(refresh, &known);
		return;
	}
	store_content_unref(known.content);
	free(known.path);
	if (usable) /* but not decoded */
		add_without_memory(refresh, file->path);
	else
		read_failed(refresh, file, result, error_number, error.text);
}

/* Whether what is known of a file still holds. */
static enum status check_known(struct refresh *refresh, const struct listed_file *file,
			       const struct known_file *known, bool *ret_valid)
{
	struct store_passwords passwords;
	uint8_t digest[DIGEST_SIZE];

	*ret_valid = file_identity_equal(&file->identity, &known->identity);
	if (!*ret_valid || known->content == NULL || !store_depends_on_passwords(known->content))
		return STATUS_OK;
	enum status status = passwords_for(&refresh->passwords, file->path, &passwords, digest);
	if (status != STATUS_OK)
		return status;
	passwords_list_release(&passwords);
	*ret_valid = memcmp(digest, known->passwords, sizeof(digest)) == 0;
	return STATUS_OK;
}

/* Handles one file; `known` is what an earlier refresh knows of it, or NULL. STATUS_OK, or
 * STATUS_CANCELLED. */
static enum status refresh_file(struct refresh *refresh, const struct listed_file *file,
				struct known_file *known)
{
	bool valid = false;
	enum status status = STATUS_OK;

	if (file->error != 0) {
		add_unseen(refresh, file->path, file->error);
		return STATUS_OK;
	}
	if (known != NULL)
		status = check_known(refresh, file, known, &valid);
	if (status != STATUS_OK) {
		add_without_memory(refresh, file->path);
		return STATUS_OK;
	}
	if (valid) {
		struct known_file same = *known;
		known->path = NULL;
		known->content = NULL;
		telemetry_cache(refresh->directory->source.context.telemetry, true);
		(void)add_known_take(refresh, &same);
		return STATUS_OK;
	}
	status = directory_time_left(&refresh->walk);
	if (status == STATUS_CANCELLED)
		return status;
	if (status == STATUS_TIMEOUT) /* unchanged files need no time: go on */
		refresh->unread++;
	else
		read_file(refresh, file);
	return STATUS_OK;
}

/*
 * A file that is known but was not listed. It is gone, unless its folder could not be read this
 * time: then its store is forbidden, and what is known of it stays.
 */
static void refresh_unlisted(struct refresh *refresh, const struct directory_list *list,
			     struct known_file *known)
{
	if (!directory_list_is_closed(list, known->path) ||
	    refresh->level->store_count >= DIRECTORY_STORES_MAX)
		return;
	source_store_set_state(add_store(refresh, known->path, NULL), STORE_FORBIDDEN,
			       "its folder cannot be read");
	refresh->failed++;
	refresh->known[refresh->known_count++] = *known;
	known->path = NULL;
	known->content = NULL; /* handed over */
}

/* Both lists are sorted by path. */
static enum status refresh_files(struct refresh *refresh, const struct directory_list *list)
{
	struct directory *directory = refresh->directory;
	enum status status = STATUS_OK;
	size_t k = 0;

	refresh->known = calloc(list->count + directory->known_count + 1, sizeof(*refresh->known));
	if (refresh->known == NULL)
		return STATUS_MEMORY;
	for (size_t i = 0; i <= list->count && status == STATUS_OK; i++) {
		const struct listed_file *file = i < list->count ? &list->files[i] : NULL;
		int order = -1;
		for (; k < directory->known_count; k++) {
			order = file != NULL ? strcmp(directory->known[k].path, file->path) : -1;
			if (order >= 0)
				break;
			refresh_unlisted(refresh, list, &directory->known[k]);
		}
		if (file == NULL)
			break;
		bool found = k < directory->known_count && order == 0;
		status = refresh_file(refresh, file, found ? &directory->known[k] : NULL);
		k += found;
	}
	free_known(directory->known, directory->known_count);
	directory->known = refresh->known;
	directory->known_count = refresh->known_count;
	return status;
}

static void finish_level(struct refresh *refresh, const struct directory_list *list)
{
	struct source_level *level = refresh->level;
	struct error text;

	/* What did not fit was reported, and is gone as far as the level is concerned: kept entries
	 * of earlier refreshes would let it grow past its limit. */
	if (list->whole && refresh->unread == 0)
		level->whole = PART_CERTIFICATES;
	bool all_failed = level->store_count > 0 && refresh->failed == level->store_count;
	level->up = level->whole != 0 && !list->cut && list->closed_count == 0 && !all_failed;
	if (refresh->unread == 0)
		return;
	(void)error_set(&text, STATUS_TIMEOUT, "refresh_timeout ended with %zu files unread",
			refresh->unread);
	add_issue(refresh, STAGE_FETCH, STATUS_TIMEOUT, "", text.text);
}

static enum status refresh_level(struct refresh *refresh)
{
	struct directory_list list = { 0 };
	enum status status =
		passwords_read(refresh->config, refresh->walk.result, &refresh->passwords);

	if (status == STATUS_OK)
		status = directory_list_read(&refresh->walk, &list);
	if (status == STATUS_OK)
		status = refresh_files(refresh, &list);
	if (status == STATUS_OK)
		finish_level(refresh, &list);
	directory_list_release(&list);
	return status;
}

/* -- the class ------------------------------------------------------------------------- */

static void directory_close(struct source *source)
{
	struct directory *directory = directory_of(source);

	free_known(directory->known, directory->known_count);
	free(directory->unmatched);
	free(directory);
}

static enum status directory_open(const struct source_context *context, struct source **ret_source)
{
	struct directory *directory = calloc(1, sizeof(*directory));

	if (directory == NULL)
		return STATUS_MEMORY;
	const struct directory_settings *settings = context->config->own;
	directory->unmatched = calloc(settings->paths.count + 1, sizeof(*directory->unmatched));
	if (directory->unmatched == NULL) {
		directory_close(&directory->source);
		return STATUS_MEMORY;
	}
	*ret_source = &directory->source;
	return STATUS_OK;
}

/* Other paths are another folder, as far as older knowledge is concerned. */
static enum status set_identity(struct source_result *result, const struct source_config *config)
{
	const struct directory_settings *settings = config->own;
	uint8_t bytes[DIGEST_SIZE];
	char text[DIGEST_TEXT_SIZE];
	struct digest digest;

	digest_begin(&digest);
	for (size_t i = 0; i < settings->paths.count; i++)
		digest_add_text(&digest, settings->paths.items[i]);
	enum status status = digest_end(&digest, bytes);
	if (status != STATUS_OK)
		return status;
	digest_text(bytes, text);
	free(result->identity);
	result->identity = strdup(text);
	return result->identity != NULL ? STATUS_OK : STATUS_MEMORY;
}

static struct source_result *directory_refresh(struct source *source)
{
	const struct source_config *config = source->context.config;
	struct refresh refresh = {
		.directory = directory_of(source),
		.config = config,
		.walk = {
			.context = &source->context,
			.deadline_ms = clock_mono_ms() + config->refresh_timeout_s * UINT64_C(1000),
			.unmatched = directory_of(source)->unmatched,
		},
	};
	struct source_result *result = source_result_new();
	enum status status = STATUS_MEMORY;

	refresh.walk.result = result;
	if (result != NULL && set_identity(result, config) == STATUS_OK)
		refresh.level = source_result_add_level(result, LEVEL_DIRECTORY);
	if (refresh.level != NULL)
		status = refresh_level(&refresh);
	passwords_release(&refresh.passwords);
	/* stopped: the level stays as it is, neither whole nor up */
	if (status == STATUS_OK || status == STATUS_CANCELLED)
		return result;
	source_result_free(result);
	return NULL;
}

static const struct known_level levels[] = {
	{ .name = LEVEL_DIRECTORY, .parts = PART_CERTIFICATES },
	{ .name = NULL },
};

static const struct known_part parts[] = { { .part = PART_CERTIFICATES, .name = "certificates" },
					   { .name = NULL } };

/* Walking through folders, and reading files. */
#define ERRORS_OF_WALKS                                                                            \
	(ERROR_BIT(STATUS_TIMEOUT) | ERROR_BIT(STATUS_IO) | ERROR_BIT(STATUS_LIMIT) |              \
	 ERROR_BIT(STATUS_MEMORY))
#define ERRORS_OF_FILES                                                                            \
	(ERROR_BIT(STATUS_TIMEOUT) | ERROR_BIT(STATUS_TRUNCATED) | ERROR_BIT(STATUS_TOO_LARGE) |   \
	 ERROR_BIT(STATUS_MEMORY) | ERROR_BIT(STATUS_IO) | ERROR_BIT(STATUS_UNSUPPORTED))

static const struct source_class class = {
	.open = directory_open,
	.refresh = directory_refresh,
	.close = directory_close,
	.levels = levels,
	.parts = parts,
	.possible_errors = {
		[STAGE_CONFIG] = ERRORS_OF_SETTINGS,
		[STAGE_LIST] = ERRORS_OF_WALKS,
		[STAGE_FETCH] = ERRORS_OF_FILES,
		[STAGE_DECODE] = ERRORS_OF_DECODING,
	},
};

const struct source_kind directory_kind = {
	.name = "directory",
	.words = (const char *const[]){ "dir", "folder", "file", "path", NULL },
	.groups = KEYS_COMMON | KEYS_STORES,
	.keys = directory_keys,
	.size = sizeof(struct directory_settings),
	.rules = directory_rules,
	.check_files = directory_check_files,
	.same_service = directory_same_service,
	.class = &class,
};
