# Read by cpack, when it starts: the version is that of the last build.
get_filename_component(build "${CPACK_OUTPUT_CONFIG_FILE}" DIRECTORY)
file(STRINGS "${build}/version/version" CPACK_PACKAGE_VERSION)
set(CPACK_DEBIAN_PACKAGE_VERSION "${CPACK_PACKAGE_VERSION}")
execute_process(COMMAND dpkg --print-architecture OUTPUT_VARIABLE architecture
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT architecture)
  set(architecture "${CMAKE_SYSTEM_PROCESSOR}")
endif()
set(behind "${CPACK_PACKAGE_VERSION}_${architecture}")
set(CPACK_DEBIAN_GATEWAY_FILE_NAME "xylem_${behind}.deb")
set(CPACK_DEBIAN_DEVELOPMENT_FILE_NAME "libxylem-dev_${behind}.deb")
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
