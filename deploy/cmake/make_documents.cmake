# What the program tells about itself, and the configuration of its service:
#   cmake -DXYLEM=program -DSOURCE=… -DOUT=folder -P make_documents.cmake
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE "${OUT}")
file(MAKE_DIRECTORY "${OUT}/completions")

execute_process(COMMAND "${XYLEM}" man --out "${OUT}/roff" COMMAND_ERROR_IS_FATAL ANY)
file(GLOB pages "${OUT}/roff/*")
foreach(page IN LISTS pages)
  get_filename_component(name "${page}" NAME)
  string(REGEX MATCH "[15]$" section "${name}")
  file(MAKE_DIRECTORY "${OUT}/man/man${section}")
  execute_process(COMMAND gzip -9nc "${page}" OUTPUT_FILE "${OUT}/man/man${section}/${name}.gz"
    COMMAND_ERROR_IS_FATAL ANY)
endforeach()

foreach(shell bash zsh fish)
  set(file_bash xylem.bash)
  set(file_zsh _xylem)
  set(file_fish xylem.fish)
  execute_process(COMMAND "${XYLEM}" completion ${shell}
    OUTPUT_FILE "${OUT}/completions/${file_${shell}}" COMMAND_ERROR_IS_FATAL ANY)
endforeach()

# deploy/xylem.toml with two keys set.
file(READ "${SOURCE}/deploy/xylem.toml" text)
function(set_key key value)
  string(REGEX MATCHALL "\n#${key} = \"\" " found "${text}")
  list(LENGTH found count)
  if(NOT count GREATER 0)
    message(FATAL_ERROR "deploy/xylem.toml has no line #${key} = \"\"")
  endif()
  string(FIND "${text}" "\n#${key} = \"\" " at)
  string(SUBSTRING "${text}" 0 ${at} before)
  math(EXPR at "${at} + 1")
  string(SUBSTRING "${text}" ${at} -1 after)
  string(REGEX REPLACE "^#${key} = \"\" *" "${key} = \"${value}\"  " after "${after}")
  set(text "${before}\n${after}" PARENT_SCOPE)
endfunction()
set_key(state_dir /var/lib/xylem)
set_key(serial /dev/xylem-root)
string(REPLACE "# The configuration of xylem. Every key stands here with its default; remove the # to change one.\n"
  "# The configuration of xylem as a service. Every key stands here; those with a # have their default:\n# remove it to change one, then: systemctl restart xylem\n"
  text "${text}")
file(WRITE "${OUT}/xylem.toml" "${text}")
execute_process(COMMAND "${XYLEM}" check "${OUT}/xylem.toml" OUTPUT_QUIET
  COMMAND_ERROR_IS_FATAL ANY)
file(TOUCH "${OUT}/made")
