# Shows conversation.txt with the dissector, and compares that with columns.txt and conversation.json.
#   cmake -DTSHARK=… -DTEXT2PCAP=… -DLUA=… -DWORK=… -DPASSES=1|2 [-DUPDATE=ON] -P check_dissector.cmake
set(here "${CMAKE_CURRENT_LIST_DIR}")
file(MAKE_DIRECTORY "${WORK}/home")
set(capture "${WORK}/conversation.pcap")
execute_process(COMMAND "${TEXT2PCAP}" -q -l 147 "${here}/conversation.txt" "${capture}"
  RESULT_VARIABLE failed ERROR_VARIABLE said)
if(failed)
  message(FATAL_ERROR "text2pcap: ${said}")
endif()
if(PASSES EQUAL 2)
  set(twice -2)
endif()

# Profiles and plugins of who runs this change nothing.
set(ENV{HOME} "${WORK}/home")
set(ENV{XDG_CONFIG_HOME} "${WORK}/home")
set(ENV{TZ} UTC)
function(show out)
  execute_process(COMMAND "${TSHARK}" -n ${twice} -X "lua_script:${LUA}" -r "${capture}" ${ARGN}
    RESULT_VARIABLE failed OUTPUT_VARIABLE shown ERROR_VARIABLE said)
  if(failed OR said MATCHES "lua")
    message(FATAL_ERROR "tshark: ${said}")
  endif()
  set(${out} "${shown}" PARENT_SCOPE)
endfunction()

show(columns -T fields -E separator=/s -e _ws.col.Source -e _ws.col.Destination -e _ws.col.Info)
show(packets -T json -J xylem)
string(REGEX REPLACE "\n +\"_(index|score|ws.lua.fake)\": [^\n]*" "" packets "${packets}")

# In one pass nobody knows yet where a frame ends.
set(compared columns.txt)
if(PASSES EQUAL 2)
  list(APPEND compared conversation.json)
endif()
file(WRITE "${WORK}/columns.txt" "${columns}")
file(WRITE "${WORK}/conversation.json" "${packets}")
foreach(name ${compared})
  if(UPDATE)
    file(COPY_FILE "${WORK}/${name}" "${here}/${name}")
  endif()
  file(READ "${WORK}/${name}" shown)
  file(READ "${here}/${name}" expected)
  if(NOT shown STREQUAL expected)
    message(FATAL_ERROR "What is shown is not what is expected: diff ${here}/${name} ${WORK}/${name}")
  endif()
endforeach()
