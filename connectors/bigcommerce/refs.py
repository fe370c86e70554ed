"""A ref names what holds stock: "PRODUCT", or "PRODUCT:VARIANT" where variants are tracked."""

from __future__ import annotations

import re
from dataclasses import dataclass

_REF = re.compile(r"([1-9]\d{0,18})(?::([1-9]\d{0,18}))?")


@dataclass(frozen=True, slots=True)
class Unit:
    """A product tracked as one, or one variant of a product tracked by variant."""

    product: int
    variant: int | None = None

    def __str__(self) -> str:
        return str(self.product) if self.variant is None else f"{self.product}:{self.variant}"

    @property
    def identity(self) -> dict[str, int]:
        """How an adjustment has to name it: by the kind of thing that is tracked."""
        if self.variant is None:
            return {"product_id": self.product}
        return {"variant_id": self.variant}


def read_ref(ref: str) -> Unit | None:
    """Read a ref, None where it cannot be one of ours."""
    found = _REF.fullmatch(ref)
    if found is None:
        return None
    product, variant = found.groups()
    return Unit(int(product), None if variant is None else int(variant))
