"""What tests of strategies share."""

from functools import cache

from hypothesis import HealthCheck, Phase, given, settings

from workloads_strategies.kinds import at

relaxed = settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
BUILT_IN = ("Job", "Deployment", "StatefulSet", "CronJob", "Pod")


def named(manifest):
    """The manifest under a name, as it is submitted."""
    return {**manifest, "metadata": {**manifest.get("metadata", {}), "name": "a"}}


def pods_of(manifest, kind):
    """The pod specs in a manifest."""
    return [at(manifest, path) for path in kind.pod_specs]


def values_in(value):
    """Every value in a JSON value, itself included."""
    yield value
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        yield from values_in(child)


@cache
def drawn(strategy, count):
    """The first `count` examples of a strategy: what is found is found among them, without the cost of shrinking."""
    examples = []

    @settings(relaxed, max_examples=count, phases=(Phase.generate,))
    @given(strategy)
    def draw(example):
        examples.append(example)

    draw()
    return examples
