"""A figure of a benchmark: what lingua and a peer reached, as samples, and its bounds."""
import dataclasses
import statistics

# unit: whether more is better, and how two medians are compared.
MORE = {"tokens/s", "GF/s", "prompts/s"}
MEMORY = {"GB"}


def spread(samples):
    return min(samples), statistics.median(samples), max(samples)


@dataclasses.dataclass
class Row:
    part: str  # as in --only
    what: str
    dtype: str  # fp32, bf16, int8, or auto
    unit: str
    ours: list  # samples
    peer: str = ""
    theirs: list = dataclasses.field(default_factory=list)  # samples; none where there is no peer
    target: float = None  # the ratio to reach: at least, for memory at most
    limit: float = None  # what the measured GEMM rate allows, in `unit`

    def key(self):
        return self.part, self.what, self.dtype, self.peer

    def ratio(self):
        """How many times faster; of memory, the share of the peer's."""
        if not self.theirs:
            return None
        ours, theirs = statistics.median(self.ours), statistics.median(self.theirs)
        return ours / theirs if self.unit in MORE | MEMORY else theirs / ours

    def share(self):
        if not self.limit:
            return None
        ours = statistics.median(self.ours)
        return ours / self.limit if self.unit in MORE else self.limit / ours

    def reached(self):
        if self.target is None or self.ratio() is None:
            return None
        return self.ratio() <= self.target if self.unit in MEMORY else self.ratio() >= self.target


def to_json(row):
    return dataclasses.asdict(row) | {"ratio": row.ratio(), "share": row.share()}


def from_json(json):
    return Row(**{field.name: json[field.name] for field in dataclasses.fields(Row)})
