# Where SentencePiece lives.
#
# Debian's libtorch and Debian's libsentencepiece share libprotobuf and crash in one process, before
# main. So with a libtorch that links libprotobuf, SentencePiece and the C interface above it become
# a module that is loaded by dlmopen, in a namespace with a libprotobuf of its own. Every other
# libtorch gets the same source compiled straight into the library that uses it.
include_guard(GLOBAL)

set(LINGUA_SENTENCEPIECE_ISOLATED ${LINGUA_TORCH_HAS_PROTOBUF})

find_path(LINGUA_SENTENCEPIECE_INCLUDE sentencepiece_processor.h)
find_library(LINGUA_SENTENCEPIECE_LIBRARY sentencepiece)
find_library(LINGUA_SENTENCEPIECE_TRAIN_LIBRARY sentencepiece_train)
mark_as_advanced(LINGUA_SENTENCEPIECE_INCLUDE LINGUA_SENTENCEPIECE_LIBRARY
                 LINGUA_SENTENCEPIECE_TRAIN_LIBRARY)
foreach(part INCLUDE LIBRARY TRAIN_LIBRARY)
  if(NOT LINGUA_SENTENCEPIECE_${part})
    message(FATAL_ERROR "SentencePiece is missing (${part}). Run scripts/setup, or install "
                        "libsentencepiece-dev.")
  endif()
endforeach()

# lingua_sentencepiece(<target> <source>)
# Gives <target> the functions of <source>, a C interface above SentencePiece: compiled into it, or
# as the module lingua_sentencepiece. In the latter case <target> is compiled with
#   LINGUA_SENTENCEPIECE_ISOLATED=1
#   LINGUA_SENTENCEPIECE_MODULE       the module's absolute path in the build tree
#   LINGUA_SENTENCEPIECE_MODULE_NAME  its file name. dlmopen with it, a name without a slash, finds
#                                     the module through the RUNPATH of the running program:
#                                     ../lib and ../../lib beside it, so a moved tree works too.
function(lingua_sentencepiece target source)
  set(libraries "${LINGUA_SENTENCEPIECE_LIBRARY}" "${LINGUA_SENTENCEPIECE_TRAIN_LIBRARY}")
  set_source_files_properties("${source}" PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  if(NOT LINGUA_SENTENCEPIECE_ISOLATED)
    target_sources(${target} PRIVATE "${source}")
    target_include_directories(${target} SYSTEM PRIVATE "${LINGUA_SENTENCEPIECE_INCLUDE}")
    target_link_libraries(${target} PRIVATE ${libraries})
    return()
  endif()
  add_library(lingua_sentencepiece MODULE "${source}")
  set_target_properties(lingua_sentencepiece PROPERTIES PREFIX "")
  target_include_directories(lingua_sentencepiece PRIVATE "${PROJECT_SOURCE_DIR}")
  target_include_directories(lingua_sentencepiece SYSTEM PRIVATE
                             "${LINGUA_SENTENCEPIECE_INCLUDE}")
  target_compile_definitions(lingua_sentencepiece PRIVATE LINGUA_SENTENCEPIECE_ISOLATED=1)
  # No sanitizers here: their run time is in the program's namespace and not in the module's.
  target_link_libraries(lingua_sentencepiece PRIVATE lingua_flags ${libraries})
  target_link_options(lingua_sentencepiece PRIVATE LINKER:--no-undefined)
  install(TARGETS lingua_sentencepiece LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")

  add_dependencies(${target} lingua_sentencepiece)
  target_compile_definitions(${target} PRIVATE LINGUA_SENTENCEPIECE_ISOLATED=1
    LINGUA_SENTENCEPIECE_MODULE="$<TARGET_FILE:lingua_sentencepiece>"
    LINGUA_SENTENCEPIECE_MODULE_NAME="$<TARGET_FILE_NAME:lingua_sentencepiece>")
  target_link_libraries(${target} PUBLIC ${CMAKE_DL_LIBS})
endfunction()
