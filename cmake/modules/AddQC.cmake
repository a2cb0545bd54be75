# add_qc_*: how a library, dialect, interface, tool, target or test joins the build.

# add_qc_plain_library(NAME sources... LINK libs...): a library without MLIR; static
# by itself, and whole inside libQC (see lib/CMakeLists.txt).
function(add_qc_plain_library name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_library(${name}Objects OBJECT ${ARG_UNPARSED_ARGUMENTS})
  add_library(${name} STATIC $<TARGET_OBJECTS:${name}Objects>)
  foreach(target ${name}Objects ${name})
    target_include_directories(${target} PUBLIC
      $<BUILD_INTERFACE:${QC_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
    target_link_libraries(${target} PUBLIC ${ARG_LINK})
  endforeach()
  get_property(plain GLOBAL PROPERTY QC_PLAIN_LIBRARIES)
  foreach(link ${ARG_LINK})
    if(NOT link IN_LIST plain)
      set_property(GLOBAL APPEND PROPERTY QC_PLAIN_LINKS ${link})
    endif()
  endforeach()
  set_property(GLOBAL APPEND PROPERTY QC_PLAIN_LIBRARIES ${name})
endfunction()

# The one precompiled header of all MLIR code (see include/qc/Support/PCH.h); the top
# CMakeLists.txt makes the target that carries it.
function(qc_make_pch)
  file(WRITE ${QC_BINARY_DIR}/QCPch.cpp "// Carries the precompiled header that the libraries share.\n")
  add_library(QCPch OBJECT ${QC_BINARY_DIR}/QCPch.cpp)
  target_precompile_headers(QCPch PRIVATE
    "$<$<COMPILE_LANGUAGE:CXX>:${QC_SOURCE_DIR}/include/qc/Support/PCH.h>")
  target_compile_options(QCPch PRIVATE -Xclang -fno-pch-timestamp)
endfunction()
function(qc_use_pch target)
  target_precompile_headers(${target} REUSE_FROM QCPch)
endfunction()

# add_qc_library(NAME sources... DEPENDS tablegen... LINK libs...): a library with MLIR.
# All of them end up in one shared libQC (see lib/CMakeLists.txt), so that
# tools link fast and plugins see the same TypeIDs.
function(add_qc_library name)
  cmake_parse_arguments(ARG "NO_PCH" "" "DEPENDS;LINK" ${ARGN})
  add_library(${name} OBJECT ${ARG_UNPARSED_ARGUMENTS})
  if(NOT ARG_NO_PCH)
    qc_use_pch(${name})
  endif()
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
  add_dependencies(${name} qc-headers)
  target_link_libraries(${name} PUBLIC ${ARG_LINK})
  set_property(GLOBAL APPEND PROPERTY QC_OBJECT_LIBRARIES ${name})
endfunction()

# add_qc_tablegen(FILE.td TARGET gen-args...): runs mlir-tblgen for pairs "OUT.inc -gen-flag".
function(add_qc_tablegen td target)
  set(LLVM_TARGET_DEFINITIONS ${td})
  set(args ${ARGN})
  while(args)
    list(POP_FRONT args out)
    list(POP_FRONT args flag)
    string(REPLACE "|" ";" flag "${flag}")
    mlir_tablegen(${out} ${flag} -I${QC_SOURCE_DIR}/include EXTRA_INCLUDES ${QC_SOURCE_DIR}/include)
  endwhile()
  add_public_tablegen_target(${target})
  add_dependencies(qc-headers ${target})
endfunction()

# add_qc_dialect(Name dialect): <Name>Dialect/Ops/Types/Attributes .inc from <Name>Ops.td.
# Ops that few files know are declared in headers of their own: pictures, and those
# on numbers as they are (Numbers.h).
function(add_qc_dialect name mnemonic)
  set(LLVM_TARGET_DEFINITIONS ${name}Ops.td)
  set(numbers "compare|select|integer|arg_max|top_k|nms|scatter|grid_sample|roi_align|suppress")
  mlir_tablegen(${name}Ops.h.inc -gen-op-decls "-op-exclude-regex='picture|${numbers}'")
  mlir_tablegen(${name}Picture.h.inc -gen-op-decls -op-include-regex=picture)
  mlir_tablegen(${name}Numbers.h.inc -gen-op-decls "-op-include-regex='${numbers}'")
  mlir_tablegen(${name}Ops.cpp.inc -gen-op-defs)
  mlir_tablegen(${name}Dialect.h.inc -gen-dialect-decls -dialect=${mnemonic})
  mlir_tablegen(${name}Dialect.cpp.inc -gen-dialect-defs -dialect=${mnemonic})
  mlir_tablegen(${name}Attributes.h.inc -gen-attrdef-decls -attrdefs-dialect=${mnemonic})
  mlir_tablegen(${name}Attributes.cpp.inc -gen-attrdef-defs -attrdefs-dialect=${mnemonic})
  mlir_tablegen(${name}Enums.h.inc -gen-enum-decls)
  mlir_tablegen(${name}Enums.cpp.inc -gen-enum-defs)
  add_public_tablegen_target(QC${name}IncGen)
  add_dependencies(qc-headers QC${name}IncGen)
  set_property(GLOBAL APPEND PROPERTY QC_DIALECT_DOCS "${CMAKE_CURRENT_SOURCE_DIR}/${name}Ops.td|${mnemonic}|${name}")
endfunction()

# add_qc_interface(File): op interface declarations and definitions from File.td.
function(add_qc_interface name)
  set(LLVM_TARGET_DEFINITIONS ${name}.td)
  mlir_tablegen(${name}.h.inc -gen-op-interface-decls)
  mlir_tablegen(${name}.cpp.inc -gen-op-interface-defs)
  add_public_tablegen_target(QC${name}IncGen)
  add_dependencies(qc-headers QC${name}IncGen)
endfunction()

# add_qc_passes(Group): Passes.h.inc from Passes.td.
function(add_qc_passes group)
  set(LLVM_TARGET_DEFINITIONS Passes.td)
  mlir_tablegen(Passes.h.inc -gen-pass-decls -name ${group})
  add_public_tablegen_target(QC${group}PassIncGen)
  add_dependencies(qc-headers QC${group}PassIncGen)
  set_property(GLOBAL APPEND PROPERTY QC_PASS_DOCS "${CMAKE_CURRENT_SOURCE_DIR}/Passes.td|${group}")
endfunction()

# add_qc_tool(NAME sources... LINK libs...)
function(add_qc_tool name)
  cmake_parse_arguments(ARG "NO_PCH" "" "LINK" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  if(NOT ARG_NO_PCH)
    qc_use_pch(${name})
  endif()
  # As the libraries, whose precompiled header it shares.
  target_compile_options(${name} PRIVATE -fPIC)
  target_link_libraries(${name} PRIVATE QC ${ARG_LINK})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${QC_BINARY_DIR}/bin)
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()

# add_qc_unittest(NAME sources... LINK libs...): a gtest binary, registered with ctest.
function(add_qc_unittest name)
  cmake_parse_arguments(ARG "PCH" "" "LINK" ${ARGN})
  find_package(GTest REQUIRED)
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  if(ARG_PCH)
    qc_use_pch(${name})
    target_compile_options(${name} PRIVATE -fPIC)
  endif()
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gtest GTest::gtest_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${QC_BINARY_DIR}/unittests)
  add_test(NAME unit/${name} COMMAND ${name})
endfunction()

# qc_collect_families(OUT.td): includes every *Family.td of this folder, so that an
# op family joins a dialect by adding its file.
function(qc_collect_families out)
  file(GLOB families CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*Family.td)
  set(text "// Generated: the op families of this dialect.\n")
  foreach(family ${families})
    string(REPLACE "${QC_SOURCE_DIR}/include/" "" path ${family})
    string(APPEND text "include \"${path}\"\n")
  endforeach()
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${out} CONTENT "${text}" @ONLY)
endfunction()

# qc_family_sources(VAR OUT.inc): all *.cpp of the folder Families/ into VAR, and their
# names as QC_FAMILY(Name) lines into OUT.inc of the build's include tree, for the
# one place that registers them.
function(qc_family_sources var out)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/Families/*.cpp)
  set(text "// Generated: one line a file of Families/.\n")
  foreach(source ${sources})
    get_filename_component(name ${source} NAME_WE)
    string(APPEND text "QC_FAMILY(${name})\n")
  endforeach()
  file(CONFIGURE OUTPUT ${QC_BINARY_DIR}/include/${out} CONTENT "${text}" @ONLY)
  set(${var} ${sources} PARENT_SCOPE)
endfunction()

# add_qc_target(Name sources...): a built-in target; defines register<Name>Target.
function(add_qc_target name)
  add_qc_library(QCTarget${name} ${ARGN})
  set_property(GLOBAL APPEND PROPERTY QC_BUILTIN_TARGETS ${name})
endfunction()
