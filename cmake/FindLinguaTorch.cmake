# Finds libtorch 2.6 or newer and defines the INTERFACE target `lingua_torch`.
#
# Where it looks, first hit wins:
#   1. LINGUA_TORCH, a cache or environment variable: an install prefix, an unpacked libtorch, a
#      Python environment, or a site-packages/torch folder
#   2. the virtual environment that scripts/setup makes in ${LINGUA_CACHE}
#   3. the system's own (Debian: libtorch-dev)
#
# TorchConfig.cmake is not used: it searches the default paths too, so with Debian's libtorch-dev
# beside a PyPI one it links the libraries of the one with the headers of the other; and it warns
# about CUDA and kineto, which nothing here needs.
#
# Sets LINGUA_TORCH_ROOT, LINGUA_TORCH_VERSION, LINGUA_TORCH_CPU_LIBRARY and
# LINGUA_TORCH_HAS_PROTOBUF (whether its libtorch_cpu.so shares the system's libprotobuf).
include_guard(GLOBAL)

set(LINGUA_TORCH "" CACHE PATH "A libtorch >= 2.6: prefix or site-packages/torch (empty: search)")
set(LINGUA_TORCH_MINIMUM 2.6)
set(LINGUA_TORCH_ADVICE
    "Run scripts/setup, which installs a libtorch that works, or set LINGUA_TORCH to the folder "
    "of one (cmake -DLINGUA_TORCH=/path, or the environment variable).")
list(JOIN LINGUA_TORCH_ADVICE "" LINGUA_TORCH_ADVICE)

# Every folder below `path` that could be a libtorch's root, into `out`.
function(_lingua_torch_roots path out)
  file(GLOB site_packages "${path}/lib/python3*/site-packages/torch"
       "${path}/lib/python3*/dist-packages/torch")
  set(${out} "${path}" "${path}/torch" ${site_packages} PARENT_SCOPE)
endfunction()

# Looks for headers and libraries in `root` alone. Sets _torch_include, _torch_cpu in the caller.
function(_lingua_torch_probe root)
  unset(include)
  unset(cpu)
  find_path(include torch/csrc/api/include/torch/torch.h PATHS "${root}/include" NO_CACHE
            NO_DEFAULT_PATH)
  find_library(cpu torch_cpu NO_CACHE NO_DEFAULT_PATH
               PATHS "${root}/lib" "${root}/lib/${CMAKE_LIBRARY_ARCHITECTURE}" "${root}/lib64")
  set(_torch_include "${include}" PARENT_SCOPE)
  set(_torch_cpu "${cpu}" PARENT_SCOPE)
endfunction()

# The version that the headers in `include` state, "0" where they state none.
function(_lingua_torch_version include out)
  set(version 0)
  foreach(header torch/headeronly/version.h torch/csrc/api/include/torch/version.h)
    if(EXISTS "${include}/${header}")
      file(STRINGS "${include}/${header}" lines REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
      string(REGEX MATCHALL "[0-9]+" numbers "${lines}")
      if(numbers)
        list(JOIN numbers "." version)
        break()
      endif()
    endif()
  endforeach()
  set(${out} "${version}" PARENT_SCOPE)
endfunction()

# The definitions that this libtorch was built with; some change the layout of its classes.
function(_lingua_torch_definitions root out)
  unset(definitions)
  find_file(targets Caffe2Targets.cmake NO_CACHE NO_DEFAULT_PATH
            PATHS "${root}/share/cmake/Caffe2" "${root}/lib/cmake/Caffe2"
                  "${root}/lib/${CMAKE_LIBRARY_ARCHITECTURE}/cmake/Caffe2")
  if(targets)
    file(READ "${targets}" text)
    if(text MATCHES "set_target_properties\\(torch_cpu PROPERTIES[^)]*INTERFACE_COMPILE_DEFINITIONS \"([A-Z0-9_=;]*)\"")
      set(definitions "${CMAKE_MATCH_1}")
    endif()
  endif()
  set(${out} "${definitions}" PARENT_SCOPE)
endfunction()

# Debian's libraries have the C++11 ABI, so ours does, and so must libtorch's.
function(_lingua_torch_check_abi root)
  set(config "${root}/share/cmake/Torch/TorchConfig.cmake")
  if(EXISTS "${config}")
    file(STRINGS "${config}" old_abi REGEX "_GLIBCXX_USE_CXX11_ABI=0")
    if(old_abi)
      message(FATAL_ERROR "The libtorch in ${root} was built with the C++ ABI from before C++11 "
                          "and does not fit the system's libraries. ${LINGUA_TORCH_ADVICE}")
    endif()
  endif()
endfunction()

# Whether `library` names the system's libprotobuf among what it needs.
function(_lingua_links_protobuf library out)
  find_program(LINGUA_OBJDUMP NAMES objdump REQUIRED)
  mark_as_advanced(LINGUA_OBJDUMP)
  execute_process(COMMAND "${LINGUA_OBJDUMP}" -p "${library}" OUTPUT_VARIABLE dynamic
                  COMMAND_ERROR_IS_FATAL ANY)
  if(dynamic MATCHES "NEEDED +libprotobuf")
    set(${out} ON PARENT_SCOPE)
  else()
    set(${out} OFF PARENT_SCOPE)
  endif()
endfunction()

# The PyPI package brings headers of a newer fmt than the system's, which the system's spdlog must
# not see: the system's come first, by a folder that holds nothing else.
function(_lingua_torch_fmt include target)
  find_path(system_fmt fmt/core.h PATHS /usr/include NO_CACHE NO_DEFAULT_PATH)
  if(system_fmt AND EXISTS "${include}/fmt" AND NOT include STREQUAL system_fmt)
    set(first "${CMAKE_BINARY_DIR}/generated/system_fmt")
    file(MAKE_DIRECTORY "${first}")
    file(CREATE_LINK "${system_fmt}/fmt" "${first}/fmt" SYMBOLIC)
    target_include_directories(${target} SYSTEM INTERFACE "${first}")
  endif()
endfunction()

function(_lingua_torch_search out_root out_include out_cpu)
  set(wanted "${LINGUA_TORCH}")
  if(NOT wanted)
    set(wanted "$ENV{LINGUA_TORCH}")
  endif()
  if(wanted)
    file(REAL_PATH "${wanted}" wanted EXPAND_TILDE BASE_DIRECTORY "${CMAKE_SOURCE_DIR}")
    _lingua_torch_roots("${wanted}" roots)
  else()
    file(GLOB roots "${LINGUA_CACHE}/torch-2.13.0/lib/python3*/site-packages/torch")
    list(APPEND roots /usr/local /usr)
  endif()
  foreach(root IN LISTS roots)
    _lingua_torch_probe("${root}")
    if(_torch_include AND _torch_cpu)
      set(${out_root} "${root}" PARENT_SCOPE)
      set(${out_include} "${_torch_include}" PARENT_SCOPE)
      set(${out_cpu} "${_torch_cpu}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  list(JOIN roots "\n  " searched)
  message(FATAL_ERROR "No libtorch found: headers (include/torch) and libtorch_cpu.so together "
                      "are in none of\n  ${searched}\n${LINGUA_TORCH_ADVICE}")
endfunction()

_lingua_torch_search(LINGUA_TORCH_ROOT _include LINGUA_TORCH_CPU_LIBRARY)
_lingua_torch_version("${_include}" LINGUA_TORCH_VERSION)
if(LINGUA_TORCH_VERSION VERSION_LESS LINGUA_TORCH_MINIMUM)
  message(FATAL_ERROR "The libtorch in ${LINGUA_TORCH_ROOT} is version ${LINGUA_TORCH_VERSION}; "
                      "lingua needs ${LINGUA_TORCH_MINIMUM} or newer. ${LINGUA_TORCH_ADVICE}")
endif()
_lingua_torch_check_abi("${LINGUA_TORCH_ROOT}")
_lingua_torch_definitions("${LINGUA_TORCH_ROOT}" _definitions)
_lingua_links_protobuf("${LINGUA_TORCH_CPU_LIBRARY}" LINGUA_TORCH_HAS_PROTOBUF)

get_filename_component(_lib "${LINGUA_TORCH_CPU_LIBRARY}" DIRECTORY)
add_library(lingua_torch INTERFACE)
_lingua_torch_fmt("${_include}" lingua_torch)
target_compile_definitions(lingua_torch INTERFACE ${_definitions})
# CMake drops /usr/include from the list by itself: as -isystem it would break #include_next.
target_include_directories(lingua_torch SYSTEM INTERFACE
                           "${_include}" "${_include}/torch/csrc/api/include")
foreach(_name torch_cpu c10)
  add_library(lingua_torch_${_name} SHARED IMPORTED)
  set_target_properties(lingua_torch_${_name} PROPERTIES IMPORTED_LOCATION "${_lib}/lib${_name}.so")
  target_link_libraries(lingua_torch INTERFACE lingua_torch_${_name})
endforeach()
find_package(Threads REQUIRED)
target_link_libraries(lingua_torch INTERFACE Threads::Threads)
# Without OpenMP's flag at::parallel_for, a template in a header, runs its loops on one thread. The
# threads must be those of libtorch, which may bring the runtime along.
find_package(OpenMP REQUIRED COMPONENTS CXX)
file(GLOB _openmp "${_lib}/libgomp*.so*" "${_lib}/libiomp5.so")
if(_openmp)
  list(GET _openmp 0 _openmp)
else()
  set(_openmp ${OpenMP_CXX_LIBRARIES})
endif()
target_compile_options(lingua_torch INTERFACE ${OpenMP_CXX_FLAGS})
target_link_libraries(lingua_torch INTERFACE ${_openmp})
# A build with CUDA registers its kernels when it is loaded, so the linker must not drop it.
if(EXISTS "${_lib}/libtorch_cuda.so")
  target_link_options(lingua_torch INTERFACE
    "LINKER:--push-state,--no-as-needed,${_lib}/libtorch_cuda.so,--pop-state")
endif()

message(STATUS "libtorch ${LINGUA_TORCH_VERSION} in ${LINGUA_TORCH_ROOT}")
