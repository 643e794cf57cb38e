# Debian packages by CPack. scripts/package configures with BTP_DEBIAN=ON, which follows Debian's policy where it wants
# other folders and names than everybody else; it is no part of a normal build.
option(BTP_DEBIAN "Install as a Debian package does" OFF)
set(BTP_DEBIAN_RELEASE 1 CACHE STRING "Debian's part of the package's version")
set(BTP_MAINTAINER "btp_cert_exporter maintainers <maintainers@btp-cert-exporter.invalid>" CACHE STRING
	"Who makes the packages: a name and an address")
if(NOT BTP_DEBIAN)
	return()
endif()

set(package btp-cert-exporter) # no _ may be in the name
set(CMAKE_INSTALL_DOCDIR ${CMAKE_INSTALL_DATADIR}/doc/${package})
set(BTP_ZSH_COMPLETIONS_DIR ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES deploy/systemd/btp_cert_exporter.default DESTINATION /etc/default RENAME btp_cert_exporter)

set(debian ${PROJECT_BINARY_DIR}/debian)
file(WRITE ${debian}/conffiles "/etc/default/btp_cert_exporter\n")
foreach(script postinst prerm postrm)
	list(APPEND control ${PROJECT_SOURCE_DIR}/deploy/debian/${script})
endforeach()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME ${package})
set(CPACK_PACKAGE_CONTACT ${BTP_MAINTAINER})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
	OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/debian-tree.cmake)
set(CPACK_BTP_SOURCE ${PROJECT_SOURCE_DIR})
set(CPACK_BTP_DEBIAN_VERSION ${PROJECT_VERSION}-${BTP_DEBIAN_RELEASE})
set(CPACK_DEBIAN_PACKAGE_RELEASE ${BTP_DEBIAN_RELEASE})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "prometheus")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${debian}/conffiles ${control})
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Prometheus exporter for certificates in SAP BTP")
set(CPACK_PACKAGE_DESCRIPTION "Reports to Prometheus when each certificate that an SAP BTP landscape
depends on expires, who uses it, and whether that knowledge is fresh.
.
It reads the Destination service, Cloud Connectors and folders of
certificate files, and changes nothing there. Rules for alerts with
runbooks and dashboards for Grafana are in /usr/share/btp_cert_exporter.
.
The service starts as soon as /etc/btp_cert_exporter/config.yml exists.")
include(CPack)
