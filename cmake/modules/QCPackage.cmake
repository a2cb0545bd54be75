# `cpack -G DEB` in the build folder: one Debian package of all that is installed.
set(CPACK_PACKAGE_NAME qc-compiler)
set(CPACK_PACKAGE_VENDOR "qc")
set(CPACK_PACKAGE_CONTACT "The qc authors <qc@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Open quantization compiler for edge NPUs")
set(CPACK_RESOURCE_FILE_LICENSE ${QC_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
# What it links with is found out, but for libQC, which it brings.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${QC_BINARY_DIR}/lib)
# Not needed to run it, but by what is built with its CMake package.
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "llvm-22-dev, libmlir-22-dev")
include(CPack)
