set(package libxylem-dev)
include("${XYLEM_SOURCE}/deploy/cmake/install_debian_documents.cmake")
