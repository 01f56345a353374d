#pragma once

#include <string>

#include "eval/bootstrap.h"
#include "eval/recall.h"

namespace lingua {

// The value as printf() writes it, in at most 39 characters.
std::string formatted(const char* format, double value);

// Figures as all tables and reports write them.
std::string bits_text(double bits_per_byte);          // "1.2500"
std::string gain_text(double bits_per_byte);          // "+0.1250"
std::string interval_text(const Interval& interval);  // "[+0.1000, +0.1500]"
std::string percent_text(double share);               // "95 %"
std::string share_text(const Share& share);           // "0.500", "-" of none

}  // namespace lingua
