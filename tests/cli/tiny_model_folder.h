#pragma once

#include <string>

#include "export/hf_writer.h"
#include "tests/temporary_folder.h"
#include "tests/tiny_hf_model.h"

namespace lingua {

// A folder with a tiny model in both our forms: the directory "hf" and the file "aligned.pt".
struct TinyModelFolder {
  TemporaryFolder folder;
  std::string hf = folder.file("hf");
  std::string aligned = folder.file("aligned.pt");

  TinyModelFolder() {
    const Model model = tiny_hf_model();
    write_hf_directory(model, hf, false, {});
    save_aligned_model(model, aligned);
  }
};

// The one of this test program.
inline const TinyModelFolder& tiny_models() {
  static const TinyModelFolder folder;
  return folder;
}

}  // namespace lingua
