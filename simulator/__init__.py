"""A deterministic world that tries to break the engine: `python -m simulator`.

Simulated stores, shoppers, people and faults around the real engine on a real Postgres,
under one seed and a clock that only the simulation moves (ENGINE.md part B).
"""
