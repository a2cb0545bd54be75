# Compiler, linker, cache and warning settings shared by everything in the tree.
find_program(QC_CCACHE ccache)
if(QC_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${QC_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${QC_CCACHE})
endif()

find_program(QC_LLD NAMES ld.lld-22 ld.lld)
if(QC_LLD AND CMAKE_CXX_COMPILER_ID MATCHES Clang)
  add_link_options(--ld-path=${QC_LLD})
endif()

add_compile_options(-Wall -Wextra -Wno-unused-parameter)
if(QC_WARNINGS_AS_ERRORS)
  # Not what the precompiled header's system headers say of themselves, nor a loop that stays scalar.
  add_compile_options(-Werror -Wno-error=deprecated-declarations)
  if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
    add_compile_options(-Wno-error=pass-failed)
  endif()
endif()
# One definition of the arithmetic on every host: no fused multiply-add behind our back.
add_compile_options(-ffp-contract=off)
if(QC_SANITIZE)
  add_compile_options(-fsanitize=${QC_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${QC_SANITIZE})
  # The distribution's LLVM is not built so: its classes lack what these two look at.
  add_compile_options(-fno-sanitize=vptr,function)
  add_link_options(-fno-sanitize=vptr,function)
endif()
# Release keeps no debug information: small objects, fast links.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")
