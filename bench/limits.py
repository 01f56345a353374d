"""What the measured matrix products of the machine allow: the limit of each job's rate."""
import functools

from common import BIN, MODEL, last_line

RANK = 16  # of an adapter, unless lingua-align is told otherwise


@functools.cache
def gemm(dtype, threads, seconds):
    """bench_gemm's figures: the rate of each shape of the model, in 10^9 operations a second."""
    return last_line([BIN / "bench_gemm", MODEL, dtype, seconds, threads])


def layer_operations(measured):
    """Operations of a token in all layers but for attention itself, and the seconds they take."""
    layers = [shape for shape in measured["shapes"] if shape["name"] != "head"]
    work = [2 * shape["count"] * shape["out"] * shape["in"] for shape in layers]
    seconds = sum(w / shape["median"] / 1e9 for w, shape in zip(work, layers))
    return sum(work), seconds


def layer_rate(measured):
    work, seconds = layer_operations(measured)
    return work / seconds


def attention_seconds(measured, tokens):
    """Of a token, mean over a causal sequence: two products with (tokens + 1) / 2 keys a head."""
    width = measured["heads"] * measured["head_dim"]
    work = measured["layers"] * 2 * 2 * width * (tokens + 1) / 2
    return work / layer_rate(measured)


def head_seconds(measured):
    head = next(shape for shape in measured["shapes"] if shape["name"] == "head")
    return 2 * head["out"] * head["in"] / head["median"] / 1e9


def forward_rate(measured, tokens, heads=0.0):
    """Tokens a second of a forward pass over `tokens` tokens; `heads`: the share of the tokens
    whose logits are needed."""
    _, layers = layer_operations(measured)
    return 1 / (layers + attention_seconds(measured, tokens) + heads * head_seconds(measured))


def adapter_seconds(measured):
    """Of a token in the adapters of all projections, those of a fused one counted each: products
    with [rank, in] and [out, rank], as fast as the layers' own."""
    projections = {"qkv": 3, "output": 1, "gate_up": 2, "down": 1}
    weights = sum(shape["count"] * RANK * (projections[shape["name"]] * shape["in"] + shape["out"])
                  for shape in measured["shapes"] if shape["name"] in projections)
    return 2 * weights / layer_rate(measured)


def training_rate(measured, tokens, heads, method):
    """Tokens a second of steps on samples of `tokens` tokens. The gradient of a product is two
    more like it; that of a frozen weight is not needed, but the adapters beside it are."""
    _, layers = layer_operations(measured)
    factor = 3 if method == "full" else 2
    adapters = 0 if method == "full" else 3 * adapter_seconds(measured)
    return 1 / (factor * layers + adapters + 3 * attention_seconds(measured, tokens) +
                factor * heads * head_seconds(measured))


def total_rate(measured):
    """All shapes of the model together, each as often as a token with logits needs it."""
    shapes = measured["shapes"]
    work = [2 * shape["count"] * shape["out"] * shape["in"] for shape in shapes]
    of = lambda name: sum(work) / sum(w / shape[name] for w, shape in zip(work, shapes))
    return [of("min"), of("median"), of("max")]


