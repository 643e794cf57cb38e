# What --version and btp_cert_exporter_build_info tell of the source: BTP_REVISION and BTP_BRANCH as given, else from git,
# else, in an archive, from cmake/revision.txt, which git fills in when it makes the archive.
set(BTP_REVISION "unknown" CACHE STRING "Source revision, where neither git nor the archive can tell it")
set(BTP_BRANCH "unknown" CACHE STRING "Source branch, where git cannot tell it")
set(revision ${BTP_REVISION})
set(branch ${BTP_BRANCH})
find_package(Git QUIET)
file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/revision.txt archived LIMIT_COUNT 1)
if(GIT_FOUND AND EXISTS ${PROJECT_SOURCE_DIR}/.git)
	execute_process(COMMAND ${GIT_EXECUTABLE} rev-parse HEAD WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
		OUTPUT_VARIABLE git_revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
	execute_process(COMMAND ${GIT_EXECUTABLE} rev-parse --abbrev-ref HEAD
		WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
		OUTPUT_VARIABLE git_branch OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
	if(git_revision)
		set(revision ${git_revision})
		set(branch ${git_branch})
	endif()
elseif(revision STREQUAL "unknown" AND archived MATCHES "^([0-9a-f]+) [0-9]+$")
	set(revision ${CMAKE_MATCH_1})
endif()
