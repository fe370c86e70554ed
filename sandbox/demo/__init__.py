"""`make demo`: a small merchant with seven stores, in the browser."""

from sandbox.demo.run import demo

__all__ = ["demo"]
