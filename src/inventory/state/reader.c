/* Members, arrays and unknown words of a state file. */
#include "inventory/state/reader.h"

#include <stdio.h>
#include <string.h>

#define TIME_MAX_S 1e12

enum status state_not_known(struct state_reader *reader, const char *what, const char *word)
{
	state_unknown_note(reader->unknown, what, word);
	return STATUS_UNSUPPORTED;
}

enum status state_skip(struct state_reader *reader, enum status status)
{
	if (status != STATUS_UNSUPPORTED)
		return status;
	reader->skipped = true;
	return STATUS_OK;
}

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names != NULL; names++) {
		if (strcmp(name, *names) == 0)
			return true;
	}
	return false;
}

void state_check_members(struct state_reader *reader, const struct cJSON *object, const char *what,
			 const char *const *names)
{
	json_each (member, object) {
		if (!is_one_of(json_name(member), names))
			state_unknown_note(reader->unknown, what, json_name(member));
	}
}

const char *state_text(const struct cJSON *object, const char *name)
{
	const char *text = json_member_text(object, name);

	return text != NULL ? text : "";
}

enum status state_read_part(struct state_reader *reader, const struct cJSON *object,
			    unsigned *ret_part)
{
	const struct cJSON *part = json_member(object, "part");
	const char *name = json_text(part);
	char number[24] = "";
	uint64_t bit = 0;

	if (name == NULL && json_u64(part, &bit)) {
		(void)snprintf(number, sizeof(number), "%llu", (unsigned long long)bit);
		name = bit <= UINT32_MAX ? source_part_name(reader->kind, (unsigned)bit) : "";
	}
	if (name == NULL || source_part_parse(reader->kind, name, ret_part) != STATUS_OK)
		return state_not_known(reader, "part",
				       name != NULL && *name != '\0' ? name : number);
	return STATUS_OK;
}

double state_time(const struct cJSON *object, const char *name)
{
	double time_s;
	bool sane = json_double(json_member(object, name), &time_s) && time_s > 0 &&
		    time_s < TIME_MAX_S;

	return sane ? time_s : 0;
}

enum status state_read_elements(struct state_reader *reader, struct json_span array,
				state_element_reader *read, void *into)
{
	struct json_span element;
	size_t at = 0;

	for (;;) {
		enum status status = json_next_element(array, &at, &element, reader->error);
		if (status != STATUS_OK || element.len == 0)
			return status;
		status = read(reader, into, element);
		if (status != STATUS_OK)
			return status;
	}
}
