"""Numbers: the limits of their types, fractions, quantities, and what is a number or a text (intOrString)."""

from __future__ import annotations

from typing import Any, Final

from .model import ANY_FORM, JSON_ONLY, Specimen

_SECONDS: Final = {
    "zero": 0,
    "minus-one": -1,
    "int32-max": 2**31 - 1,
    "int32-max-plus-one": 2**31,
    "int32-min": -(2**31),
    "uint32-max": 2**32 - 1,
    "2-to-53-minus-one": 2**53 - 1,
    "2-to-53-plus-one": 2**53 + 1,
    "int64-max": 2**63 - 1,
    "int64-min": -(2**63),
}
"""Integers of 64 bits, where Kubernetes has them."""

_FREE: Final[dict[str, tuple[Any, str, str]]] = {
    "half": (0.5, "fractions of anything", ANY_FORM),
    "one-point-zero": (1.0, "clients that know floats only", ANY_FORM),
    "minus-zero": (-0.0, "computed values", ANY_FORM),
    "one-tenth": (0.1, "learning rates", ANY_FORM),
    "seventeen-digits": (0.30000000000000004, "computed values", ANY_FORM),
    "ten-to-minus-seven": (1e-07, "learning rates", JSON_ONLY),
    "thousand-as-a-float": (1000.0, "1e3, as people write it", ANY_FORM),
    "largest-double": (1.7976931348623157e308, "limits", JSON_ONLY),
    "smallest-double": (5e-324, "limits", JSON_ONLY),
    "uint64-max": (2**64 - 1, "masks of 64 bits", ANY_FORM),
    "ten-to-thirty": (10**30, "numbers without a limit, as Python has them", ANY_FORM),
    "true": (True, "switches", ANY_FORM),
    "false": (False, "switches", ANY_FORM),
}
"""Numbers where no type is given, with the forms on which readers agree."""

_QUANTITIES: Final = {
    **{f"suffix-{suffix.lower()}-binary": f"1{suffix}" for suffix in ("Ki", "Mi", "Gi", "Ti", "Pi", "Ei")},
    **{
        f"suffix-{name}": f"1{suffix}"
        for name, suffix in zip(("kilo", "mega", "giga", "tera", "peta", "exa"), "kMGTPE", strict=True)
    },
    "suffix-nano": "1000000000n",
    "suffix-micro": "1000000u",
    "suffix-milli": "1000m",
    "exponent": "1e3",
    "exponent-upper": "1E3",
    "fraction": "1.5Gi",
    "no-suffix": "1024",
    "zero": "0",
}

NUMBERS: Final[tuple[Specimen, ...]] = (
    *(
        Specimen(f"numbers/{name}", value, "fields of 64 bits", ("toleration", "loose"))
        for name, value in _SECONDS.items()
    ),
    *(
        Specimen(f"numbers/{name}", value, sender, ("loose",), must_be_taken=False, forms=forms)
        for name, (value, sender, forms) in _FREE.items()
    ),
    *(
        Specimen(f"quantities/{name}", value, "requests and limits", ("quantity", "annotation"))
        for name, value in _QUANTITIES.items()
    ),
    *(
        Specimen(f"quantities/{name}", value, "YAML without quotes", ("quantity",), must_be_taken=False)
        for name, value in {"bare-integer": 1, "bare-fraction": 0.5, "bare-zero": 0}.items()
    ),
)
