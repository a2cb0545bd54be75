# Installs headers, libQC, the tools and the CMake package that out-of-tree targets use.
include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/QC)

install(TARGETS QC EXPORT QCTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT QCTargets NAMESPACE QC:: DESTINATION ${package})

# Sources of headers and what tablegen made of them. The runtime installs its own.
install(DIRECTORY ${QC_SOURCE_DIR}/include/qc ${QC_BINARY_DIR}/include/qc
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h" PATTERN "*.td" PATTERN "*.inc" PATTERN "CMakeFiles" EXCLUDE)

configure_package_config_file(${QC_SOURCE_DIR}/cmake/modules/QCConfig.cmake.in
  ${QC_BINARY_DIR}/QCConfig.cmake INSTALL_DESTINATION ${package})
write_basic_package_version_file(${QC_BINARY_DIR}/QCConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${QC_BINARY_DIR}/QCConfig.cmake ${QC_BINARY_DIR}/QCConfigVersion.cmake
        ${QC_SOURCE_DIR}/cmake/modules/AddQCTargetPlugin.cmake
        DESTINATION ${package})

# Installed programs find libQC beside them, and MLIR and LLVM where they were linked.
foreach(target QC qc qc-opt qc-translate qc-lsp-server)
  if(TARGET ${target})
    set_target_properties(${target} PROPERTIES
      INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}" INSTALL_RPATH_USE_LINK_PATH ON)
  endif()
endforeach()
