lingua_test(test_decoder
  SOURCES kernels_test.cpp layers_test.cpp decoder_test.cpp scorer_test.cpp target_loss_test.cpp
  LIBS lingua_model)
