/*
 * /api/monitoring/alerts (2.19): those of the UI certificate and the subaccount certificates are
 * made from their dates, all others come from the scenario. Follows
 * docs/reference/cloud-connector.md 7.5, 9.
 */
#include "connector.h"
#include "json.h"

#define DAY_MS ((int64_t)86400 * 1000)

static bool due(const struct request *r, const struct certificate *c)
{
	return c != NULL && c->not_after_ms != TIME_MISSING &&
	       c->not_after_ms - scenario_now(r->sc) < r->sc->validity_days * DAY_MS;
}

/* Raised when the certificate came closer to its end than the threshold. */
static void add_alert(const struct request *r, struct text *t, const struct certificate *c,
		      const char *type, const char *message, const char *entity)
{
	json_item(t);
	text_adds(t, "{");
	json_number(t, "timestamp", c->not_after_ms - r->sc->validity_days * DAY_MS);
	json_string(t, "status", "Warning");
	json_string(t, "type", type);
	json_string(t, "origin", state_role(r) == ROLE_SHADOW ? "Shadow" : "Master");
	json_string(t, "message", message);
	json_string(t, "entity", entity);
	text_adds(t, "}");
}

static void add_ui(const struct request *r, struct text *t)
{
	const struct certificate *c = state_ui_certificate(r);
	struct text message = { 0 };
	char end[ODD_TIME_SIZE];

	if (!due(r, c))
		return;
	alert_time(end, c->not_after_ms, r->sc->answers.zone_min);
	text_addf(&message, "UI certificate ('%s' issued by '%s') expires %s",
		  c->subject != NULL ? c->subject : "", c->issuer != NULL ? c->issuer : "", end);
	add_alert(r, t, c, "UICertificate", message.failed ? "" : message.data, "");
	text_release(&message);
}

static void add_subaccount(const struct request *r, struct text *t, const struct subaccount *s)
{
	struct text message = { 0 }, entity = { 0 };
	char end[ODD_TIME_SIZE];
	bool over;

	if (!due(r, s->certificate))
		return;
	over = s->certificate->not_after_ms <= scenario_now(r->sc);
	alert_time(end, s->certificate->not_after_ms, r->sc->answers.zone_min);
	text_addf(&entity, "%s@%s", s->id, s->region_host);
	text_addf(&message, "Certificate of subaccount %s (%s) %s %s. Renew as soon as possible.",
		  s->display_name != NULL ? s->display_name : s->id,
		  entity.failed ? "" : entity.data, over ? "expired" : "will expire", end);
	add_alert(r, t, s->certificate, "SubaccountCertificate", message.failed ? "" : message.data,
		  entity.failed ? "" : entity.data);
	text_release(&message);
	text_release(&entity);
}

void alerts(struct request *r, struct reply *reply)
{
	const struct scenario *sc = r->sc;
	struct text *t = &reply->body;

	reply_json(reply, 200, sc->answers.alerts_array ? "[" : "{\"alerts\":[");
	for (size_t i = 0; i < sc->alerts_len; i++) {
		json_item(t);
		text_adds(t, sc->alerts[i]);
	}
	if (sc->alerts_computed) {
		add_ui(r, t);
		for (size_t i = 0; state_role(r) != ROLE_SHADOW && i < sc->subaccounts_len; i++)
			add_subaccount(r, t, &sc->subaccounts[i]);
	}
	text_adds(t, sc->answers.alerts_array ? "]" : "],\"version\":1}");
}
