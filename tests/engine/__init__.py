"""The engine under simulated time, faults and crashes."""
