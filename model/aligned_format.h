#pragma once

#include <cstdint>

// What writer and reader of aligned.pt agree on; docs/formats.md describes the layout.
namespace lingua::aligned {

constexpr char kFolder[] = "archive/";  // PyTorch wants every record under one folder
constexpr char kManifest[] = "lingua.json";
constexpr char kFormat[] = "lingua aligned model";
constexpr int64_t kVersion = 1;
constexpr int64_t kVersionWithAdapters = 2;  // a reader that passed over them would misread

}  // namespace lingua::aligned
