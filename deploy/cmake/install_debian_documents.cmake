# Copyright and changelog of `package`, as Debian has them. The changelog is CHANGELOG.md.
set(documents "${CMAKE_INSTALL_PREFIX}/share/doc/${package}")
set(into "${XYLEM_BINARY_DIR}/documents/${package}")
file(MAKE_DIRECTORY "${into}")

file(READ "${XYLEM_SOURCE}/LICENSE" license)
string(REGEX MATCH "Copyright [^\n]*" holder "${license}")
string(REPLACE "Copyright (c) " "" holder "${holder}")
string(REGEX REPLACE "^.*${holder}\n\n" "" license "${license}")
string(STRIP "${license}" license)
string(REGEX REPLACE "\n\n" "\n.\n" license "${license}")
string(REGEX REPLACE "\n" "\n " license "${license}")
file(WRITE "${into}/copyright"
"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: xylem

Files: *
Copyright: ${holder}
License: BSD-3-Clause

License: BSD-3-Clause
 ${license}
")

# The first section: its points, and the lines that go on.
file(READ "${XYLEM_SOURCE}/CHANGELOG.md" text)
string(REGEX REPLACE "^.*\n## 0" "\n0" first "${text}")
string(FIND "${text}" "\n## " begin)
math(EXPR begin "${begin} + 1")
string(SUBSTRING "${text}" ${begin} -1 text)
string(FIND "${text}" "\n" begin)
string(SUBSTRING "${text}" ${begin} -1 text)
string(FIND "${text}" "\n## " end)
string(SUBSTRING "${text}" 0 ${end} text)
file(WRITE "${into}/points" "${text}")
execute_process(COMMAND awk [[
  function told(text,  words, count, i, line) {
    count = split(text, words, " ")
    line = "  *"
    for (i = 1; i <= count; i++) {
      if (length(line) + 1 + length(words[i]) > 78) { print line; line = "   " }
      line = line " " words[i]
    }
    if (count) print line
  }
  /^[^ ]/ { told(point); point = "" }
  { sub(/^- /, ""); point = point " " $0 }
  END { told(point) }]] "${into}/points" OUTPUT_VARIABLE text OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)

file(STRINGS "${XYLEM_BINARY_DIR}/version/version" version)
file(STRINGS "${XYLEM_BINARY_DIR}/version/date" date)
file(STRINGS "${XYLEM_BINARY_DIR}/CMakeCache.txt" maintainer REGEX "^XYLEM_MAINTAINER:")
string(REGEX REPLACE "^[^=]*=" "" maintainer "${maintainer}")
file(WRITE "${into}/changelog"
  "xylem (${version}) unstable; urgency=medium\n\n${text}\n\n -- ${maintainer}  ${date}\n")
execute_process(COMMAND gzip -9nc "${into}/changelog" OUTPUT_FILE "${into}/changelog.gz"
  COMMAND_ERROR_IS_FATAL ANY)
file(INSTALL "${into}/copyright" "${into}/changelog.gz" DESTINATION "${documents}"
  PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
