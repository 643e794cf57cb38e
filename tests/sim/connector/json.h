/*
 * Writing JSON the way the Cloud Connector does: compact, and with its odd forms of names and
 * times. Commas come by themselves: none behind an opening bracket, one everywhere else.
 * Follows docs/reference/cloud-connector.md 5.
 */
#ifndef SIM_JSON_H
#define SIM_JSON_H

#include "text.h"

/* The comma in front of the next element of an array, if one is needed. */
void json_item(struct text *t);
/* "key": with the comma in front, if one is needed. */
void json_key(struct text *t, const char *key);
/* A NULL value gives null. */
void json_string(struct text *t, const char *key, const char *value);
void json_number(struct text *t, const char *key, int64_t value);
void json_bool(struct text *t, const char *key, bool value);
/* `json` is a value, ready made, or the beginning of one. */
void json_raw(struct text *t, const char *key, const char *json);
/* The members of an object that is given as JSON text, or nothing for NULL or {}. */
void json_members(struct text *t, const char *object);

/* A distinguished name with or without a blank behind its commas (5.3). */
void json_name(struct text *t, const char *key, const char *name, bool blanks);

/* 2021-02-17T12:44:10.546 +0100 (5.1), or with a blank and without milliseconds for alerts. */
#define ODD_TIME_SIZE 40
void odd_time(char ret_time[ODD_TIME_SIZE], int64_t time_ms, int zone_min);
void alert_time(char ret_time[ODD_TIME_SIZE], int64_t time_ms, int zone_min);

#endif
