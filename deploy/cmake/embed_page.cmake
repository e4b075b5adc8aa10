# Makes one C++ source of the page, so that the program is one file:
#   cmake -DPAGE=app/web -DOUT=folder -P embed_page.cmake
# Every file of PAGE/page, and PAGE/openapi.json, plain and compressed.
cmake_minimum_required(VERSION 3.25)

file(GLOB_RECURSE files LIST_DIRECTORIES false RELATIVE "${PAGE}/page" "${PAGE}/page/*")
list(APPEND files openapi.json)
list(SORT files)

set(type_html "text/html; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")
set(type_mjs "text/javascript; charset=utf-8")
set(type_svg "image/svg+xml")
set(type_png "image/png")
set(type_json "application/json")
set(type_webmanifest "application/manifest+json")

set(blobs "")
set(names "")
set(rows "")
set(count 0)
foreach(file IN LISTS files)
  set(source "${PAGE}/page/${file}")
  if(file STREQUAL "openapi.json")
    set(source "${PAGE}/openapi.json")
  endif()
  get_filename_component(extension "${file}" LAST_EXT)
  string(SUBSTRING "${extension}" 1 -1 extension)
  if(NOT DEFINED type_${extension})
    message(FATAL_ERROR "${source}: no content type is known for .${extension}")
  endif()
  set(compressed "${OUT}/${count}.gz")
  execute_process(COMMAND gzip -9nc "${source}" OUTPUT_FILE "${compressed}" COMMAND_ERROR_IS_FATAL ANY)
  file(SHA256 "${source}" hash)
  string(SUBSTRING "${hash}" 0 16 hash)
  foreach(kind plain gzip)
    set(content "${source}")
    if(kind STREQUAL "gzip")
      set(content "${compressed}")
    endif()
    string(APPEND blobs
      "asset_${count}_${kind}:\\n.incbin \\\"${content}\\\"\\nasset_${count}_${kind}_end:\\n.byte 0\\n\"\n    \"")
    string(APPEND names
      "extern const char asset_${count}_${kind}[], asset_${count}_${kind}_end[];\n")
  endforeach()
  string(APPEND rows "    {\"/${file}\", \"${type_${extension}}\", \"\\\"${hash}\\\"\",\n"
    "     between(asset_${count}_gzip, asset_${count}_gzip_end), between(asset_${count}_plain, asset_${count}_plain_end)},\n")
  math(EXPR count "${count} + 1")
endforeach()

file(WRITE "${OUT}/page_assets.cpp" "// Made by embed_page.cmake.
#include \"app/web/page_assets.hpp\"

asm(\".pushsection .rodata\\n\"
    \"${blobs}.popsection\\n\");

extern \"C\" {
${names}}

namespace xylem {

namespace {

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

} // namespace

web_assets page_assets() {
  static const web_asset all[]{
${rows}  };
  return all;
}

} // namespace xylem
")
