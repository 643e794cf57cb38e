# One INTERFACE target carries language level, warnings, hardening and instrumentation.
option(BTP_TEST_BUILD "Build the tests, and let BTP_CERT_EXPORTER_NOW set the clock" ON)
option(BTP_SIMULATORS "Build the simulators without the tests" OFF)
option(BTP_WERROR "Warnings are errors" OFF)
option(BTP_FUZZ "Build the libFuzzer targets (needs clang)" OFF)
option(BTP_COVERAGE "Instrument for coverage" OFF)
set(BTP_SANITIZE "" CACHE STRING "Sanitizers, for example address,undefined or thread")

add_library(project_options INTERFACE)
target_compile_features(project_options INTERFACE c_std_17)
target_compile_definitions(project_options INTERFACE _GNU_SOURCE)
target_compile_options(project_options INTERFACE
	-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings
	-Wcast-qual -Wformat=2 -Wvla -Wundef -Wswitch-enum -Wimplicit-fallthrough
	-fstack-protector-strong -fno-common -fvisibility=hidden)
target_link_options(project_options INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
if(NOT BTP_SANITIZE)
	# a sanitizer's own crypt_r() would make the linker leave out the library that it calls
	target_link_options(project_options INTERFACE -Wl,--as-needed)
endif()
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
	target_compile_options(project_options INTERFACE -Wlogical-op -Wduplicated-cond
		-Wjump-misses-init -fstack-clash-protection)
endif()
if(BTP_WERROR)
	target_compile_options(project_options INTERFACE -Werror)
endif()
if(BTP_SANITIZE)
	target_compile_options(project_options INTERFACE -fsanitize=${BTP_SANITIZE}
		-fno-omit-frame-pointer -fno-sanitize-recover=all)
	target_link_options(project_options INTERFACE -fsanitize=${BTP_SANITIZE})
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
	target_compile_options(project_options INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()
if(BTP_FUZZ)
	target_compile_options(project_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(BTP_COVERAGE)
	target_compile_options(project_options INTERFACE --coverage)
	target_link_options(project_options INTERFACE --coverage)
endif()
