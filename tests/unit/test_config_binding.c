/* Credentials: every layout of a binding, what overrides it, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/credentials.h"
#include "config_fixture.h"
#include "source/destination/service.h"

#define HOST "https://destination-configuration.cfapps.eu10.hana.ondemand.com"
#define IDS                                                                                        \
	"\"clientid\":\"sb-clone!b1|dest\",\"identityzone\":\"acme\","                             \
	"\"uaadomain\":\"authentication.eu10.hana.ondemand.com\",\"tenantid\":\"ten\","            \
	"\"subaccountid\":\"sub\",\"instanceid\":\"ins\""
#define URLS       "\"uri\":\"" HOST "/\",\"url\":\"https://acme.authentication.eu10.hana.ondemand.com\""
#define CERTURL    "\"certurl\":\"https://acme.authentication.cert.eu10.hana.ondemand.com\""
#define TOKEN      "https://acme.authentication.eu10.hana.ondemand.com/oauth/token"
#define CERT_TOKEN "https://acme.authentication.cert.eu10.hana.ondemand.com/oauth/token"
#define SECRET_KEY "{" IDS "," URLS ",\"clientsecret\":\"CANARY$+=\"}"

static struct source_config *new_source(void)
{
	struct source_config *s = source_config_new(&destination_service_kind);

	assert_non_null(s);
	assert_true(source_config_finish(s, NULL));
	return s;
}

static char *copy(const char *text)
{
	char *c = strdup(text);

	assert_non_null(c);
	return c;
}

static void set_inline(struct secret_setting *setting, const char *text)
{
	assert_int_equal(secret_set(&setting->value, text, strlen(text)), STATUS_OK);
}

/* Reads and expects the client secret of SECRET_KEY. Frees the source. */
static void assert_secret_key(struct source_config *s)
{
	struct credentials c = { 0 };
	struct error error = { "" };

	if (credentials_read(s, &c, &error) != STATUS_OK)
		fail_msg("%s", error.text);
	assert_string_equal(c.host, HOST);
	assert_string_equal(c.token_url, TOKEN);
	assert_string_equal(c.client_id, "sb-clone!b1|dest");
	assert_false(c.x509);
	assert_string_equal(c.client_secret.data, "CANARY$+=");
	assert_null(c.private_key.data);
	assert_string_equal(c.tenant_id, "ten");
	assert_string_equal(c.subaccount_id, "sub");
	assert_string_equal(c.instance_id, "ins");
	credentials_release(&c);
	source_config_free(s);
}

/* Reads and expects a failure whose text has `part` and no secret. Frees the source. */
static void assert_failure(struct source_config *s, enum status status, const char *part)
{
	struct credentials c = { 0 };
	struct error error = { "" };

	assert_int_equal(credentials_read(s, &c, &error), status);
	assert_contains(error.text, part);
	assert_lacks(error.text, "CANARY");
	source_config_free(s);
}

static struct source_config *file_source(const struct fixture *f, const char *json)
{
	struct source_config *s = new_source();

	s->binding_file = copy(fixture_write(f, "key.json", json));
	return s;
}

static struct source_config *folder_source(const struct fixture *f, const char *name)
{
	struct source_config *s = new_source();

	s->binding_dir = copy(fixture_path(f, name));
	return s;
}

static void test_wrappings(void **state)
{
	static const char *const good[] = {
		SECRET_KEY,
		" \n" SECRET_KEY "\n",
		"{\"credentials\":" SECRET_KEY "}",
		"{\"label\":\"destination\",\"name\":\"x\",\"credentials\":" SECRET_KEY "}",
		"[{\"name\":\"x\",\"credentials\":" SECRET_KEY "}]",
		"[{\"label\":\"xsuaa\",\"credentials\":{}},{\"label\":\"destination\","
		"\"credentials\":" SECRET_KEY "}]",
		"{\"xsuaa\":[{\"credentials\":{\"url\":\"x\"}}],\"destination\":[{\"name\":\"x\","
		"\"credentials\":" SECRET_KEY "}]}",
		"{\"VCAP_SERVICES\":{\"destination\":[{\"credentials\":" SECRET_KEY "}]}}",
		"{\"user-provided\":[{\"tags\":[\"destination\"],\"credentials\":" SECRET_KEY "}]}",
		"{\"user-provided\":[{\"name\":\"destination\",\"credentials\":" SECRET_KEY "}]}",
	};
	static const struct {
		const char *json;
		const char *part;
	} bad[] = {
		{ "", "JSON" },
		{ "{\"clientsecret\":\"CANARY", "JSON" },
		{ "\"CANARY\"", "no service key" },
		{ "{}", "no service key" },
		{ "[]", "no service key" },
		{ "{\"xsuaa\":[{\"credentials\":{}}]}", "a key of Authorization" },
		{ "{\"destination\":[{\"credentials\":" SECRET_KEY "},{\"credentials\":" SECRET_KEY
		  "}]}",
		  "2 Destination bindings" },
		{ "{" IDS ",\"clientsecret\":\"CANARY\"}", "uri: is missing" },
		{ "{" URLS ",\"clientsecret\":\"CANARY\"}", "clientid: is missing" },
		{ "{" IDS "," URLS "}", "clientsecret: is missing" },
		{ "{\"clientid\":\"a\",\"uri\":\"" HOST "\",\"clientsecret\":\"CANARY\"}",
		  "url: is missing" },
		{ "{" IDS ",\"uri\":\"http://x\",\"clientsecret\":\"CANARY\"}", "uri: plain http" },
		{ "{" IDS ",\"uri\":\"" HOST "/x\",\"clientsecret\":\"CANARY\"}",
		  "uri: has a path" },
		{ "{" IDS ",\"uri\":\"https://CANARY@x\",\"clientsecret\":\"CANARY\"}",
		  "uri: has a user name" },
		{ "{" IDS ",\"uri\":\"" HOST "\",\"url\":\"https://x?CANARY\"}",
		  "url: has a query" },
	};
	const struct fixture *f = *state;

	for (size_t i = 0; i < ROWS(good); i++)
		assert_secret_key(file_source(f, good[i]));
	for (size_t i = 0; i < ROWS(bad); i++)
		assert_failure(file_source(f, bad[i].json), STATUS_SYNTAX, bad[i].part);
	struct source_config *s = new_source();
	s->binding_file = copy("/nonexistent/key.json");
	assert_failure(s, STATUS_NOT_FOUND, "/nonexistent/key.json: No such file");
}

/* The same key in a folder, in each form that is in use. */
static void test_folders(void **state)
{
	const struct fixture *f = *state;
	static const char *const fields[][2] = {
		{ "clientid", "sb-clone!b1|dest\n" },
		{ "clientsecret", "CANARY$+=\n" },
		{ "uri", HOST "\n" },
		{ "identityzone", "acme" },
		{ "tenantid", "ten" },
		{ "subaccountid", "sub" },
		{ "instanceid", "ins" },
		{ "type", "destination" },
		{ "tags", "[\"destination\"]" },
		{ "url", "https://acme.authentication.eu10.hana.ondemand.com\n" },
	};
	char name[64];

	/* a file per field, without .metadata */
	for (size_t i = 0; i < ROWS(fields); i++) {
		(void)snprintf(name, sizeof(name), "flat/%s", fields[i][0]);
		(void)fixture_write(f, name, fields[i][1]);
	}
	assert_secret_key(folder_source(f, "flat"));
	/* the operator's flat form, one file under another name */
	for (size_t i = 0; i < ROWS(fields); i++) {
		bool renamed = strcmp(fields[i][0], "uri") == 0;
		(void)snprintf(name, sizeof(name), "op/my-dest/%s",
			       renamed ? "the_uri" : fields[i][0]);
		(void)fixture_write(f, name, fields[i][1]);
	}
	(void)fixture_write(
		f, "op/my-dest/.metadata",
		"{\"metaDataProperties\":[{\"name\":\"type\",\"format\":\"text\"},{\"name\":"
		"\"tags\","
		"\"format\":\"json\"}],\"credentialProperties\":["
		"{\"name\":\"clientid\",\"format\":\"text\"},{\"name\":\"clientsecret\",\"format\":"
		"\"text\"},{\"name\":\"uri\",\"format\":\"text\",\"sourceName\":\"the_uri\"},{"
		"\"name\":"
		"\"url\",\"format\":\"text\"},{\"name\":\"tenantid\",\"format\":\"text\"},{"
		"\"name\":"
		"\"subaccountid\",\"format\":\"text\"},{\"name\":\"instanceid\",\"format\":"
		"\"text\"},"
		"{\"name\":\"gone\",\"format\":\"text\"},{\"name\":\"noformat\"},{\"name\":\"x\","
		"\"format\":\"text\",\"sourceName\":\"../../key.json\"}]}");
	assert_secret_key(folder_source(f, "op/my-dest"));
	assert_secret_key(folder_source(f, "op")); /* a root with one binding */
	/* secretKey: a container beside the info fields */
	(void)fixture_write(
		f, "sk/b/.metadata",
		"{\"metaDataProperties\":[{\"name\":\"type\",\"format\":\"text\"}],"
		"\"credentialProperties\":[{\"name\":\"credentials\",\"format\":\"json\","
		"\"container\":true}]}");
	(void)fixture_write(f, "sk/b/type", "destination\n");
	(void)fixture_write(f, "sk/b/credentials", SECRET_KEY);
	assert_secret_key(folder_source(f, "sk/b"));
	assert_secret_key(folder_source(f, "sk"));
	/* secretRootKey: one JSON file with everything, no .metadata */
	(void)fixture_write(f, "root/b/everything",
			    "{\"type\":\"destination\",\"label\":\"destination\"," IDS "," URLS
			    ",\"clientsecret\":\"CANARY$+=\"}");
	assert_secret_key(folder_source(f, "root/b"));
	assert_secret_key(folder_source(f, "root"));
	/* layered: <service>/<instance>/<files>, a JSON file or fields */
	(void)fixture_write(f, "cp/destination/my-inst/key.json", SECRET_KEY);
	(void)fixture_write(f, "cp/xsuaa/other/key.json", "{\"clientid\":\"no\",\"uri\":\"no\"}");
	assert_secret_key(folder_source(f, "cp"));
	assert_secret_key(folder_source(f, "cp/destination"));
	assert_secret_key(folder_source(f, "cp/destination/my-inst"));
	/* two of them */
	(void)fixture_write(f, "cp/destination/second/key.json", SECRET_KEY);
	assert_failure(folder_source(f, "cp"), STATUS_SYNTAX, "2 Destination bindings in it");
}

static void test_folder_faults(void **state)
{
	const struct fixture *f = *state;

	assert_failure(folder_source(f, "none"), STATUS_NOT_FOUND, "No such file");
	assert_int_equal(mkdir(fixture_path(f, "empty"), 0700), 0);
	assert_failure(folder_source(f, "empty"), STATUS_NOT_FOUND, "0 Destination bindings");
	(void)fixture_write(f, "bad/.metadata", "{\"CANARY\"");
	assert_failure(folder_source(f, "bad"), STATUS_SYNTAX, "/bad/.metadata:1:9: JSON");
	(void)fixture_write(f, "json/.metadata",
			    "{\"credentialProperties\":[{\"name\":\"c\",\"format\":\"json\","
			    "\"container\":true}]}");
	(void)fixture_write(f, "json/c", "CANARY");
	assert_failure(folder_source(f, "json"), STATUS_SYNTAX, "/json/c:1:1: JSON");
	(void)fixture_write(f, "two/a.json", SECRET_KEY);
	(void)fixture_write(f, "two/b.json", SECRET_KEY);
	assert_failure(folder_source(f, "two"), STATUS_SYNTAX, "2 service keys");
	(void)fixture_write(f, "cf/my.txt", "Getting key k for service...\n\n" SECRET_KEY "\n");
	assert_secret_key(folder_source(f, "cf"));
	(void)fixture_write(f, "k8s-file/secret.yaml",
			    "apiVersion: v1\nkind: Secret\nstringData:\n  k: '" SECRET_KEY "'\n");
	assert_secret_key(folder_source(f, "k8s-file"));
	(void)fixture_write(f, "marked/key.json", "\xEF\xBB\xBF" SECRET_KEY);
	assert_secret_key(folder_source(f, "marked"));
	(void)fixture_write(f, "xs/key.json", "{\"clientid\":\"CANARY\",\"apiurl\":\"CANARY\"}");
	assert_failure(folder_source(f, "xs"), STATUS_SYNTAX, "(xsuaa)");
	(void)fixture_write(f, "nokey/a.json", "{\"a\":1}");
	assert_failure(folder_source(f, "nokey"), STATUS_SYNTAX, "no service key");
	(void)fixture_write(f, "part/clientid", "x");
	(void)fixture_write(f, "part/clientsecret", "CANARY");
	assert_failure(folder_source(f, "part"), STATUS_SYNTAX, "uri: is missing");
}

/* Kubernetes: entries are links into `..data`, which is swapped; a FIFO does not hang us. */
static void test_folder_rotation(void **state)
{
	const struct fixture *f = *state;

	(void)fixture_write(f, "k8s/..2024_1/key.json", SECRET_KEY);
	(void)fixture_write(f, "k8s/..2024_2/key.json",
			    "{" IDS "," URLS ",\"clientsecret\":\"new\"}");
	assert_int_equal(symlink("..2024_1", fixture_path(f, "k8s/..data")), 0);
	assert_int_equal(symlink("..data/key.json", fixture_path(f, "k8s/key.json")), 0);
	assert_int_equal(mkfifo(fixture_path(f, "k8s/..2024_1/fifo"), 0600), 0);
	assert_secret_key(folder_source(f, "k8s"));
	assert_int_equal(symlink("..2024_2", fixture_path(f, "k8s/..tmp")), 0);
	assert_int_equal(rename(fixture_path(f, "k8s/..tmp"), fixture_path(f, "k8s/..data")), 0);
	struct source_config *s = folder_source(f, "k8s");
	struct credentials c = { 0 };
	assert_int_equal(credentials_read(s, &c, NULL), STATUS_OK);
	assert_string_equal(c.client_secret.data, "new");
	credentials_release(&c);
	source_config_free(s);
}

static void test_vcap(void **state)
{
	const struct fixture *f = *state;
	static const char vcap[] =
		"{\"destination\":[{\"name\":\"one\",\"binding_name\":null,\"instance_name\":"
		"\"one\","
		"\"credentials\":" SECRET_KEY "},{\"name\":\"two\",\"credentials\":{}}],"
		"\"user-provided\":[{\"name\":\"ups\",\"credentials\":" SECRET_KEY "}],"
		"\"other\":[{\"name\":\"x\",\"binding_name\":\"dup\"},{\"name\":\"y\",\"binding_"
		"name\":"
		"\"dup\"}]}";
	static const char *const good[] = { "one", "ups" };

	assert_int_equal(unsetenv("VCAP_SERVICES_FILE_PATH"), 0);
	assert_int_equal(setenv("VCAP_SERVICES", vcap, 1), 0);
	for (size_t i = 0; i < ROWS(good); i++) {
		struct source_config *s = new_source();
		s->vcap_service = copy(good[i]);
		assert_secret_key(s);
	}
	struct source_config *s = new_source();
	s->vcap_service = copy("three");
	assert_failure(s, STATUS_NOT_FOUND, "VCAP_SERVICES: 0 bindings have the name");
	s = new_source();
	s->vcap_service = copy("dup");
	assert_failure(s, STATUS_SYNTAX, "2 bindings have the name");
	/* the file wins over the variable */
	assert_int_equal(setenv("VCAP_SERVICES", "{\"CANARY", 1), 0);
	s = new_source();
	s->vcap_service = copy("one");
	assert_failure(s, STATUS_SYNTAX, "VCAP_SERVICES: JSON");
	assert_int_equal(setenv("VCAP_SERVICES_FILE_PATH", fixture_write(f, "vcap.json", vcap), 1),
			 0);
	s = new_source();
	s->vcap_service = copy("one");
	assert_secret_key(s);
	char *wrapped = NULL;
	assert_true(asprintf(&wrapped, "\xEF\xBB\xBF{\"VCAP_SERVICES\":%s}", vcap) > 0);
	(void)fixture_write(f, "vcap.json", wrapped); /* of a development tool */
	free(wrapped);
	s = new_source();
	s->vcap_service = copy("one");
	assert_secret_key(s);
	assert_int_equal(setenv("VCAP_SERVICES_FILE_PATH", SECRET_KEY, 1), 0);
	s = new_source();
	s->vcap_service = copy("one");
	assert_failure(s, STATUS_SYNTAX, "VCAP_SERVICES_FILE_PATH: must be the name of a file");
	assert_int_equal(setenv("VCAP_SERVICES_FILE_PATH", "/nonexistent/v", 1), 0);
	s = new_source();
	s->vcap_service = copy("one");
	assert_failure(s, STATUS_IO, "VCAP_SERVICES_FILE_PATH: /nonexistent/v: No such file");
	assert_int_equal(unsetenv("VCAP_SERVICES_FILE_PATH"), 0);
	assert_int_equal(unsetenv("VCAP_SERVICES"), 0);
	s = new_source();
	s->vcap_service = copy("one");
	assert_failure(s, STATUS_NOT_FOUND, "neither VCAP_SERVICES_FILE_PATH nor VCAP_SERVICES");
}

/* A service key in JSON with the given extra members. The caller frees. */
static char *x509_key(const struct fixture *f, const char *extra, bool with_certificate,
		      bool with_key)
{
	char *certificate = fixture_escape(f->certificate);
	char *key = fixture_escape(f->key);
	char *json = NULL;

	assert_true(asprintf(&json, "{" IDS "," URLS "%s%s%s%s%s%s%s}", extra,
			     with_certificate ? ",\"certificate\":\"" : "",
			     with_certificate ? certificate : "", with_certificate ? "\"" : "",
			     with_key ? ",\"key\":\"" : "", with_key ? key : "",
			     with_key ? "\"" : "") > 0);
	free(certificate);
	free(key);
	return json;
}

static struct source_config *x509_source(const struct fixture *f, const char *extra,
					 bool with_certificate, bool with_key)
{
	char *json = x509_key(f, extra, with_certificate, with_key);
	struct source_config *s = file_source(f, json);

	free(json);
	return s;
}

static void assert_x509(const struct fixture *f, struct source_config *s, const char *token_url)
{
	struct credentials c = { 0 };
	struct error error = { "" };

	if (credentials_read(s, &c, &error) != STATUS_OK)
		fail_msg("%s", error.text);
	assert_true(c.x509);
	assert_string_equal(c.token_url, token_url);
	assert_null(c.client_secret.data);
	assert_string_equal(c.certificate.data, f->certificate);
	assert_string_equal(c.private_key.data, f->key);
	credentials_release(&c);
	source_config_free(s);
}

static void test_x509(void **state)
{
	const struct fixture *f = *state;
	struct source_config *s;

	assert_x509(f, x509_source(f, "," CERTURL, true, true), CERT_TOKEN);
	assert_x509(
		f,
		x509_source(f, "," CERTURL ",\"credential-type\":\"X509_GENERATED\"", true, true),
		CERT_TOKEN);
	/* a secret beside it: the type decides */
	assert_x509(f,
		    x509_source(f,
				"," CERTURL ",\"credential-type\":\"x509\",\"clientsecret\":"
				"\"CANARY$+=\"",
				true, true),
		    CERT_TOKEN);
	assert_secret_key(
		x509_source(f, "," CERTURL ",\"clientsecret\":\"CANARY$+=\"", true, true));
	assert_failure(x509_source(f, "", true, true), STATUS_SYNTAX, "certurl: is missing");
	assert_failure(x509_source(f, "," CERTURL, true, false), STATUS_SYNTAX,
		       "key: is missing (a self-managed key");
	assert_failure(x509_source(f, "," CERTURL ",\"credential-type\":\"x509\"", false, false),
		       STATUS_SYNTAX, "certificate: is missing");
	/* a self-managed key, and a hidden certificate */
	s = x509_source(f, "," CERTURL, true, false);
	s->private_key.file = copy(fixture_write(f, "own.pem", f->key));
	assert_x509(f, s, CERT_TOKEN);
	s = x509_source(f, "," CERTURL, false, false);
	s->private_key.file = copy(fixture_path(f, "own.pem"));
	set_inline(&s->certificate, f->certificate);
	assert_x509(f, s, CERT_TOKEN);
	s = x509_source(f, "," CERTURL, true, true);
	s->private_key.file = copy(fixture_write(f, "other.pem", f->other_key));
	assert_failure(s, STATUS_SYNTAX, "private key: does not belong to the first certificate");
	s = x509_source(f, "," CERTURL, true, true);
	s->private_key.file = copy(fixture_path(f, "gone.pem"));
	assert_failure(s, STATUS_NOT_FOUND, "private_key: ");
	s = x509_source(f, "," CERTURL, true, true);
	s->private_key.file = copy(fixture_write(f, "blank.pem", " \n"));
	assert_failure(s, STATUS_SYNTAX, "blank.pem is empty");
}

/* Line breaks that got lost on the way come back. */
static void test_pem_repaired(void **state)
{
	const struct fixture *f = *state;
	char *escaped = fixture_escape(f->key);
	char *blanks = copy(f->key);
	char *none = copy(f->key);
	size_t n = 0;

	for (char *p = blanks; *p != '\0'; p++)
		*p = *p == '\n' ? ' ' : *p;
	for (const char *p = f->key; *p != '\0'; p++) {
		if (*p != '\n')
			none[n++] = *p;
	}
	none[n] = '\0';
	const char *const forms[] = { f->key, escaped, blanks, none };
	for (size_t i = 0; i < ROWS(forms); i++) {
		struct source_config *s = x509_source(f, "," CERTURL, true, false);
		set_inline(&s->private_key, forms[i]);
		assert_x509(f, s, CERT_TOKEN);
	}
	free(escaped);
	free(blanks);
	free(none);
}

static void test_fields(void **state)
{
	const struct fixture *f = *state;
	struct source_config *s = new_source();

	/* all from the configuration */
	s->host = copy(HOST);
	s->client_id = copy("id");
	s->identity_zone = copy("zone");
	s->uaa_domain = copy("authentication.eu10.hana.ondemand.com");
	set_inline(&s->client_secret, "CANARY");
	struct credentials c = { 0 };
	assert_int_equal(credentials_read(s, &c, NULL), STATUS_OK);
	assert_string_equal(c.token_url,
			    "https://zone.authentication.eu10.hana.ondemand.com/oauth/token");
	assert_string_equal(c.tenant_id, "");
	credentials_release(&c);
	/* with a certificate the domain of certificates is certain by its prefix */
	secret_release(&s->client_secret.value);
	set_inline(&s->certificate, f->certificate);
	set_inline(&s->private_key, f->key);
	assert_int_equal(credentials_read(s, &c, NULL), STATUS_OK);
	assert_string_equal(c.token_url,
			    "https://zone.authentication.cert.eu10.hana.ondemand.com/oauth/token");
	credentials_release(&c);
	free(s->uaa_domain);
	s->uaa_domain = copy("login.example.com");
	assert_failure(s, STATUS_SYNTAX, "uaadomain: does not begin with `authentication.`");
	/* fields override the binding */
	s = file_source(f, SECRET_KEY);
	s->host = copy("https://other");
	s->client_id = copy("other");
	s->token_url = copy("https://t/oauth/token");
	set_inline(&s->client_secret, "other");
	assert_int_equal(credentials_read(s, &c, NULL), STATUS_OK);
	assert_string_equal(c.host, "https://other");
	assert_string_equal(c.client_id, "other");
	assert_string_equal(c.token_url, "https://t/oauth/token");
	assert_string_equal(c.client_secret.data, "other");
	credentials_release(&c);
	/* the binding's domain with another zone */
	free(s->token_url);
	s->token_url = NULL;
	s->identity_zone = copy("zone2");
	assert_int_equal(credentials_read(s, &c, NULL), STATUS_OK);
	assert_string_equal(c.token_url,
			    "https://zone2.authentication.eu10.hana.ondemand.com/oauth/token");
	credentials_release(&c);
	source_config_free(s);
}

static void set_subscriber(struct source_config *s, const char *name)
{
	free(s->subscriber);
	s->subscriber = copy(name);
}

static void test_subscriber(void **state)
{
	const struct fixture *f = *state;
	struct source_config *s = file_source(f, SECRET_KEY);
	struct credentials c = { 0 };

	set_subscriber(s, "customer-1");
	assert_int_equal(credentials_read(s, &c, NULL), STATUS_OK);
	assert_string_equal(c.token_url,
			    "https://customer-1.authentication.eu10.hana.ondemand.com/oauth/token");
	/* the binding's ids are the provider's */
	assert_string_equal(c.tenant_id, "");
	assert_string_equal(c.subaccount_id, "");
	assert_string_equal(c.instance_id, "ins");
	credentials_release(&c);
	s->token_url = copy("https://127.0.0.1:8443/oauth/token");
	assert_failure(s, STATUS_SYNTAX, "subscriber: the token address has no subdomain");
	s = x509_source(f, "," CERTURL, true, true);
	set_subscriber(s, "customer-1");
	assert_x509(f, s,
		    "https://customer-1.authentication.cert.eu10.hana.ondemand.com/oauth/token");
}

static void test_equal(void **state)
{
	const struct fixture *f = *state;
	struct source_config *s = file_source(f, SECRET_KEY);
	struct credentials a = { 0 };
	struct credentials b = { 0 };

	assert_int_equal(credentials_read(s, &a, NULL), STATUS_OK);
	assert_int_equal(credentials_read(s, &b, NULL), STATUS_OK);
	assert_true(credentials_equal(&a, &b));
	b.client_secret.data[0] ^= 1;
	assert_false(credentials_equal(&a, &b));
	credentials_release(&b);
	set_subscriber(s, "x");
	assert_int_equal(credentials_read(s, &b, NULL), STATUS_OK);
	assert_false(credentials_equal(&a, &b));
	credentials_release(&a);
	credentials_release(&b);
	source_config_free(s);
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FIXTURE(test_wrappings),     WITH_FIXTURE(test_folders),
		WITH_FIXTURE(test_folder_faults), WITH_FIXTURE(test_folder_rotation),
		WITH_FIXTURE(test_vcap),          WITH_FIXTURE(test_x509),
		WITH_FIXTURE(test_pem_repaired),  WITH_FIXTURE(test_fields),
		WITH_FIXTURE(test_subscriber),    WITH_FIXTURE(test_equal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
