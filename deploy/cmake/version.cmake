# Writes the version of what is built, if it has changed:
#   cmake -DSOURCE=… -DBASE=0.1.0 -DGIVEN=… -DOUT=folder -P version.cmake
# OUT/version is for packages, OUT/version.cpp for the program. With git:
#   0.1.0              the commit is tagged v0.1.0
#   0.1.0+5.g1a2b3c4   5 commits behind that tag
#   0.1.0~512.g1a2b3c4 before that tag: of 512 commits; Debian, too, sorts it before 0.1.0
# `.changed` behind these: files differ from the commit. Without git, what `git archive` wrote into
# archived_commit, or else BASE. GIVEN, when it is not empty, goes before all of this.
cmake_minimum_required(VERSION 3.25)

# Reads only; whoever commits at the same time keeps the lock of the index.
function(git out)
  execute_process(
    COMMAND git --no-optional-locks -c "safe.directory=${SOURCE}" -C "${SOURCE}" ${ARGN}
    OUTPUT_VARIABLE text RESULT_VARIABLE code ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT code EQUAL 0)
    set(text "")
  endif()
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

function(version_by_git out)
  git(commit rev-parse --short=7 HEAD)
  git(behind rev-list --count "v${BASE}..HEAD")
  git(tagged merge-base "v${BASE}" HEAD)
  git(changed status --porcelain --untracked-files=no)
  if(tagged AND behind EQUAL 0)
    set(version "${BASE}")
  elseif(tagged)
    set(version "${BASE}+${behind}.g${commit}")
  else()
    git(all rev-list --count HEAD)
    set(version "${BASE}~${all}.g${commit}")
  endif()
  if(changed)
    string(APPEND version ".changed")
  endif()
  set(${out} "${version}" PARENT_SCOPE)
endfunction()

# Of the commit, as RFC 5322 has it, or of now.
function(date_of_commit out)
  git(text log -1 --format=%cD)
  if(text STREQUAL "")
    string(TIMESTAMP text "%a, %d %b %Y %H:%M:%S +0000" UTC)
  endif()
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

set(version "${GIVEN}")
git(top rev-parse --show-toplevel)
file(REAL_PATH "${SOURCE}" source)
if(version STREQUAL "" AND top STREQUAL source)
  version_by_git(version)
endif()
if(version STREQUAL "")
  set(version "${BASE}")
  file(STRINGS "${CMAKE_CURRENT_LIST_DIR}/archived_commit" archived REGEX "^[0-9a-f]+$")
  if(archived)
    string(APPEND version "~g${archived}")
  endif()
endif()
if(NOT version MATCHES "^[0-9][0-9A-Za-z.+~]*$")
  message(FATAL_ERROR "${version} is no version: digits and letters, dots, + and ~, a digit first")
endif()

set(date "")
if(top STREQUAL source)
  date_of_commit(date)
elseif(EXISTS "${OUT}/date")
  file(STRINGS "${OUT}/date" date)
endif()
if(date STREQUAL "")
  date_of_commit(date)
endif()
file(CONFIGURE OUTPUT "${OUT}/version" CONTENT "${version}\n")
file(CONFIGURE OUTPUT "${OUT}/date" CONTENT "${date}\n")
file(CONFIGURE OUTPUT "${OUT}/version.cpp" CONTENT [[// Made by version.cmake.
#include "protocol/version.hpp"

std::string_view xylem::software_version() noexcept {
  return "@version@";
}
]] @ONLY)
