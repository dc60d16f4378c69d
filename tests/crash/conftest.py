"""The fixture that stands for the engine in every test of this folder."""

from tests.support.simulation.host import simulated_engine

__all__ = ["simulated_engine"]
