# What is installed and packed. Two components: `gateway` is the program and its service, `development`
# is the client library and that of monitors. `cmake --install build/release` installs both.

# The pages of the manual and the completions come from the commands as they are.
set(documents "${CMAKE_BINARY_DIR}/documents")
add_custom_command(
  OUTPUT "${documents}/made"
  COMMAND "${CMAKE_COMMAND}" "-DXYLEM=$<TARGET_FILE:xylem>" "-DSOURCE=${PROJECT_SOURCE_DIR}"
          "-DOUT=${documents}" -P "${PROJECT_SOURCE_DIR}/deploy/cmake/make_documents.cmake"
  DEPENDS xylem deploy/cmake/make_documents.cmake deploy/xylem.toml
  VERBATIM)
add_custom_target(documents ALL DEPENDS "${documents}/made")

install(TARGETS xylem RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT gateway)
install(DIRECTORY "${documents}/man/" DESTINATION "${CMAKE_INSTALL_MANDIR}" COMPONENT gateway)
install(FILES "${documents}/completions/xylem.bash" RENAME xylem
  DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" COMPONENT gateway)
install(FILES "${documents}/completions/_xylem"
  DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions" COMPONENT gateway)
install(FILES "${documents}/completions/xylem.fish"
  DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d" COMPONENT gateway)
install(FILES deploy/wireshark/xylem.lua deploy/wireshark/README.md
  DESTINATION "${CMAKE_INSTALL_DATADIR}/xylem/wireshark" COMPONENT gateway)
install(FILES deploy/grafana.json deploy/prometheus-rules.yml
  DESTINATION "${CMAKE_INSTALL_DATADIR}/xylem" COMPONENT gateway)
install(FILES README.md CHANGELOG.md protocol/WIRE.md protocol/WEB.md protocol/RECORD.md
    protocol/MONITOR.md DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT gateway)

# Where these go depends on the prefix, which is known only when it is installed.
install(CODE "
  set(XYLEM_SOURCE \"${PROJECT_SOURCE_DIR}\")
  set(XYLEM_BINARY_DIR \"${CMAKE_BINARY_DIR}\")
  set(XYLEM_DOCUMENTS \"${documents}\")
  set(XYLEM_ARCHITECTURE \"${CMAKE_LIBRARY_ARCHITECTURE}\")" COMPONENT gateway)
install(SCRIPT deploy/cmake/install_service.cmake COMPONENT gateway)

set(libraries xylem_client xylem_monitor xylem_gateway xylem_page xylem_config xylem_actors
  xylem_protocol xylem_asio xylem_version)
install(TARGETS ${libraries} ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT development)
install(CODE "
  foreach(library ${libraries})
    execute_process(COMMAND \"${CMAKE_STRIP}\" --strip-debug --enable-deterministic-archives
      \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/lib\${library}.a\"
      COMMAND_ERROR_IS_FATAL ANY)
  endforeach()" COMPONENT development)
foreach(folder app/client app/monitor actors protocol)
  install(DIRECTORY "${folder}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/xylem/${folder}/.."
    COMPONENT development FILES_MATCHING PATTERN "*.hpp" PATTERN "example" EXCLUDE)
endforeach()
# Whoever uses the libraries has to see Asio as they do.
get_target_property(definitions xylem_options INTERFACE_COMPILE_DEFINITIONS)
list(TRANSFORM definitions PREPEND "-D" OUTPUT_VARIABLE XYLEM_DEFINITIONS)
list(JOIN XYLEM_DEFINITIONS " " XYLEM_DEFINITIONS)
foreach(name client monitor)
  configure_file("deploy/cmake/xylem-${name}.pc.in" "${CMAKE_BINARY_DIR}/xylem-${name}.pc" @ONLY)
  install(FILES "${CMAKE_BINARY_DIR}/xylem-${name}.pc"
    DESTINATION "${CMAKE_INSTALL_DATADIR}/pkgconfig" COMPONENT development)
endforeach()
set(examples "${CMAKE_INSTALL_DATADIR}/doc/libxylem-dev")
install(FILES app/client/README.md app/client/example/follow_node.cpp
  DESTINATION "${examples}/client" COMPONENT development)
install(FILES app/monitor/README.md app/monitor/example/alarm.cpp
  DESTINATION "${examples}/monitor" COMPONENT development)
install(CODE "
  set(XYLEM_SOURCE \"${PROJECT_SOURCE_DIR}\")
  set(XYLEM_BINARY_DIR \"${CMAKE_BINARY_DIR}\")" COMPONENT development)
install(SCRIPT deploy/cmake/install_development.cmake COMPONENT development)

# -- Packages: xylem, libxylem-dev, xylem-dbgsym. deploy/package makes tarballs of the same for /usr/local.
set(XYLEM_MAINTAINER "The Xylem authors <xylem@users.noreply.github.com>"
  CACHE STRING "Who answers for the packages")
set(CPACK_GENERATOR DEB)
set(CPACK_COMPONENTS_ALL gateway development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PACKAGE_NAME xylem)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "gateway for serial-rooted radio meshes")
set(CPACK_PACKAGE_CONTACT "${XYLEM_MAINTAINER}")
set(CPACK_PROJECT_CONFIG_FILE "${PROJECT_SOURCE_DIR}/deploy/cmake/package_version.cmake")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")

set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS OFF)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)

set(CPACK_DEBIAN_GATEWAY_PACKAGE_NAME xylem)
# Of a release; what is packed of any other build is for tests.
if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  set(CPACK_DEBIAN_GATEWAY_DEBUGINFO_PACKAGE ON)
else()
  set(CPACK_STRIP_FILES ON)
endif()
set(CPACK_DEBIAN_GATEWAY_PACKAGE_SECTION net)
set(CPACK_DEBIAN_GATEWAY_PACKAGE_DEPENDS
  "procps, systemd | systemd-standalone-sysusers, systemd | systemd-standalone-tmpfiles")
set(CPACK_DEBIAN_GATEWAY_PACKAGE_PREDEPENDS "init-system-helpers (>= 1.54~)")
set(CPACK_DEBIAN_GATEWAY_PACKAGE_SUGGESTS "prometheus, wireshark | tshark")
set(CPACK_DEBIAN_GATEWAY_PACKAGE_CONTROL_EXTRA
  "${PROJECT_SOURCE_DIR}/deploy/debian/postinst" "${PROJECT_SOURCE_DIR}/deploy/debian/prerm"
  "${PROJECT_SOURCE_DIR}/deploy/debian/postrm" "${PROJECT_SOURCE_DIR}/deploy/debian/conffiles")
set(CPACK_COMPONENT_GATEWAY_DESCRIPTION "Xylem stands between the root of a radio mesh, which speaks on a serial
port, and its clients: the field's own clients, browsers, programs over
HTTP and WebSocket, Prometheus, and gateways elsewhere over mutual TLS.
It keeps nodes, readings, history and commands over restarts, lives
through a pulled cable, and says what it lost.
.
A service is installed, enabled and started; its configuration is in
/etc/xylem/xylem.toml.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libxylem-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "libcaf-dev (>= 0.17.6), libboost-json1.81-dev | libboost-json-dev, libboost-serialization1.81-dev | libboost-serialization-dev, libssl-dev, libspdlog-dev, libsqlitecpp-dev, libsystemd-dev, libtomlplusplus-dev")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "Xylem stands between the root of a radio mesh, which speaks on a serial
port, and its clients.
.
These are the client library (HTTP and WebSocket) and the library for
monitors (events of gateways elsewhere, each once), with headers, files for
pkg-config, and an example of each.")
include(CPack)
