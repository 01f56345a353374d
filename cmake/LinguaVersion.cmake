# Writes lingua_version.h. Run as a script at each build, so that the revision is never stale; the
# file changes only when its text does, so nothing is compiled again without a reason.
#   cmake -DVERSION=... -DSOURCE=... -DOUTPUT=... -P LinguaVersion.cmake
execute_process(COMMAND git -C "${SOURCE}" rev-parse --short=12 HEAD
                OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT revision)
  set(revision unknown)
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" @ONLY CONTENT [=[
#pragma once

#define LINGUA_VERSION "@VERSION@"
#define LINGUA_REVISION "@revision@"  // the git commit, or "unknown" outside a repository
]=])
