# Installs headers, libQC and the CMake package that out-of-tree targets use.
include(CMakePackageConfigHelpers)
install(TARGETS QC EXPORT QCTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT QCTargets NAMESPACE QC:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/QC)
install(DIRECTORY ${QC_SOURCE_DIR}/include/qc ${QC_BINARY_DIR}/include/qc
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h" PATTERN "*.td" PATTERN "*.inc")
configure_package_config_file(${QC_SOURCE_DIR}/cmake/modules/QCConfig.cmake.in
  ${QC_BINARY_DIR}/QCConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/QC)
write_basic_package_version_file(${QC_BINARY_DIR}/QCConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${QC_BINARY_DIR}/QCConfig.cmake ${QC_BINARY_DIR}/QCConfigVersion.cmake
        ${QC_SOURCE_DIR}/cmake/modules/QCMLIR.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/QC)
