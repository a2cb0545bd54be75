# Generated pages: docs/Dialects/<Name>.md and docs/Passes.md in the build folder, from what tablegen knows.
#
# They are made of the descriptions in the .td files, by the target qc-docs, which is part of the default
# build, and are not committed (docs/Rationale/Compiler.md). Include after add_subdirectory(include/qc).
set(docs_dir ${QC_BINARY_DIR}/docs)
file(MAKE_DIRECTORY ${docs_dir}/Dialects ${docs_dir}/Passes)
set(docs_pages)

# qc_tablegen_page(OUT.md FILE.td flags...)
function(qc_tablegen_page out td)
  set(includes)
  foreach(dir ${QC_SOURCE_DIR}/include ${QC_BINARY_DIR}/include ${MLIR_INCLUDE_DIRS})
    list(APPEND includes -I${dir})
  endforeach()
  add_custom_command(OUTPUT ${out}
    COMMAND ${MLIR_TABLEGEN_EXE} ${ARGN} ${includes} ${td} -o ${out} -d ${out}.d
    DEPENDS ${td} DEPFILE ${out}.d
    COMMENT "Generating ${out}" VERBATIM)
endfunction()

get_property(dialects GLOBAL PROPERTY QC_DIALECT_DOCS)
foreach(dialect IN LISTS dialects)
  string(REPLACE "|" ";" parts "${dialect}")
  list(GET parts 0 td)
  list(GET parts 1 mnemonic)
  list(GET parts 2 name)
  qc_tablegen_page(${docs_dir}/Dialects/${name}.md ${td} -gen-dialect-doc -dialect=${mnemonic})
  list(APPEND docs_pages ${docs_dir}/Dialects/${name}.md)
endforeach()

# One page of all passes: a heading and a generated part for each library.
get_property(groups GLOBAL PROPERTY QC_PASS_DOCS)
set(parts)
foreach(entry IN LISTS groups)
  string(REPLACE "|" ";" entry "${entry}")
  list(GET entry 0 td)
  list(GET entry 1 group)
  file(CONFIGURE OUTPUT ${docs_dir}/Passes/${group}.heading CONTENT "\n## ${group}\n\n" @ONLY)
  qc_tablegen_page(${docs_dir}/Passes/${group}.md ${td} -gen-pass-doc)
  list(APPEND parts ${docs_dir}/Passes/${group}.heading ${docs_dir}/Passes/${group}.md)
endforeach()
file(CONFIGURE OUTPUT ${docs_dir}/Passes/title CONTENT "# Passes\n" @ONLY)
list(PREPEND parts ${docs_dir}/Passes/title)
add_custom_command(OUTPUT ${docs_dir}/Passes.md
  COMMAND ${CMAKE_COMMAND} -E cat ${parts} > ${docs_dir}/Passes.md
  DEPENDS ${parts}
  COMMENT "Generating ${docs_dir}/Passes.md")
list(APPEND docs_pages ${docs_dir}/Passes.md)

add_custom_target(qc-docs ALL DEPENDS ${docs_pages})
install(FILES ${docs_dir}/Passes.md DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/qc)
install(DIRECTORY ${docs_dir}/Dialects DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/qc
        FILES_MATCHING PATTERN "*.md")
