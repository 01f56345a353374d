"""The limit: matrix products of the model's shapes through libtorch, without anything around."""
from figures import Row
from limits import gemm, total_rate


def rows(o):
    for dtype in o.dtypes:
        yield Row("gemm", "matrix products of the model", dtype, "GF/s",
                  total_rate(gemm(dtype, o.threads, o.gemm_seconds)))
