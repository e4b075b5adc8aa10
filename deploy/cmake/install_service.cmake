# Installs what has another place, or another text, with each prefix: /etc and /lib belong to /usr;
# any other prefix has its own.
set(at "${CMAKE_INSTALL_PREFIX}")
set(etc "${at}/etc")
set(plugins "${at}/lib/wireshark/plugins")
if(at STREQUAL "/usr")
  set(etc /etc)
  set(plugins "/usr/lib/${XYLEM_ARCHITECTURE}/wireshark/plugins")
endif()
set(deploy "${XYLEM_SOURCE}/deploy")
set(work "${XYLEM_BINARY_DIR}/documents/installed")

function(install_as file destination name)
  if(NOT EXISTS "${file}")
    message(FATAL_ERROR "${file} is missing")
  endif()
  file(READ "${file}" text)
  if(NOT at STREQUAL "/usr")
    string(REPLACE "/usr/bin/xylem" "${at}/bin/xylem" text "${text}")
    string(REPLACE "/etc/xylem" "${etc}/xylem" text "${text}")
  endif()
  file(WRITE "${work}/${name}" "${text}")
  file(INSTALL "${work}/${name}" DESTINATION "${destination}"
    PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
endfunction()

set(units "${at}/lib/systemd/system")
set(rules "${at}/lib/udev/rules.d")
if(at STREQUAL "/usr")
  # Where Debian 12 has them.
  set(units /lib/systemd/system)
  set(rules /lib/udev/rules.d)
endif()
foreach(unit xylem.service xylem-web.socket xylem-clients.socket)
  install_as("${deploy}/systemd/${unit}" "${units}" ${unit})
endforeach()
install_as("${deploy}/systemd/60-xylem.rules" "${rules}" 60-xylem.rules)
install_as("${deploy}/systemd/xylem.sysusers" "${at}/lib/sysusers.d" xylem.conf)
install_as("${deploy}/systemd/xylem.tmpfiles" "${at}/lib/tmpfiles.d" xylem.conf)

# A configuration that is there is somebody's.
if(NOT EXISTS "$ENV{DESTDIR}${etc}/xylem/xylem.toml")
  install_as("${XYLEM_DOCUMENTS}/xylem.toml" "${etc}/xylem" xylem.toml)
endif()

# Where Wireshark finds it by itself.
file(MAKE_DIRECTORY "$ENV{DESTDIR}${plugins}")
file(RELATIVE_PATH lua "${plugins}" "${at}/share/xylem/wireshark/xylem.lua")
file(CREATE_LINK "${lua}" "$ENV{DESTDIR}${plugins}/xylem.lua" SYMBOLIC)

set(package xylem)
include("${deploy}/cmake/install_debian_documents.cmake")
