#include "cli/lingua_align_options.h"

#include "cli/lingua_align_method_options.h"
#include "cli/lingua_align_objective_options.h"
#include "cli/model_options.h"

namespace lingua {

void declare_align_options(OptionTable& table, AlignCommand& command) {
  AlignOptions& o = command.align;
  table.section("Model");
  table.add("base", "MODEL",
            "an aligned.pt, a Hugging Face directory, a GGUF file, a name, or new:tiny", &o.base);
  table.add("distill-layers", "LAYERS",
            "keep only these layers of the base: so many from the first, or a list such as "
            "0-9,28,29; the whole base is their teacher unless --teacher names another; a smaller "
            "model scores in a fraction of the time",
            &o.distill_layers);
  table.add("output", "FILE", "where the aligned model goes", &o.output);
  add_dtype_option(table, &o.dtype);
  add_device_option(table, &o.device);
  declare_align_data_options(table, o, command.data);
  declare_align_method_options(table, o.train.method);
  declare_align_training_options(table, o, command.training);
  declare_align_objective_options(table, o.objective);
  table.section("Several processes or machines (mpirun, srun)");
  table.add_switch("mpi", "join the other processes though no launcher is recognised",
                   &command.distributed.mpi);
  table.add("rank-timeout", "SECONDS", "silence after which another process counts as dead",
            &command.distributed.rank_timeout);
  table.section("Output");
  table.add_switch("json", "print the report as JSON", &command.json);
}

void finish_align_options(AlignCommand& command) {
  AlignOptions& o = command.align;
  finish_align_data_options(command.data, o);
  finish_align_training_options(command.training, o);
  o.split.seed = o.seed;
  o.train.packing.seed = o.seed;
  // The whole base knows what its remaining layers are to say.
  if (!o.distill_layers.empty() && o.objective.teacher.empty()) o.objective.teacher = o.base;
  OptionTable present;
  declare_align_options(present, command);
  o.checkpoints.settings = deciding_settings(present);
  validate(o);
  validate(command.distributed);
}

}  // namespace lingua
