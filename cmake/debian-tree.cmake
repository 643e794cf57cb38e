# CPack runs this on the installed tree before it becomes a Debian package: changelogs and manual pages are compressed, the
# copyright file is Debian's. The date of everything that is written is SOURCE_DATE_EPOCH, which scripts/package sets.
set(documents ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share/doc/${CPACK_PACKAGE_NAME})
set(pages ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share/man/man1)

function(run)
	execute_process(COMMAND ${ARGN} RESULT_VARIABLE result)
	if(result)
		message(FATAL_ERROR "${ARGN}: ${result}")
	endif()
endfunction()

# Without a time zone's name the C locale's date is what Debian wants: Mon, 30 Nov 2026 22:11:07 +0000
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${documents}/changelog.Debian "${CPACK_PACKAGE_NAME} (${CPACK_BTP_DEBIAN_VERSION}) unstable; urgency=medium

  * Version ${CPACK_PACKAGE_VERSION}; what is new in it: changelog.gz.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")
file(RENAME ${documents}/CHANGELOG.md ${documents}/changelog)
file(REMOVE ${documents}/LICENSE ${documents}/examples/btp_cert_exporter.default)
file(COPY_FILE ${CPACK_BTP_SOURCE}/deploy/debian/copyright ${documents}/copyright)
run(gzip -9n ${documents}/changelog ${documents}/changelog.Debian ${pages}/btp_cert_exporter.1)
file(CHMOD ${documents}/changelog.gz ${documents}/changelog.Debian.gz ${documents}/copyright ${pages}/btp_cert_exporter.1.gz
	PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
# the same commit gives the same package
if(DEFINED ENV{SOURCE_DATE_EPOCH})
	run(find ${CPACK_TEMPORARY_INSTALL_DIRECTORY} -exec touch -h -d @$ENV{SOURCE_DATE_EPOCH} {} +)
endif()
