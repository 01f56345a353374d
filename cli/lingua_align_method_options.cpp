#include "cli/lingua_align_method_options.h"

namespace lingua {

void declare_align_method_options(OptionTable& table, MethodOptions& o) {
  table.section("Method");
  table.add_choice("method", {"full", "lora", "last-k"},
                   "train all weights, low-rank adapters, or the last layers", &o.method);
  table.add("lora-rank", "N", "inner width of an adapter", &o.rank);
  table.add("lora-alpha", "N", "adapters are scaled by this over their rank", &o.alpha);
  table.add("lora-dropout", "SHARE", "share of an adapter's inputs that a step leaves out",
            &o.dropout);
  table.add("lora-targets", "LIST", "projections with adapters, such as q,v; empty: all",
            &o.targets);
  table.add("lora-layers", "LIST", "layers with adapters, such as 0-9,20; empty: all", &o.layers);
  table.add_choice("adapter", {"merged", "apart"},
                   "add the adapters to the saved weights, or keep them beside", &o.adapter);
  table.add("last-layers", "N", "layers that last-k trains", &o.last_layers);
  table.add_switch("train-embeddings", "last-k: train embedding and head too", &o.train_embeddings);
  table.add_switch("recompute", "compute layers again for their gradients: less memory, more time",
                   &o.recompute);
}

}  // namespace lingua
