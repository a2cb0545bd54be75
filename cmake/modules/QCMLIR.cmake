# Finds the distribution's LLVM/MLIR 22 and links against its shared libraries only
# (one copy of every TypeID: small links, and plugins work).
find_package(MLIR REQUIRED CONFIG HINTS /usr/lib/llvm-22/lib/cmake/mlir)
if(NOT LLVM_VERSION_MAJOR EQUAL 22)
  message(FATAL_ERROR "qc needs LLVM/MLIR 22, found ${LLVM_VERSION} in ${MLIR_DIR}; "
                      "set MLIR_DIR, e.g. -DMLIR_DIR=/usr/lib/llvm-22/lib/cmake/mlir")
endif()
set(LLVM_LINK_LLVM_DYLIB ON)
list(APPEND CMAKE_MODULE_PATH ${MLIR_CMAKE_DIR} ${LLVM_CMAKE_DIR})
include(TableGen)
include(AddLLVM)
include(AddMLIR)
include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
include_directories(${QC_SOURCE_DIR}/include ${QC_BINARY_DIR}/include)
add_definitions(${LLVM_DEFINITIONS})
set(QC_LLVM_TOOLS_DIR ${LLVM_TOOLS_BINARY_DIR})
add_definitions(-DQC_VERSION="${PROJECT_VERSION}")
