# What `cmake --install` installs beside the program: manual page and completions, which the build makes from the table of
# flags, documents, rules, dashboards, examples, and what systemd needs. Tests hold the list: tests/package/installed.txt.
set(BTP_BASH_COMPLETIONS_DIR ${CMAKE_INSTALL_DATADIR}/bash-completion/completions CACHE STRING "Folder of bash's completions")
set(BTP_ZSH_COMPLETIONS_DIR ${CMAKE_INSTALL_DATADIR}/zsh/site-functions CACHE STRING "Folder of zsh's completions")
set(BTP_FISH_COMPLETIONS_DIR ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d CACHE STRING "Folder of fish's completions")
# below the prefix: systemd reads these in /usr and in /usr/local
set(BTP_SYSTEMD_UNIT_DIR lib/systemd/system CACHE STRING "Folder of systemd's units")
set(BTP_SYSUSERS_DIR lib/sysusers.d CACHE STRING "Folder of systemd's users")
set(data ${CMAKE_INSTALL_DATADIR}/btp_cert_exporter)

add_executable(print_manual cmake/manual/print_manual.c cmake/manual/mdoc.c cmake/manual/completions.c)
target_link_libraries(print_manual PRIVATE btp)
set(manual ${PROJECT_BINARY_DIR}/manual)
file(MAKE_DIRECTORY ${manual})
add_custom_command(
	OUTPUT ${manual}/btp_cert_exporter.1 ${manual}/btp_cert_exporter ${manual}/_btp_cert_exporter
		${manual}/btp_cert_exporter.fish
	COMMAND print_manual mdoc ${manual}/btp_cert_exporter.1 ${PROJECT_SOURCE_DIR}/cmake/manual/btp_cert_exporter.1.in
	COMMAND print_manual bash ${manual}/btp_cert_exporter
	COMMAND print_manual zsh ${manual}/_btp_cert_exporter
	COMMAND print_manual fish ${manual}/btp_cert_exporter.fish
	DEPENDS print_manual cmake/manual/btp_cert_exporter.1.in
	COMMENT "Writing the manual page and the completions" VERBATIM)
add_custom_target(manual ALL DEPENDS ${manual}/btp_cert_exporter.1)

install(FILES ${manual}/btp_cert_exporter.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${manual}/btp_cert_exporter DESTINATION ${BTP_BASH_COMPLETIONS_DIR})
install(FILES ${manual}/_btp_cert_exporter DESTINATION ${BTP_ZSH_COMPLETIONS_DIR})
install(FILES ${manual}/btp_cert_exporter.fish DESTINATION ${BTP_FISH_COMPLETIONS_DIR})

install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY deploy/examples DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES deploy/systemd/btp_cert_exporter.default DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)

# the mixin with what it makes, in the folders that its imports expect
install(DIRECTORY alerts dashboards DESTINATION ${data}
	FILES_MATCHING PATTERN "*.yml" PATTERN "*.json" PATTERN "*.libsonnet" PATTERN "*.jsonnet" PATTERN "tests" EXCLUDE)
install(DIRECTORY deploy/prometheus deploy/alertmanager DESTINATION ${data}/deploy)

install(FILES deploy/systemd/btp_cert_exporter.sysusers DESTINATION ${BTP_SYSUSERS_DIR} RENAME btp_cert_exporter.conf)
# The unit names the program where it is installed: the prefix may be given as late as `cmake --install --prefix`.
install(CODE "
	file(READ \"${PROJECT_SOURCE_DIR}/deploy/systemd/btp_cert_exporter.service\" unit)
	string(REPLACE /usr/bin/btp_cert_exporter \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/btp_cert_exporter\"
		unit \"\${unit}\")
	file(WRITE \"${PROJECT_BINARY_DIR}/systemd/btp_cert_exporter.service\" \"\${unit}\")
	file(INSTALL \"${PROJECT_BINARY_DIR}/systemd/btp_cert_exporter.service\"
		DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${BTP_SYSTEMD_UNIT_DIR}\")
")
