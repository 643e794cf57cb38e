/* The metric families of a Cloud Connector: what it reports besides certificates. */
#include "source/connector/facts.h"

const struct source_fact scc_facts[FACT_SAPCC_COUNT + 1] = {
	[FACT_SAPCC_INFO] = {
		.name = "sapcc_info",
		.help = "Version of the Cloud Connector as a label; always 1.",
		.labels = { "version" },
	},
	[FACT_SAPCC_ENDPOINT_SUPPORTED] = {
		.name = "sapcc_endpoint_supported",
		.help = "1 if this Cloud Connector offers the call, 0 if its version or its role "
		        "does not.",
		.labels = { "endpoint" },
	},
	[FACT_SAPCC_ENDPOINT_UP] = {
		.name = "sapcc_endpoint_up",
		.help = "1 if the call was answered usefully in the last refresh, else 0.",
		.labels = { "endpoint" },
	},
	[FACT_SAPCC_AUTO_RENEWAL_ENABLED] = {
		.name = "sapcc_certificate_auto_renewal_enabled",
		.help = "1 if the Cloud Connector is set to renew the certificate of the "
		        "subaccount by itself, else 0.",
		.labels = { "region_host", "subaccount" },
	},
	[FACT_SAPCC_ALERT_THRESHOLD_SECONDS] = {
		.name = "sapcc_certificate_expiry_alert_threshold_seconds",
		.help = "Time before the expiry of a certificate from which the Cloud Connector "
		        "warns.",
	},
	[FACT_SAPCC_PEER_NOT_AFTER_SECONDS] = {
		.name = "sapcc_tls_peer_certificate_not_after_timestamp_seconds",
		.help = "Unix time at which the certificate that the Cloud Connector really "
		        "serves expires.",
		.is_time = true,
	},
	[FACT_SAPCC_BACKEND_TRUST_ALL] = {
		.name = "sapcc_backend_trust_all",
		.help = "1 if the Cloud Connector accepts any certificate of a back end, else 0.",
	},
	[FACT_SAPCC_HA_ROLE] = {
		.name = "sapcc_ha_role",
		.help = "1 for the current role of the instance in its high availability pair, 0 "
		        "for the other ones.",
		.labels = { "role" },
	},
	[FACT_SAPCC_HA_STATE] = {
		.name = "sapcc_ha_state",
		.help = "1 for the current state of this side of the high availability pair, 0 "
		        "for the other ones.",
		.labels = { "side", "state" },
	},
	[FACT_SAPCC_SUBACCOUNT_INFO] = {
		.name = "sapcc_subaccount_info",
		.help = "A subaccount that the Cloud Connector is set up for; always 1.",
		.labels = { "region_host", "subaccount", "location_id", "display_name" },
	},
	[FACT_SAPCC_TUNNEL_STATE] = {
		.name = "sapcc_subaccount_tunnel_state",
		.help = "1 for the current state of the tunnel to the subaccount, 0 for the other "
		        "ones.",
		.labels = { "region_host", "subaccount", "state" },
	},
	[FACT_SAPCC_TUNNEL_CONNECTED_SINCE] = {
		.name = "sapcc_subaccount_tunnel_connected_since_timestamp_seconds",
		.help = "Unix time since which the tunnel to the subaccount is connected.",
		.labels = { "region_host", "subaccount" },
		.is_time = true,
	},
	[FACT_SAPCC_TUNNEL_CONNECTIONS] = {
		.name = "sapcc_subaccount_tunnel_connections",
		.help = "Connections that the tunnel to the subaccount carries.",
		.labels = { "region_host", "subaccount" },
	},
	[FACT_SAPCC_SERVICE_CHANNEL] = {
		.name = "sapcc_service_channel_connected",
		.help = "1 if the enabled service channel is connected, else 0.",
		.labels = { "region_host", "subaccount", "type", "id" },
	},
	[FACT_SAPCC_CORRUPTED_SUBACCOUNTS] = {
		.name = "sapcc_corrupted_subaccounts",
		.help = "Subaccounts whose files the Cloud Connector could not load.",
	},
	[FACT_SAPCC_ALERTS] = {
		.name = "sapcc_alerts",
		.help = "Alerts that the Cloud Connector lists.",
		.labels = { "type", "status", "origin" },
	},
	[FACT_SAPCC_MEMORY_BYTES] = {
		.name = "sapcc_memory_bytes",
		.help = "Memory of the machine or of the Java heap, by who uses it.",
		.labels = { "memory", "used_by" },
	},
	[FACT_SAPCC_MEMORY_SIZE_BYTES] = {
		.name = "sapcc_memory_size_bytes",
		.help = "Size of the memory of the machine or of the Java heap.",
		.labels = { "memory" },
	},
	[FACT_SAPCC_DISK_BYTES] = {
		.name = "sapcc_disk_bytes",
		.help = "Disk space of the Cloud Connector, by who uses it.",
		.labels = { "used_by" },
	},
	[FACT_SAPCC_DISK_SIZE_BYTES] = {
		.name = "sapcc_disk_size_bytes",
		.help = "Size of the disk of the Cloud Connector.",
	},
	[FACT_SAPCC_CPU_RATIO] = {
		.name = "sapcc_cpu_usage_ratio",
		.help = "Share of the processors that is used, from 0 to 1.",
		.labels = { "scope" },
	},
	[FACT_SAPCC_CLOCK_SKEW_SECONDS] = {
		.name = "sapcc_clock_skew_seconds",
		.help = "How far the clock of the Cloud Connector is ahead of the exporter's.",
	},
};
