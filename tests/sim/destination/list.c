/*
 * Lists of certificates and destinations in their three modes, which exclude each other: everything
 * (or $filter), $select=Name, and pages. Follows docs/reference/destination-service.md 3.3.
 * Fragments come as a whole.
 */
#include <stdio.h>
#include <string.h>

#include "destination.h"
#include "labels.h"

#define PAGE_SIZE_DEFAULT 10
#define PAGE_SIZE_MAX     1000
#define PAGE_MAX          1000000000L

struct paging {
	long page; /* 0: not in pages */
	long size;
	bool page_count;
	bool entity_count;
};

static void add_certificate(struct text *t, const struct entity *e)
{
	text_adds(t, e->head);
	text_adds(t, e->base64);
	text_adds(t, e->tail);
}

/* `what`: the value of $includeMetadata, or NULL. */
static void add_flat(struct text *t, const struct entity *e, const char *what)
{
	const char *comma = "";

	if (what == NULL) {
		text_adds(t, e->head);
		return;
	}
	text_add(t, e->head, strlen(e->head) - 1);
	text_adds(t, ",\"$metadata\":{");
	if (strstr(what, "modification_time") != NULL) {
		text_addf(t, "\"modification_time\":\"%lld\"", (long long)e->modified_ms);
		comma = ",";
	}
	if (strstr(what, "etag") != NULL)
		text_addf(t, "%s\"etag\":\"%s\"", comma, e->etag);
	text_adds(t, "}}");
}

static bool flag(struct request *r, struct reply *reply, const char *name, bool *ret_value)
{
	const char *value = request_param(r, name);

	*ret_value = value != NULL && strcmp(value, "true") == 0;
	if (value == NULL || *ret_value || strcmp(value, "false") == 0)
		return true;
	reply_error_message(reply, 400, "A count parameter has to be true or false");
	return false;
}

/* Checks the combination of parameters; false with the refusal in `reply`. */
static bool check_modes(struct request *r, struct reply *reply)
{
	const char *select = request_param(r, "$select");
	bool paged = request_param(r, "$page") != NULL;
	int modes = (paged ? 1 : 0) + (select != NULL ? 1 : 0) +
		    (request_param(r, "$filter") != NULL ? 1 : 0);

	if (modes > 1)
		reply_error_message(reply, 400,
				    "$page, $filter and $select cannot be used together");
	else if (!paged &&
		 (request_param(r, "$pageSize") != NULL || request_param(r, "$pageCount") != NULL ||
		  request_param(r, "$entityCount") != NULL))
		reply_error_message(
			reply, 400,
			"$pageSize, $pageCount and $entityCount can only be used with $page");
	else if (select != NULL && strcmp(select, "Name") != 0)
		reply_error_message(reply, 400, "The only value allowed for $select is Name");
	else
		return true;
	return false;
}

static bool read_paging(struct request *r, struct reply *reply, struct paging *p)
{
	const char *page = request_param(r, "$page");
	const char *size = request_param(r, "$pageSize");

	*p = (struct paging){ .size = PAGE_SIZE_DEFAULT };
	if (!flag(r, reply, "$pageCount", &p->page_count) ||
	    !flag(r, reply, "$entityCount", &p->entity_count))
		return false;
	if (page != NULL && !parse_number(page, 1, PAGE_MAX, &p->page)) {
		reply_error_message(reply, 400, "The page number has to be 1 or more");
		return false;
	}
	if (size != NULL && !parse_number(size, 1, PAGE_SIZE_MAX, &p->size)) {
		reply_error_message(reply, 400, "The page size has to be from 1 to 1000");
		return false;
	}
	return true;
}

static bool wanted(enum when when, bool requested)
{
	return when == WHEN_ALWAYS || (when == WHEN_REQUESTED && requested);
}

static void add_paging_headers(struct request *r, struct reply *reply, const struct paging *p,
			       long pages, size_t total)
{
	const struct quirks *q = &r->sc->quirks;
	const char *list = strrchr(r->path, '/') + 1;
	struct text link = { 0 };
	char number[32];

	if (wanted(q->page_count, p->page_count)) {
		(void)snprintf(number, sizeof number, "%ld", pages);
		reply_header(r, reply, "Page-Count", number);
	}
	if (wanted(q->entity_count, p->entity_count)) {
		(void)snprintf(number, sizeof number, "%zu", total);
		reply_header(r, reply, "Entity-Count", number);
	}
	if (q->link && p->page > 1 && p->page <= pages + 1)
		text_addf(&link, "</%s?$page=%ld&$pageSize=%ld>; rel='previous'", list, p->page - 1,
			  p->size);
	if (q->link && p->page < pages)
		text_addf(&link, "%s</%s?$page=%ld&$pageSize=%ld>; rel='next'",
			  link.len > 0 ? ", " : "", list, p->page + 1, p->size);
	if (link.len > 0 && !link.failed)
		reply_header(r, reply, "Link", link.data);
	text_release(&link);
}

/* Where the i-th entity of the answer is in the list. */
static size_t place(const struct request *r, size_t i, size_t len, size_t rotation)
{
	switch (r->sc->quirks.order) {
	case ORDER_GIVEN:
		return i;
	case ORDER_REVERSE:
		return len - 1 - i;
	case ORDER_ROTATE:
		return (i + rotation) % len;
	}
	return i;
}

static void add_entity(struct request *r, struct reply *reply, enum entity_kind kind,
		       const struct entity *e)
{
	struct text *t = &reply->body;

	if (t->len > 1)
		text_adds(t, ",");
	if (kind != KIND_FRAGMENT && request_param(r, "$select") != NULL) {
		text_adds(t, "{\"Name\":");
		text_add_json(t, e->name);
		text_adds(t, "}");
	} else if (kind == KIND_CERTIFICATE) {
		add_certificate(t, e);
	} else {
		add_flat(t, e, request_param(r, "$includeMetadata"));
	}
}

static void add_entities(struct request *r, struct reply *reply, enum entity_kind kind,
			 const struct entity_list *list, const struct paging *p,
			 const struct filter *filter)
{
	size_t rotation = atomic_fetch_add(&r->sim->state->rotation, 1);
	size_t from = 0, to = list->len;

	if (p->page > 0) {
		from = (size_t)(p->page - 1) * (size_t)p->size;
		to = from + (size_t)p->size < list->len ? from + (size_t)p->size : list->len;
	}
	reply_json(reply, 200, "[");
	for (size_t i = from; i < to; i++) {
		const struct entity *e = &list->items[place(r, i, list->len, rotation)];

		if (filter == NULL || filter_holds(filter, e))
			add_entity(r, reply, kind, e);
	}
	text_adds(&reply->body, "]");
}

static void filtered_answer(struct request *r, struct reply *reply, enum entity_kind kind,
			    const struct entity_list *list, const struct paging *p)
{
	struct filter filter;

	if (filter_parse(&filter, request_param(r, "$filter"), kind)) {
		add_entities(r, reply, kind, list, p, &filter);
		reply->chunked = r->sc->quirks.chunked;
	} else {
		reply_error_message(reply, 400, filter.error.len > 0 ? filter.error.data : "");
	}
	filter_release(&filter);
}

void list_answer(struct request *r, struct reply *reply, enum entity_kind kind,
		 const struct entity_list *list)
{
	struct paging p = { 0 };
	long pages;

	if (kind == KIND_FRAGMENT) {
		add_entities(r, reply, kind, list, &p, NULL);
		reply->chunked = r->sc->quirks.chunked;
		return;
	}
	if (!check_modes(r, reply) || !read_paging(r, reply, &p))
		return;
	if (request_param(r, "$filter") != NULL) {
		filtered_answer(r, reply, kind, list, &p);
		return;
	}
	pages = ((long)list->len + p.size - 1) / p.size;
	if (p.page > 1 && r->sc->quirks.ignore_page)
		p.page = 1;
	if (p.page > 1 && p.page > pages && r->sc->quirks.error_beyond_end) {
		reply_error_message(reply, 400, "The page does not exist");
		return;
	}
	add_entities(r, reply, kind, list, &p, NULL);
	if (p.page > 0)
		add_paging_headers(r, reply, &p, pages, list->len);
	else
		reply->chunked = r->sc->quirks.chunked;
}
