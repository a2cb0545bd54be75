# Runs a suite once more for each instruction set that the float library and our own loops can be limited to.
#
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Each level as LIBRARY:LOOPS, the values of DNNL_MAX_CPU_ISA and QCRT_ISA. What a machine runs without a limit
# depends on the machine: these make CI see the other paths. Elsewhere than on x86-64 there is nothing to choose from.
set(QC_ISA_LEVELS)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  set(QC_ISA_LEVELS SSE41:portable AVX:portable AVX2:avx2)
endif()

# qc_add_isa_tests(SUITE COMMAND... [WORKING_DIRECTORY folder] [ENVIRONMENT vars...] [LOCK name]): entries
# isa/<level>/SUITE. LOCK names what its runs must not share at a time.
function(qc_add_isa_tests suite)
  cmake_parse_arguments(ARG "" "WORKING_DIRECTORY;LOCK" "COMMAND;ENVIRONMENT" ${ARGN})
  if(NOT ARG_WORKING_DIRECTORY)
    set(ARG_WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
  endif()
  foreach(level IN LISTS QC_ISA_LEVELS)
    string(REPLACE ":" ";" level ${level})
    list(GET level 0 library)
    list(GET level 1 loops)
    string(TOLOWER ${library} name)
    add_test(NAME isa/${name}/${suite} COMMAND ${ARG_COMMAND} WORKING_DIRECTORY ${ARG_WORKING_DIRECTORY})
    set_tests_properties(isa/${name}/${suite} PROPERTIES
      ENVIRONMENT "DNNL_MAX_CPU_ISA=${library};QCRT_ISA=${loops};${ARG_ENVIRONMENT}" TIMEOUT 1500)
    if(ARG_LOCK)
      set_tests_properties(isa/${name}/${suite} PROPERTIES RESOURCE_LOCK ${ARG_LOCK})
    endif()
  endforeach()
endfunction()
