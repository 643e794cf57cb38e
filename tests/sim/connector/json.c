/*
 * See json.h.
 */
#include "json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

void json_item(struct text *t)
{
	if (t->len > 0 && strchr("{[,:", t->data[t->len - 1]) == NULL)
		text_adds(t, ",");
}

void json_key(struct text *t, const char *key)
{
	json_item(t);
	text_add_json(t, key);
	text_adds(t, ":");
}

void json_string(struct text *t, const char *key, const char *value)
{
	json_key(t, key);
	text_add_json(t, value);
}

void json_number(struct text *t, const char *key, int64_t value)
{
	json_key(t, key);
	text_addf(t, "%" PRId64, value);
}

void json_bool(struct text *t, const char *key, bool value)
{
	json_raw(t, key, value ? "true" : "false");
}

void json_raw(struct text *t, const char *key, const char *json)
{
	json_key(t, key);
	text_adds(t, json);
}

void json_members(struct text *t, const char *object)
{
	size_t len = object != NULL ? strlen(object) : 0;

	if (len <= 2)
		return;
	json_item(t);
	text_add(t, object + 1, len - 2);
}

/* True where a comma separates two parts of the name: not escaped, not between quotes. */
static bool separates(const char *name, const char *at)
{
	bool quoted = false;

	for (const char *p = name; p < at; p++) {
		if (*p == '\\' && p + 1 == at)
			return false;
		if (*p == '\\')
			p++;
		else if (*p == '"')
			quoted = !quoted;
	}
	return !quoted;
}

void json_name(struct text *t, const char *key, const char *name, bool blanks)
{
	struct text plain = { 0 };

	for (const char *p = name; *p != '\0'; p++) {
		text_add(&plain, p, 1);
		if (*p != ',' || !separates(name, p))
			continue;
		while (p[1] == ' ')
			p++;
		if (blanks)
			text_adds(&plain, " ");
	}
	text_adds(&plain, "");
	if (plain.failed)
		t->failed = true;
	else
		json_string(t, key, plain.data);
	text_release(&plain);
}

static struct tm local_time(int64_t time_ms, int zone_min)
{
	time_t seconds = (time_t)(time_ms / 1000 + (int64_t)zone_min * 60);
	struct tm tm = { 0 };

	(void)gmtime_r(&seconds, &tm);
	return tm;
}

static void add_zone(char ret_time[ODD_TIME_SIZE], int zone_min)
{
	unsigned minutes = (unsigned)(zone_min < 0 ? -zone_min : zone_min) % 1440;
	size_t len = strlen(ret_time);

	(void)snprintf(ret_time + len, ODD_TIME_SIZE - len, " %c%02u%02u", zone_min < 0 ? '-' : '+',
		       minutes / 60, minutes % 60);
}

void odd_time(char ret_time[ODD_TIME_SIZE], int64_t time_ms, int zone_min)
{
	struct tm tm = local_time(time_ms, zone_min);
	size_t len = strftime(ret_time, ODD_TIME_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);

	(void)snprintf(ret_time + len, ODD_TIME_SIZE - len, ".%03u",
		       (unsigned)((time_ms % 1000 + 1000) % 1000));
	add_zone(ret_time, zone_min);
}

void alert_time(char ret_time[ODD_TIME_SIZE], int64_t time_ms, int zone_min)
{
	struct tm tm = local_time(time_ms, zone_min);

	if (strftime(ret_time, ODD_TIME_SIZE, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		ret_time[0] = '\0';
	add_zone(ret_time, zone_min);
}
